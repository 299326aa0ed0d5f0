/**
 * Second step of sign-in: a code of the authenticator app, or a recovery code. Ticket → try counted → code spent → session, in
 * one transaction that also waits for a deactivation or a password change of the same person.
 */
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { bringTicket } from './bring-ticket.ts';
import type { SignInDeps } from './deps.ts';
import { isKnownStill } from './devices/know-device.ts';
import { readEntrant } from './entrant.ts';
import { forgetting } from './failures.ts';
import { readCode, spendRecoveryCode } from './recovery-codes.ts';
import { judgeIn, requireDone } from './judged-act.ts';
import type { Entry, SignedIn } from './open-door.ts';
import { letIn } from './devices/ask-approval.ts';
import { openDoorOrWait } from './open-door.ts';
import type { Proven } from './passkey-proof.ts';
import { readSurroundings } from './session-view.ts';
import type { Holder } from './sign-in-store.ts';
import { findCredentials } from './sign-in-store.ts';
import type { SealedApp } from './totp.ts';
import { findStep, readApps, takeStep } from './totp.ts';

/** @throws sign-in.ticket_expired, sign-in.too_many_attempts, sign-in.code_wrong, sign-in.code_already_used, device.approval_needed */
export async function finishSignIn(
  deps: SignInDeps,
  visitor: Visitor,
  given: { ticket: string; code: string },
): Promise<SignedIn> {
  return finishWith(deps, visitor, { ticket: given.ticket, step: 'code', ahead: readApps }, (tx, seals, holder, apps) =>
    spendCode(deps, tx, seals, { holder, apps, text: given.code }),
  );
}

/** Counts the try of a factor that has tries of its own, before it is looked at; what it returns says why there is nothing to try. */
export type Enter = (tx: Transaction) => Promise<LubartError | null>;

/** What the counts say of a try. */
export const entering = async (tx: Transaction, counted: boolean, enter: Enter | undefined) =>
  counted ? ((await enter?.(tx)) ?? null) : new LubartError('sign-in.too_many_attempts');

/** `ahead`: what is read together with everything else, for `prove`. */
type SecondStep<A> = {
  ticket: string;
  step: 'code' | 'passkey' | 'sms';
  enter?: Enter;
  ahead?: (tx: Transaction, holder: Holder) => Promise<A>;
};

/** The second step with whatever factor; `prove` spends it in the transaction that opens the door. */
export async function finishWith<A = undefined>(
  deps: SignInDeps,
  visitor: Visitor,
  given: SecondStep<A>,
  prove: (tx: Transaction, seals: OrganizationSeals, holder: Holder, ahead: A) => Promise<Spending>,
): Promise<SignedIn> {
  const ticket = await bringTicket(deps, visitor, 'second-step', given.ticket);
  const holder: Holder = { organizationId: ticket.organizationId, personId: ticket.personId };
  const seals = await deps.keyring.of(holder.organizationId);
  const reach = systemReach(holder.organizationId);
  let person: NonNullable<Doer['actor']> | null = null;
  try {
    const judged = await deps.database.act(reach, async (tx, commitBehind) => {
      const at = deps.clock.now();
      // Sent together and answered in this order: the person is locked first, as everybody does who changes one.
      const finding = findCredentials(tx, holder, true);
      const [found, counted, entrant, surroundings, ahead] = await allSent([
        finding,
        deps.failures.countIn(tx, { ...holder, known: isKnownStill(visitor, ticket) }),
        readEntrant(tx, holder, visitor.browser, at, finding),
        readSurroundings(tx, seals, holder.personId, at),
        given.ahead?.(tx, holder) as Promise<A>,
      ]);
      if (found === undefined) throw new LubartError('sign-in.ticket_expired');
      const { name } = seals.open<PersonSecret>(personPlace(holder.personId), found.sealed);
      const who = { personId: holder.personId, name, sessionId: null };
      person = who;
      return judgeIn(tx, await entering(tx, counted, given.enter), async () => {
        if (found.deactivated_at !== null || found.changed_at.getTime() !== ticket.passwordChangedAt) {
          throw new LubartError('sign-in.ticket_expired');
        }
        const { factor, spent, ...key } = await prove(tx, seals, holder, ahead);
        const way = ticket.first ?? 'password';
        const entry: Entry = { who, visitor, way, factors: [way, factor], ...key };
        const [, outcome] = await allSent([
          spent,
          openDoorOrWait(deps, tx, seals, entry, { entrant, surroundings, along: [forgetting(holder)], commitBehind }),
        ]);
        return outcome;
      });
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

/** What was proved; `spent`, where the spending of it travels with what the door sends: refused by it, nothing of the door stands. */
type Spending = Proven & { spent?: Promise<void> };

/** Spends what was typed: a code of an app, or a recovery code. @throws sign-in.code_wrong; `spent`: sign-in.code_already_used */
export async function spendCode(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  { holder, apps, text }: { holder: Holder; apps: readonly SealedApp[]; text: string },
): Promise<{ factor: 'totp' | 'recovery'; spent: Promise<void> }> {
  const typed = readCode(text);
  const at = deps.clock.now();
  if (typed?.kind === 'totp') {
    const found = findStep(seals, apps, { code: typed.code, at });
    if (found === undefined) throw new LubartError('sign-in.code_wrong', { field: 'code' });
    return { factor: 'totp', spent: takeStep(tx, holder.organizationId, found) };
  }
  const spent =
    typed === null ? 'wrong' : await spendRecoveryCode(tx, deps.keyring.root, holder, { code: typed.code, at });
  if (spent === 'wrong') throw new LubartError('sign-in.code_wrong', { field: 'code' });
  if (spent !== 'accepted') throw new LubartError('sign-in.code_already_used', { field: 'code' });
  return { factor: 'recovery', spent: Promise.resolve() };
}
