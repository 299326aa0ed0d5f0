/** Numbers, codes and counts of SMS in the database. */
import { createHash } from 'node:crypto';
import type { Transaction } from '#database';
import type { RootKey } from '#protections/encryption';
import type { Holder } from '../sign-in-store.ts';

export type SmsPurpose = 'enrol' | 'sign-in' | 'step-up';
/** For whom and what a code is good: what it was asked by (a ticket, or the session), and nothing else. */
export type CodeFor = Holder & { readonly purpose: SmsPurpose; readonly boundTo: string };

/** Minutes in which a code is good, and how often it may be mistyped. */
export const codeMinutes = 5;
export const triesPerCodeMax = 5;

export const numberPlace = (personId: string) => `sms_numbers/${personId}/sealed`;

/** A ticket is long and secret: its hash says which it was. */
const boundHash = (boundTo: string): Buffer => createHash('sha256').update(boundTo).digest();

/** Six digits can be tried through without the root key, so the hash is keyed by it, and bound to whom and what it is for. */
const codeHash = (root: RootKey, { organizationId, personId, purpose }: CodeFor, code: string): Buffer =>
  root.token(`sms code ${organizationId} ${personId} ${purpose}`, code);

export type NumberRow = { sealed: Buffer; created_at: Date; last_used_at: Date | null };

export async function findNumber(
  tx: Transaction,
  { organizationId, personId }: Holder,
): Promise<NumberRow | undefined> {
  const [row] = await tx<NumberRow[]>`
    SELECT sealed, created_at, last_used_at FROM sms_numbers
    WHERE organization_id = ${organizationId} AND person_id = ${personId}`;
  return row;
}

/** Takes the place of the number before, and every code that is on its way to that one ends. */
export async function saveNumber(
  tx: Transaction,
  { organizationId, personId }: Holder,
  given: { sealed: Buffer; at: Date },
): Promise<void> {
  // Attack: the old SIM card is stolen, its number is replaced, and a code that was asked for just before still opens.
  await deleteCodes(tx, { organizationId, personId });
  await tx`
    INSERT INTO sms_numbers (organization_id, person_id, sealed, created_at)
    VALUES (${organizationId}, ${personId}, ${given.sealed}, ${given.at})
    ON CONFLICT (organization_id, person_id)
      DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, last_used_at = NULL`;
}

/** Takes the number and every code that is on its way to it. */
export async function deleteNumber(tx: Transaction, { organizationId, personId }: Holder): Promise<boolean> {
  await deleteCodes(tx, { organizationId, personId });
  const rows = await tx`
    DELETE FROM sms_numbers WHERE organization_id = ${organizationId} AND person_id = ${personId} RETURNING person_id`;
  return rows.length === 1;
}

const deleteCodes = (tx: Transaction, { organizationId, personId }: Holder) =>
  tx`DELETE FROM sms_codes WHERE organization_id = ${organizationId} AND person_id = ${personId}`;

export async function insertCode(
  tx: Transaction,
  root: RootKey,
  whose: CodeFor,
  given: { id: string; code: string; at: Date },
): Promise<Date> {
  const { organizationId, personId, purpose } = whose;
  const { id, code, at } = given;
  const expiresAt = new Date(at.getTime() + codeMinutes * 60_000);
  await tx`
    INSERT INTO sms_codes (organization_id, id, person_id, purpose, bound_hash, code_hash, sent_at, expires_at)
    VALUES (${organizationId}, ${id}, ${personId}, ${purpose}, ${boundHash(whose.boundTo)},
      ${codeHash(root, whose, code)}, ${at}, ${expiresAt})`;
  return expiresAt;
}

export async function deleteCode(tx: Transaction, organizationId: string, id: string): Promise<void> {
  await tx`DELETE FROM sms_codes WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** The newest code for this, if it still is good; a new one ends those before. */
const newest = (tx: Transaction, { organizationId, personId, purpose }: CodeFor) => tx`
  SELECT id FROM sms_codes
  WHERE organization_id = ${organizationId} AND person_id = ${personId} AND purpose = ${purpose}
  ORDER BY sent_at DESC, id DESC LIMIT 1`;

/** Counts a try before the code is looked at; false: there is no code that it could be. */
export async function countCodeTry(tx: Transaction, whose: CodeFor, at: Date): Promise<boolean> {
  const rows = await tx`
    UPDATE sms_codes SET tries = tries + 1
    WHERE organization_id = ${whose.organizationId} AND id = (${newest(tx, whose)})
      AND bound_hash = ${boundHash(whose.boundTo)} AND used_at IS NULL AND expires_at > ${at}
      AND tries < ${triesPerCodeMax}
    RETURNING id`;
  return rows.length === 1;
}

/** Spends the code; the same statement finds and spends it, so two requests cannot both. */
export async function spendCodeRow(
  tx: Transaction,
  root: RootKey,
  whose: CodeFor,
  given: { code: string; at: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE sms_codes SET used_at = ${given.at}
    WHERE organization_id = ${whose.organizationId} AND id = (${newest(tx, whose)})
      AND bound_hash = ${boundHash(whose.boundTo)} AND code_hash = ${codeHash(root, whose, given.code)}
      AND used_at IS NULL AND expires_at > ${given.at}
    RETURNING id`;
  return rows.length === 1;
}

export async function noteNumberUse(tx: Transaction, { organizationId, personId }: Holder, at: Date): Promise<void> {
  await tx`UPDATE sms_numbers SET last_used_at = ${at}
    WHERE organization_id = ${organizationId} AND person_id = ${personId}`;
}

/** Codes and counts whose day is over. */
export async function sweepSms(tx: Transaction, organizationId: string, now: Date): Promise<void> {
  const dayBefore = new Date(now.getTime() - 86_400_000);
  await tx`DELETE FROM sms_codes WHERE organization_id = ${organizationId} AND expires_at < ${dayBefore}`;
  await tx`DELETE FROM sms_counts WHERE organization_id = ${organizationId} AND started_at < ${dayBefore}`;
}
