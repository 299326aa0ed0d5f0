/** Sign-in by a passkey alone: no e-mail, no password; the key says whose it is and has asked for finger, face or PIN. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { findPersonRow, personPlace } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import type { SignedIn } from './open-door.ts';
import { letIn } from './devices/ask-approval.ts';
import { openDoorOrWait } from './open-door.ts';
import { spendPasskeyProof } from './passkey-proof.ts';
import { readUserHandle } from './passkeys.ts';

/** @throws sign-in.ticket_expired, sign-in.too_many_attempts, passkey.refused, passkey.copied */
export async function signInByPasskey(
  deps: SignInDeps,
  visitor: Visitor,
  given: { ticket: string; response: AuthenticationResponseJSON },
): Promise<SignedIn> {
  deps.failures.enterNetwork(visitor.address);
  const holder = readUserHandle(given.response.response.userHandle);
  let person: NonNullable<Doer['actor']> | null = null;
  let organizationId: string | null = null;
  try {
    if (holder === undefined) throw new LubartError('passkey.refused');
    // Before the transaction, which must not ask for a second lane. Attack: a handle that names an organization that is not there.
    const seals = await deps.keyring.of(holder.organizationId).catch((cause: unknown) => {
      throw hasCode(cause, 'key.not_found') ? new LubartError('passkey.refused', { cause }) : cause;
    });
    const outcome = await deps.database.act(systemReach(holder.organizationId), async (tx) => {
      const row = await findPersonRow(tx, holder.organizationId, holder.personId);
      if (row === undefined) throw new LubartError('passkey.refused');
      organizationId = holder.organizationId;
      const { name } = seals.open<PersonSecret>(personPlace(row.id), row.sealed);
      const who = { personId: row.id, name, sessionId: null };
      person = who;
      const { factor, passkeyId } = await spendPasskeyProof(deps, tx, holder, { ...given, purpose: 'passkey-sign-in' });
      return openDoorOrWait(deps, tx, seals, {
        who,
        visitor,
        way: 'passkey',
        factors: [factor],
        ...(passkeyId === undefined ? {} : { passkeyId }),
      });
    });
    deps.failures.leaveNetwork(visitor.address);
    return letIn(outcome);
  } catch (error) {
    if (hasCode(error)) {
      const { code } = error;
      const event = code === 'passkey.copied' ? 'sign-in.passkey_copy_denied' : 'sign-in.denied';
      const facts = { step: 'passkey' };
      await deps.noteRefusal({ event, code, visitor, organizationId, actor: person, facts });
    }
    throw error;
  }
}
