/**
 * Second step of sign-in: a code of the authenticator app, or a recovery code. Ticket → try counted → code spent → session, in
 * one transaction that also waits for a deactivation or a password change of the same person.
 */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { bringTicket } from './bring-ticket.ts';
import type { SignInDeps } from './deps.ts';
import { approvedDevice } from './devices/know-device.ts';
import { readEntrant } from './entrant.ts';
import { readCode, spendRecoveryCode } from './recovery-codes.ts';
import { judgeIn, requireDone } from './judged-act.ts';
import type { SignedIn } from './open-door.ts';
import { letIn } from './devices/ask-approval.ts';
import { openDoorOrWait } from './open-door.ts';
import type { Proven } from './passkey-proof.ts';
import type { Holder } from './sign-in-store.ts';
import { findCredentials } from './sign-in-store.ts';
import { spendTotpCode } from './totp.ts';

/** @throws sign-in.ticket_expired, sign-in.too_many_attempts, sign-in.code_wrong, sign-in.code_already_used, device.approval_needed */
export async function finishSignIn(
  deps: SignInDeps,
  visitor: Visitor,
  given: { ticket: string; code: string },
): Promise<SignedIn> {
  return finishWith(deps, visitor, { ticket: given.ticket, step: 'code' }, async (tx, seals, holder) => ({
    factor: await spendCode(deps, tx, seals, holder, given.code),
  }));
}

/** Counts the try of a factor that has tries of its own, before it is looked at; what it returns says why there is nothing to try. */
export type Enter = (tx: Transaction) => Promise<LubartError | null>;

/** What the counts say of a try. */
export const entering = async (tx: Transaction, counted: boolean, enter: Enter | undefined) =>
  counted ? ((await enter?.(tx)) ?? null) : new LubartError('sign-in.too_many_attempts');

/** The second step with whatever factor; `prove` spends it in the transaction that opens the door. */
export async function finishWith(
  deps: SignInDeps,
  visitor: Visitor,
  given: { ticket: string; step: 'code' | 'passkey' | 'sms'; enter?: Enter },
  prove: (tx: Transaction, seals: OrganizationSeals, holder: Holder) => Promise<Proven>,
): Promise<SignedIn> {
  const ticket = await bringTicket(deps, visitor, 'second-step', given.ticket);
  const holder: Holder = { organizationId: ticket.organizationId, personId: ticket.personId };
  const seals = await deps.keyring.of(holder.organizationId);
  const reach = systemReach(holder.organizationId);
  let person: NonNullable<Doer['actor']> | null = null;
  try {
    const judged = await deps.database.act(reach, async (tx) => {
      const at = deps.clock.now();
      const [found, entrant] = await Promise.all([
        findCredentials(tx, holder, true),
        readEntrant(tx, holder, visitor.browser, at),
      ]);
      if (found === undefined) throw new LubartError('sign-in.ticket_expired');
      const { name } = seals.open<PersonSecret>(personPlace(holder.personId), found.sealed);
      const who = { personId: holder.personId, name, sessionId: null };
      person = who;
      const counted = await deps.failures.countIn(tx, { ...holder, known: approvedDevice(entrant, at) !== undefined });
      return judgeIn(tx, await entering(tx, counted, given.enter), async () => {
        if (found.deactivated_at !== null || found.changed_at.getTime() !== ticket.passwordChangedAt) {
          throw new LubartError('sign-in.ticket_expired');
        }
        const { factor, ...key } = await prove(tx, seals, holder);
        const way = ticket.first ?? 'password';
        const [, outcome] = await Promise.all([
          deps.failures.forget(tx, holder),
          openDoorOrWait(deps, tx, seals, { who, visitor, way, factors: [way, factor], ...key }, entrant),
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

type Factor = 'totp' | 'recovery' | 'sso';

/** Spends what was typed: a code of an app, or a recovery code. @throws sign-in.code_wrong, sign-in.code_already_used */
export async function spendCode(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  holder: Holder,
  text: string,
): Promise<Factor> {
  const typed = readCode(text);
  if (typed === null) throw new LubartError('sign-in.code_wrong', { field: 'code' });
  const at = deps.clock.now();
  const { code, kind } = typed;
  const spent =
    kind === 'totp'
      ? await spendTotpCode(tx, seals, { personId: holder.personId, code, at })
      : await spendRecoveryCode(tx, deps.keyring.root, holder, { code, at });
  if (spent === 'wrong') throw new LubartError('sign-in.code_wrong', { field: 'code' });
  if (spent === 'used') throw new LubartError('sign-in.code_already_used', { field: 'code' });
  return kind;
}
