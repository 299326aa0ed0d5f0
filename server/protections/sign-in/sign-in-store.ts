/** The SQL that the two steps of sign-in share: who is behind an e-mail, and the password that stands now. */
import type { Database, Transaction } from '#database';
import { askStatement } from '#database';
import type { PersonRow } from '#protections/access';

export type Holder = { organizationId: string; personId: string };

/** Where an e-mail may sign in. The one question that is asked before an organization is known. */
export async function findHolders(database: Database, token: Buffer): Promise<Holder[]> {
  const rows = await database.outside(
    (sql) => sql`SELECT organization_id, person_id FROM lubart_find_sign_in(${token})`,
  );
  return rows.map((row) => ({ organizationId: row['organization_id'], personId: row['person_id'] }));
}

/** Who it is, and the password that stands. */
export type Credentials = PersonRow & { hash: string; changed_at: Date };

const credentials = `
    SELECT p.id, p.department_id, p.sealed, p.language, p.created_at, p.deactivated_at, p.last_seen_at, w.hash, w.changed_at
    FROM people p JOIN passwords w ON w.organization_id = p.organization_id AND w.person_id = p.id
    WHERE p.organization_id = $1`;

/**
 * With `lock`, deactivation and password changes of this person wait until the transaction ends, and it waits for theirs. Sent at once:
 * what its caller sends next is read behind it.
 */
export async function findCredentials(
  tx: Transaction,
  { organizationId, personId }: Holder,
  lock: boolean,
): Promise<Credentials | undefined> {
  const text = `${credentials} AND p.id = $2${lock ? ' FOR SHARE' : ''}`;
  const [row] = await askStatement<Credentials>(tx, { text, values: [organizationId, personId] });
  return row;
}

/** Of whoever has this e-mail in the organization. */
export async function findCredentialsBy(
  tx: Transaction,
  organizationId: string,
  token: Buffer,
): Promise<Credentials | undefined> {
  const text = `${credentials} AND p.sign_in_token = $2`;
  const [row] = await askStatement<Credentials>(tx, { text, values: [organizationId, token] });
  return row;
}

/** For whoever is about to change them: two changes of one person take turns, and sign-ins wait. Sent at once. */
export async function lockCredentials(tx: Transaction, holder: Holder): Promise<Credentials | undefined> {
  const { organizationId, personId } = holder;
  const text = `${credentials} AND p.id = $2 FOR UPDATE`;
  const [row] = await askStatement<Credentials>(tx, { text, values: [organizationId, personId] });
  return row;
}

export async function setPassword(tx: Transaction, holder: Holder, hash: string, at: Date): Promise<void> {
  await tx`
    UPDATE passwords SET hash = ${hash}, changed_at = ${at}
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId}`;
}

/** A stronger hash of the same password: sessions and tickets stay. */
export async function renewHash(tx: Transaction, holder: Holder, from: string, to: string): Promise<void> {
  await tx`
    UPDATE passwords SET hash = ${to}
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId} AND hash = ${from}`;
}
