/** A person without an invitation, for demonstration data. */
import type { ReadyRole } from '#contract';
import type { Transaction } from '#database';
import { listRoles, readEmail, readLine, resolveRoles } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { enrolPerson } from './enrol-person.ts';
import { hashPassword } from './password.ts';
import { newTotpSecret, otpauthUri } from './totp.ts';

export type NewPersonInput = {
  name: string;
  email: string;
  password: string;
  role: ReadyRole;
  departmentId: string;
  language?: 'uk' | 'en';
  /** For otpauthUri. */
  organizationName: string;
};

/** In the caller’s transaction; no audit entry. @throws person.email_taken, field.email_invalid, request.invalid */
export async function createPerson(deps: SignInDeps, tx: Transaction, seals: OrganizationSeals, input: NewPersonInput) {
  const { role, departmentId, language = 'uk' } = input;
  const name = readLine(input.name, 'name');
  const email = readEmail(input.email, 'email');
  const totpSecret = newTotpSecret();
  const passwordHash = await hashPassword(input.password);
  const roles = resolveRoles(await listRoles(tx, seals.organizationId), [role]) ?? [];
  const joiner = {
    name,
    email,
    roleIds: roles.map(({ id }) => id),
    invitedBy: null,
    departmentId,
    language,
    passwordHash,
    totpSecret,
    lastStep: 0,
    at: deps.clock.now(),
  };
  const made = await enrolPerson(tx, seals, deps.keyring.root, joiner);
  deps.directory.forget(seals.organizationId);
  return { ...made, otpauthUri: otpauthUri(totpSecret, input.organizationName, email) };
}
