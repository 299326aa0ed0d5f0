/** The only SQL on recovery_requests and recovery_approvals. A link is found by the hash of its token. */
import type { Transaction } from '#database';
import type { Moments, OneTime } from '../one-time-token.ts';
import { claimOnce, isGood, momentsOf } from '../one-time-token.ts';
import type { Holder } from '../sign-in-store.ts';
import { deleteNumber } from '../sms-codes/sms-store.ts';

export type RecoveryWay = 'approval' | 'operator';
export type RequestRow = {
  id: string;
  person_id: string;
  way: RecoveryWay;
  password_changed_at: Date;
  needed: number;
  asked_ids: string[];
  address: string;
  device: string;
  asked_at: Date;
  ready_at: Date;
  expires_at: Date;
};

const columns = (tx: Transaction) =>
  tx`id, person_id, way, password_changed_at, needed, asked_ids, address, device, asked_at, ready_at, expires_at`;
export const requests: OneTime = { table: 'recovery_requests', usedAt: 'finished_at', endedAt: 'cancelled_at' };
const open = (tx: Transaction, now: Date) => isGood(tx, requests, now);

export async function insertRequest(
  tx: Transaction,
  organizationId: string,
  row: RequestRow & { token_hash: Buffer; cancel_hash: Buffer | null },
): Promise<void> {
  await tx`
    INSERT INTO recovery_requests (organization_id, id, person_id, way, token_hash, cancel_hash, password_changed_at,
      needed, asked_ids, address, device, asked_at, ready_at, expires_at)
    VALUES (${organizationId}, ${row.id}, ${row.person_id}, ${row.way}, ${row.token_hash}, ${row.cancel_hash},
      ${row.password_changed_at}, ${row.needed}, ${row.asked_ids}::uuid[], ${row.address}, ${row.device}, ${row.asked_at}, ${row.ready_at}, ${row.expires_at})`;
}

export async function findOpenRequest(
  tx: Transaction,
  organizationId: string,
  by: { id: string } | { personId: string },
  now: Date,
): Promise<RequestRow | undefined> {
  const which = 'id' in by ? tx`id = ${by.id}` : tx`person_id = ${by.personId}`;
  const [row] = await tx<RequestRow[]>`
    SELECT ${columns(tx)} FROM recovery_requests
    WHERE organization_id = ${organizationId} AND ${which} AND ${open(tx, now)}`;
  return row;
}

/** However it stands, by the token of a link that opens it or of one that ends it. */
export async function findRequest(
  tx: Transaction,
  organizationId: string,
  { link, hash }: { link: 'token' | 'cancel'; hash: Buffer },
): Promise<(RequestRow & Moments) | undefined> {
  const [row] = await tx<(RequestRow & Moments)[]>`
    SELECT ${columns(tx)}, ${momentsOf(tx, requests)} FROM recovery_requests
    WHERE organization_id = ${organizationId} AND ${tx(`${link}_hash`)} = ${hash}`;
  return row;
}

export async function listOpenRequests(tx: Transaction, organizationId: string, now: Date): Promise<RequestRow[]> {
  return tx<RequestRow[]>`
    SELECT ${columns(tx)} FROM recovery_requests
    WHERE organization_id = ${organizationId} AND way = 'approval' AND ${open(tx, now)} ORDER BY id`;
}

/** Ends requests of the person that are open or whose time is over; returns those that were. */
export async function cancelRequests(
  tx: Transaction,
  { organizationId, personId }: Holder,
  now: Date,
  which: 'open' | 'over',
): Promise<string[]> {
  const rows = await tx`
    UPDATE recovery_requests SET cancelled_at = ${now}
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND finished_at IS NULL
      AND cancelled_at IS NULL AND (${which === 'open'} OR expires_at <= ${now}) RETURNING id`;
  return rows.map((row) => row['id'] as string);
}

/** Spends it. Whether its time has come and enough vouched is asked in the same act (finish-recovery.ts). */
export const claimRequest = (tx: Transaction, organizationId: string, id: string, now: Date): Promise<boolean> =>
  claimOnce(tx, requests, { organizationId, id, now });

/** False when this colleague did so before. */
export async function insertApproval(
  tx: Transaction,
  organizationId: string,
  given: { requestId: string; approverId: string; at: Date },
): Promise<boolean> {
  const rows = await tx`
    INSERT INTO recovery_approvals (organization_id, request_id, approver_id, approved_at)
    VALUES (${organizationId}, ${given.requestId}, ${given.approverId}, ${given.at})
    ON CONFLICT DO NOTHING RETURNING approver_id`;
  return rows.length === 1;
}

export type Colleague = { id: string; sealed: Buffer; language: 'uk' | 'en' };

/** Ids of who vouched, in this order; whether it counts is asked elsewhere. */
export async function listApprovals(tx: Transaction, organizationId: string, requestId: string): Promise<string[]> {
  const rows = await tx`
    SELECT approver_id FROM recovery_approvals
    WHERE organization_id = ${organizationId} AND request_id = ${requestId} ORDER BY approved_at, approver_id`;
  return rows.map((row) => row['approver_id'] as string);
}

export async function listActivePeople(tx: Transaction, organizationId: string): Promise<Colleague[]> {
  return tx<Colleague[]>`
    SELECT id, sealed, language FROM people
    WHERE organization_id = ${organizationId} AND deactivated_at IS NULL ORDER BY id`;
}

/** Whatever proved this person up to now proves nothing any more: apps, passkeys, codes and keys of programs. */
export async function forgetFactors(tx: Transaction, { organizationId, personId }: Holder): Promise<void> {
  await tx`DELETE FROM authenticators WHERE organization_id = ${organizationId} AND person_id = ${personId}`;
  await deleteNumber(tx, { organizationId, personId });
  await tx`DELETE FROM passkeys WHERE organization_id = ${organizationId} AND person_id = ${personId}`;
  // Attack: the lost phone is a browser too.
  await tx`UPDATE devices SET revoked_at = now()
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND revoked_at IS NULL`;
  // Attack: whoever had the old phone made a key with it.
  await tx`UPDATE api_keys SET revoked_at = now()
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND revoked_at IS NULL`;
  await tx`DELETE FROM recovery_codes WHERE organization_id = ${organizationId} AND person_id = ${personId}`;
}
