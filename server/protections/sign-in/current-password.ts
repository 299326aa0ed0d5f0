/** Asking for the password that stands, of somebody who is signed in: before it is replaced, and before other ways in change. */
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { verifyPassword } from './password.ts';
import type { Credentials } from './sign-in-store.ts';
import { findCredentials } from './sign-in-store.ts';

/**
 * The try stays counted until the caller takes it off, in the transaction of what it was for.
 * @throws sign-in.refused, sign-in.too_many_attempts, session.expired
 */
export async function requireCurrentPassword(
  deps: SignInDeps,
  actor: Actor,
  current: string,
  step: 'password change' | 'e-mail change',
): Promise<Credentials> {
  const { organizationId, personId } = actor;
  const holder = { organizationId, personId };
  const found = await deps.database.read(systemReach(organizationId), (tx) => findCredentials(tx, holder, false));
  if (found === undefined) throw new LubartError('session.expired');
  const counted = await deps.failures.countTry({ ...holder, known: true });
  // An open session must not become a place to guess the password: these tries count like those at the door.
  if (counted && (await verifyPassword(found.hash, current))) return found;
  const code = counted ? 'sign-in.refused' : 'sign-in.too_many_attempts';
  const facts = { step };
  await deps.noteRefusal({ event: 'sign-in.denied', code, visitor: actor, organizationId, actor, facts });
  throw new LubartError(code, { field: 'current' });
}
