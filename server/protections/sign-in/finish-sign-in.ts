/**
 * Second step of sign-in: a code of the authenticator app, or a recovery code. Ticket → try counted → code spent → session, in
 * one transaction that also waits for a deactivation or a password change of the same person.
 */
import type { Transaction } from '#database';
import { allSent, leaveFirst, meanwhile } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { bringTicket } from './bring-ticket.ts';
import type { SignInDeps } from './deps.ts';
import { isKnownStill } from './devices/know-device.ts';
import { readEntrant } from './entrant.ts';
import { forgetting } from './failures.ts';
import { readCode, spendRecoveryCode } from './recovery-codes.ts';
import { beginJudging, judgeIn, requireDone } from './judged-act.ts';
import type { Entry, SignedIn } from './open-door.ts';
import { letIn } from './devices/ask-approval.ts';
import { openDoorOrWait } from './open-door.ts';
import type { Proven } from './passkey-proof.ts';
import { newSession } from './session-store.ts';
import type { Holder } from './sign-in-store.ts';
import { findCredentials } from './sign-in-store.ts';
import type { TicketBody } from './tickets.ts';
import type { AppStep } from './totp.ts';
import { findStep, readApps, takeStep } from './totp.ts';

/** @throws sign-in.ticket_expired, sign-in.too_many_attempts, sign-in.code_wrong, sign-in.code_already_used, device.approval_needed */
export async function finishSignIn(
  deps: SignInDeps,
  visitor: Visitor,
  given: { ticket: string; code: string },
): Promise<SignedIn> {
  const ahead: Ahead<CodeFound> = (tx, seals, holder) => findCode(deps, tx, seals, holder, given.code);
  return finishWith(deps, visitor, { ticket: given.ticket, step: 'code', ahead }, (tx, holder, found) =>
    spendCode(deps, tx, holder, found),
  );
}

/** Counts the try of a factor that has tries of its own, before it is looked at; what it returns says why there is nothing to try. */
export type Enter = (tx: Transaction) => Promise<LubartError | null>;

/** What the counts say of a try. */
export const entering = async (tx: Transaction, counted: boolean, enter: Enter | undefined) =>
  counted ? ((await enter?.(tx)) ?? null) : new LubartError('sign-in.too_many_attempts');

/** What is read together with everything else for `prove`, and looked at while the rest is under way. */
type Ahead<A> = (tx: Transaction, seals: OrganizationSeals, holder: Holder) => Promise<A>;

type SecondStep<A> = { ticket: string; step: 'code' | 'passkey' | 'sms'; enter?: Enter; ahead?: Ahead<A> };

/** The second step with whatever factor; `prove` spends it in the transaction that opens the door. */
export async function finishWith<A = undefined>(
  deps: SignInDeps,
  visitor: Visitor,
  given: SecondStep<A>,
  prove: (tx: Transaction, holder: Holder, ahead: A) => Promise<Spending>,
): Promise<SignedIn> {
  const ticket = await bringTicket(deps, visitor, 'second-step', given.ticket);
  const holder: Holder = { organizationId: ticket.organizationId, personId: ticket.personId };
  const seals = await deps.keyring.of(holder.organizationId);
  const reach = systemReach(holder.organizationId);
  let person: NonNullable<Doer['actor']> | null = null;
  try {
    const judged = await deps.database.act(reach, async (tx, commitBehind) => {
      const { found, ahead, counted, entrant, session } = await askTogether(deps, visitor, tx, seals, {
        holder,
        ticket,
        given,
      });
      if (found === undefined) throw new LubartError('sign-in.ticket_expired');
      const who = { personId: holder.personId, name: entrant.person!.name, sessionId: null };
      person = who;
      const judge = async () => {
        if (found.deactivated_at !== null || found.changed_at.getTime() !== ticket.passwordChangedAt) {
          throw new LubartError('sign-in.ticket_expired');
        }
        const { factor, spent, ...key } = await prove(tx, holder, ahead);
        await leaveFirst(spent);
        const way = ticket.first ?? 'password';
        const entry: Entry = { who, visitor, way, factors: [way, factor], ...key };
        const last = { entrant, session, along: [forgetting(holder)], commitBehind };
        const [, outcome] = await allSent([spent, openDoorOrWait(deps, tx, seals, entry, last)]);
        return outcome;
      };
      return judgeIn(tx, await entering(tx, counted, given.enter), judge, hasOneCount(given));
    });
    return letIn(requireDone(judged));
  } catch (error) {
    if (hasCode(error)) {
      const { code } = error;
      const facts = { step: given.step };
      await deps.noteRefusal({
        event: code === 'passkey.copied' ? 'sign-in.passkey_copy_denied' : 'sign-in.denied',
        code,
        visitor,
        organizationId: holder.organizationId,
        actor: person,
        facts,
      });
    }
    throw error;
  }
}

