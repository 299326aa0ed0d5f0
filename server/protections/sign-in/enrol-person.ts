/** A person joins with everything that lets that person in: password, authenticator, recovery codes. In one transaction. */
import type { Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import { giveRoles, insertPerson, isUniqueViolation, personPlace, signInEmail } from '#protections/access';
import type { OrganizationSeals, RootKey } from '#protections/encryption';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { insertAuthenticator } from './totp.ts';

export type Joiner = {
  name: string;
  email: string;
  roleIds: readonly string[];
  departmentId: string;
  /** Who gave the roles; null when nobody did (set-up, demonstration). */
  invitedBy: string | null;
  language: 'uk' | 'en';
  passwordHash: string;
  totpSecret: string;
  /** The time step of the code that proved the authenticator; 0 when none did yet. */
  lastStep: number;
  at: Date;
};

/** The keyed hash under which sign-in finds an e-mail. */
export const signInToken = (root: RootKey, email: string): Buffer => root.token('sign-in', signInEmail(email));

/** @throws person.email_taken */
export async function enrolPerson(
  tx: Transaction,
  seals: OrganizationSeals,
  root: RootKey,
  joiner: Joiner,
): Promise<{ personId: string; recoveryCodes: string[] }> {
  const { organizationId } = seals;
  const { at } = joiner;
  const personId = await insertNewPerson(tx, seals, root, joiner);
  await insertAuthenticator(tx, seals, { personId, secret: joiner.totpSecret, lastStep: joiner.lastStep, at });
  return { personId, recoveryCodes: await makeRecoveryCodes(tx, root, { organizationId, personId }) };
}

/** A person with roles and a password, and no factor yet. @throws person.email_taken */
export async function insertNewPerson(
  tx: Transaction,
  seals: OrganizationSeals,
  root: RootKey,
  joiner: Omit<Joiner, 'totpSecret' | 'lastStep'>,
): Promise<string> {
  const { organizationId } = seals;
  const { name, email, roleIds, departmentId, language, at } = joiner;
  const personId = newId();
  const sealed = seals.seal(personPlace(personId), { name, email });
  try {
    await insertPerson(tx, {
      organizationId,
      id: personId,
      departmentId,
      signInToken: signInToken(root, email),
      sealed,
      language,
      at,
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new LubartError('person.email_taken', { field: 'email', cause: error });
    throw error;
  }
  await giveRoles(tx, { organizationId, personId, roleIds, by: joiner.invitedBy, at });
  await tx`
    INSERT INTO passwords (organization_id, person_id, hash, changed_at)
    VALUES (${organizationId}, ${personId}, ${joiner.passwordHash}, ${at})`;
  return personId;
}
