/** The only SQL on emergency_sheets and emergency_acknowledgements. */
import type { Database, Transaction } from '#database';
import type { OneTime } from '../one-time-token.ts';
import { isGood, isUnspent } from '../one-time-token.ts';
import type { Holder } from '../sign-in-store.ts';

export const sheets: OneTime = { table: 'emergency_sheets', usedAt: 'used_at', endedAt: 'withdrawn_at' };

export type SheetRow = {
  id: string;
  person_id: string;
  number: string;
  first_hash: Buffer;
  second_hash: Buffer;
  made_at: Date;
  expires_at: Date;
  first_checked_at: Date | null;
  second_checked_at: Date | null;
  withdrawn_at: Date | null;
  used_at: Date | null;
  used_address: string | null;
  used_device: string | null;
};

const columns = (tx: Transaction) =>
  tx`id, person_id, number, first_hash, second_hash, made_at, expires_at, first_checked_at, second_checked_at,
    withdrawn_at, used_at, used_address, used_device`;

/** Whose secret this is, used or not. The second question that is asked before an organization is known. */
export async function findSheetHolder(database: Database, secretHash: Buffer): Promise<Holder | undefined> {
  const [row] = await database.outside(
    (sql) => sql`SELECT organization_id, person_id FROM lubart_find_emergency_sheet(${secretHash})`,
  );
  return row === undefined ? undefined : { organizationId: row['organization_id'], personId: row['person_id'] };
}

export async function insertSheet(
  tx: Transaction,
  organizationId: string,
  row: Pick<SheetRow, 'id' | 'person_id' | 'number' | 'first_hash' | 'second_hash' | 'made_at' | 'expires_at'> & {
    secret_hash: Buffer;
  },
): Promise<void> {
  await tx`
    INSERT INTO emergency_sheets (organization_id, id, person_id, number, secret_hash, first_hash, second_hash, made_at,
      expires_at)
    VALUES (${organizationId}, ${row.id}, ${row.person_id}, ${row.number}, ${row.secret_hash}, ${row.first_hash},
      ${row.second_hash}, ${row.made_at}, ${row.expires_at})`;
}

/** The sheet that nobody used or withdrew; its time may be over. */
export async function findStandingSheet(tx: Transaction, organizationId: string): Promise<SheetRow | undefined> {
  const [row] = await tx<SheetRow[]>`
    SELECT ${columns(tx)} FROM emergency_sheets
    WHERE organization_id = ${organizationId} AND ${isUnspent(tx, sheets)}`;
  return row;
}

/** The newest sheet, however it stands. */
export async function findLastSheet(tx: Transaction, organizationId: string): Promise<SheetRow | undefined> {
  const [row] = await tx<SheetRow[]>`
    SELECT ${columns(tx)} FROM emergency_sheets WHERE organization_id = ${organizationId} ORDER BY id DESC LIMIT 1`;
  return row;
}

/** Spends it: of two who come at once, on whichever node, one gets the row. */
export async function claimSheet(
  tx: Transaction,
  organizationId: string,
  given: { secretHash: Buffer; at: Date; address: string; device: string },
): Promise<SheetRow | undefined> {
  const [row] = await tx<SheetRow[]>`
    UPDATE emergency_sheets SET used_at = ${given.at}, used_address = ${given.address}, used_device = ${given.device}
    WHERE organization_id = ${organizationId} AND secret_hash = ${given.secretHash} AND ${isGood(tx, sheets, given.at)}
    RETURNING ${columns(tx)}`;
  return row;
}

/** Ends the sheet that stands; its number, if there was one. */
export async function withdrawSheet(
  tx: Transaction,
  organizationId: string,
  at: Date,
): Promise<{ id: string; number: string }[]> {
  return tx<{ id: string; number: string }[]>`
    UPDATE emergency_sheets SET withdrawn_at = ${at}
    WHERE organization_id = ${organizationId} AND ${isUnspent(tx, sheets)} RETURNING id, number`;
}

export async function markChecked(
  tx: Transaction,
  organizationId: string,
  given: { id: string; half: 1 | 2; at: Date },
): Promise<void> {
  const { id, half, at } = given;
  await tx`
    UPDATE emergency_sheets SET
      first_checked_at = CASE WHEN ${half} = 1 THEN ${at} ELSE first_checked_at END,
      second_checked_at = CASE WHEN ${half} = 2 THEN ${at} ELSE second_checked_at END
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** The sheet that ends before `until` and was not reminded of; now it was. */
export async function claimReminder(
  tx: Transaction,
  organizationId: string,
  given: { until: Date; at: Date },
): Promise<{ id: string; number: string; expires_at: Date } | undefined> {
  const [row] = await tx<{ id: string; number: string; expires_at: Date }[]>`
    UPDATE emergency_sheets SET reminded_at = ${given.at}
    WHERE organization_id = ${organizationId} AND used_at IS NULL AND withdrawn_at IS NULL AND reminded_at IS NULL
      AND expires_at <= ${given.until} RETURNING id, number, expires_at`;
  return row;
}

/** The newest use since then that this person has not acknowledged. */
export async function findAlarm(
  tx: Transaction,
  { organizationId, personId }: Holder,
  since: Date,
): Promise<SheetRow | undefined> {
  const [row] = await tx<SheetRow[]>`
    SELECT ${columns(tx)} FROM emergency_sheets s
    WHERE organization_id = ${organizationId} AND used_at > ${since} AND NOT EXISTS (
      SELECT 1 FROM emergency_acknowledgements a
      WHERE a.organization_id = s.organization_id AND a.sheet_id = s.id AND a.person_id = ${personId})
    ORDER BY used_at DESC LIMIT 1`;
  return row;
}

/** Whoever acknowledges has seen every use there was. Returns the sheets. */
export async function acknowledge(tx: Transaction, { organizationId, personId }: Holder, at: Date): Promise<string[]> {
  const rows = await tx`
    INSERT INTO emergency_acknowledgements (organization_id, sheet_id, person_id, acknowledged_at)
    SELECT organization_id, id, ${personId}, ${at} FROM emergency_sheets
    WHERE organization_id = ${organizationId} AND used_at IS NOT NULL ON CONFLICT DO NOTHING RETURNING sheet_id`;
  return rows.map((row) => row['sheet_id'] as string);
}