/**
 * Everything that the second step asks, sent together and answered in this order: the person is locked first, as everybody does who changes
 * one. Judging begins behind it, unless more is to be counted before.
 */
async function askTogether<A>(
  deps: SignInDeps,
  visitor: Visitor,
  tx: Transaction,
  seals: OrganizationSeals,
  { holder, ticket, given }: { holder: Holder; ticket: TicketBody['second-step']; given: SecondStep<A> },
) {
  const finding = findCredentials(tx, holder, true);
  await leaveFirst(finding);
  const looking = given.ahead?.(tx, seals, holder) as Promise<A>;
  const counting = deps.failures.countIn(tx, { ...holder, known: isKnownStill(visitor, ticket) });
  const reading = readEntrant(tx, seals, holder.personId, visitor.browser, deps.clock.now(), finding);
  if (hasOneCount(given)) beginJudging(tx);
  const making = meanwhile(() => newSession(holder.organizationId));
  const [found, ahead, counted, entrant, session] = await allSent([finding, looking, counting, reading, making]);
  return { found, ahead, counted, entrant, session };
}

const hasOneCount = ({ enter }: Pick<SecondStep<unknown>, 'enter'>) => enter === undefined;

/** What was proved; `spent`, where the spending of it travels with what the door sends: refused by it, nothing of the door stands. */
type Spending = Proven & { spent?: Promise<void> };

/** What was typed, and, when it is a code of an app, what it stands for; undefined: of none of the person’s. */
export type CodeFound = { typed: ReturnType<typeof readCode>; step: AppStep | undefined; at: Date };

/** Looks up what was typed and spends nothing. */
export async function findCode(
  { clock }: Pick<SignInDeps, 'clock'>,
  tx: Transaction,
  seals: OrganizationSeals,
  holder: Holder,
  text: string,
): Promise<CodeFound> {
  const typed = readCode(text);
  const at = clock.now();
  if (typed?.kind !== 'totp') return { typed, step: undefined, at };
  return { typed, step: findStep(seals, await readApps(tx, holder), { code: typed.code, at }), at };
}

/** Spends it. @throws sign-in.code_wrong; `spent`: sign-in.code_already_used */
export async function spendCode(
  { keyring }: Pick<SignInDeps, 'keyring'>,
  tx: Transaction,
  holder: Holder,
  { typed, step, at }: CodeFound,
): Promise<{ factor: 'totp' | 'recovery'; spent: Promise<void> }> {
  if (typed?.kind === 'totp') {
    if (step === undefined) throw new LubartError('sign-in.code_wrong', { field: 'code' });
    return { factor: 'totp', spent: takeStep(tx, holder.organizationId, step) };
  }
  const spent = typed === null ? 'wrong' : await spendRecoveryCode(tx, keyring.root, holder, { code: typed.code, at });
  if (spent === 'wrong') throw new LubartError('sign-in.code_wrong', { field: 'code' });
  if (spent !== 'accepted') throw new LubartError('sign-in.code_already_used', { field: 'code' });
  return { factor: 'recovery', spent: Promise.resolve() };
}
