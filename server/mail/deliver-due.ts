/**
 * Delivering: one letter after another is claimed, posted and ticked off, each in transactions of its own, none of which waits for
 * the mail server. A crash between posting and ticking off sends a letter twice, under one Message-ID.
 */
import type { Database, Transaction } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog, Happening } from '#protections/audit-log';
import { findCause, systemDoer } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { LetterRow, LetterSecret } from './letter-store.ts';
import { claimDueLetter, letterPlace, markFailed, markGivenUp, markSent } from './letter-store.ts';
import type { Post } from './smtp.ts';
import { conversationMillisMax, faultOf } from './smtp.ts';

/** Minutes to wait after the first, the second … try; the last goes on until the letter’s time is over. */
export const waitMinutes = [1, 2, 5, 10, 20, 30] as const;
const leaseMillis = conversationMillisMax * 3;

type Deps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  origin: () => string;
  post: Post;
};

export async function deliverDue(deps: Deps, organizationId: string, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const letter = await claim(deps, organizationId);
    if (letter === undefined) return;
    if (letter.good_until <= deps.clock.now()) {
      await giveUp(deps, organizationId, letter, letter.fault ?? 'late');
      continue;
    }
    if (!(await deliver(deps, organizationId, letter))) return;
  }
}

async function claim({ database, clock }: Deps, organizationId: string): Promise<LetterRow | undefined> {
  const now = clock.now();
  const leaseUntil = new Date(now.getTime() + leaseMillis);
  return database.act(systemReach(organizationId), (tx) => claimDueLetter(tx, organizationId, now, leaseUntil));
}

/** False when the mail server cannot be talked to: the others wait, too. */
async function deliver(deps: Deps, organizationId: string, letter: LetterRow): Promise<boolean> {
  const seals = await deps.keyring.of(organizationId);
  const secret = seals.open<LetterSecret>(letterPlace(letter.id), letter.sealed);
  try {
    await deps.post({ ...secret, id: letter.id }, deps.origin());
  } catch (error) {
    const fault = faultOf(error);
    if (fault.final) await giveUp(deps, organizationId, letter, fault.text);
    else await tryLater(deps, organizationId, letter, fault.text);
    return !fault.server;
  }
  await deps.database.act(systemReach(organizationId), async (tx) => {
    await markSent(tx, organizationId, letter.id, deps.clock.now());
    await note(deps, tx, seals, letter, { event: 'letter.sent', facts: { tries: letter.tries } });
  });
  return true;
}

async function tryLater(deps: Deps, organizationId: string, letter: LetterRow, fault: string): Promise<void> {
  const minutes = waitMinutes[letter.tries - 1] ?? waitMinutes.at(-1)!;
  const next = deps.clock.now().getTime() + minutes * 60_000;
  const nextTryAt = new Date(Math.min(next, letter.good_until.getTime()));
  await deps.database.act(systemReach(organizationId), (tx) =>
    markFailed(tx, organizationId, letter.id, { fault, nextTryAt }),
  );
}

async function giveUp(deps: Deps, organizationId: string, letter: LetterRow, fault: string): Promise<void> {
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    await markGivenUp(tx, organizationId, letter.id, { fault, at: deps.clock.now() });
    await note(deps, tx, seals, letter, { event: 'letter.given_up', facts: { fault, tries: letter.tries } });
  });
}

/** What became of a letter, and what it was written because of. */
async function note(
  { auditLog }: Deps,
  tx: Transaction,
  seals: OrganizationSeals,
  letter: LetterRow,
  what: Pick<Happening, 'event' | 'facts'>,
): Promise<void> {
  const { organizationId } = seals;
  const cause = await findCause(tx, organizationId, 'letter.deliver', letter);
  const about = { subjectKind: 'letter', subjectIds: [letter.id] };
  await auditLog.record(tx, seals, systemDoer(organizationId, cause), { ...what, ...about });
}
