/** The only SQL on the tables devices and device_requests. A browser is found by the hash of its secret; the secret is nowhere. */
import { createHash } from 'node:crypto';
import type { SqlStatement, Transaction } from '#database';
import { sendStatement } from '#database';
import { newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import type { Holder } from '../sign-in-store.ts';

/** 256 random bits need no slow hash: there is nothing to guess. */
export const hashOfBrowser = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export type DeviceSecret = { name: string };
export const devicePlace = (id: string) => `devices/${id}`;

export type DeviceRow = {
  id: string;
  person_id: string;
  sealed: Buffer;
  address: string;
  approved_by: string | null;
  approved_at: Date;
  last_used_at: Date;
};

export type KnownBrowser = Pick<DeviceRow, 'id' | 'last_used_at'>;

/** The person’s browser, when it was approved and not revoked; whether it was used lately enough, the rules say. */
export async function findDevice(
  tx: Transaction,
  { organizationId, personId }: Holder,
  browser: string | null | undefined,
): Promise<KnownBrowser | undefined> {
  if (browser === null || browser === undefined) return undefined;
  const [row] = await tx<KnownBrowser[]>`
    SELECT id, last_used_at FROM devices WHERE organization_id = ${organizationId} AND person_id = ${personId}
      AND secret_hash = ${hashOfBrowser(browser)} AND revoked_at IS NULL AND expired_at IS NULL`;
  return row;
}

/** Whether the person ever had a browser here, approved, expired or revoked. */
export async function hadDevice(tx: Transaction, { organizationId, personId }: Holder): Promise<boolean> {
  const rows = await tx`
    SELECT 1 FROM devices WHERE organization_id = ${organizationId} AND person_id = ${personId} LIMIT 1`;
  return rows.length > 0;
}

type Used = { id: string; address: string; at: Date };

/** The browser is used now, as a statement for whoever sends it along with another. */
export const touchingDevice = (organizationId: string, { id, address, at }: Used): SqlStatement => ({
  text: `UPDATE devices SET last_used_at = $1, address = $2
    WHERE organization_id = $3 AND id = $4 AND revoked_at IS NULL AND expired_at IS NULL AND last_used_at <= $1`,
  values: [at, address, organizationId, id],
});

export async function touchDevice(tx: Transaction, organizationId: string, used: Used): Promise<void> {
  await sendStatement(tx, touchingDevice(organizationId, used));
}

export type NewDevice = {
  personId: string;
  secretHash: Buffer;
  name: string;
  address: string;
  approvedBy: string | null;
  at: Date;
};

/** A browser that was the person’s before, revoked or expired, is the same device approved anew. */
export async function insertDevice(tx: Transaction, seals: OrganizationSeals, given: NewDevice): Promise<string> {
  const { organizationId } = seals;
  const [known] = await tx<{ id: string }[]>`
    SELECT id FROM devices WHERE organization_id = ${organizationId} AND person_id = ${given.personId}
      AND secret_hash = ${given.secretHash} FOR UPDATE`;
  const id = known?.id ?? newId();
  const sealed = seals.seal(devicePlace(id), { name: given.name } satisfies DeviceSecret);
  const [row] = await tx<{ id: string }[]>`
    INSERT INTO devices (organization_id, id, person_id, secret_hash, sealed, address, approved_by, approved_at, last_used_at)
    VALUES (${organizationId}, ${id}, ${given.personId}, ${given.secretHash}, ${sealed}, ${given.address},
      ${given.approvedBy}, ${given.at}, ${given.at})
    ON CONFLICT (organization_id, person_id, secret_hash) DO UPDATE SET address = excluded.address,
      approved_by = excluded.approved_by, approved_at = excluded.approved_at, last_used_at = excluded.last_used_at,
      revoked_at = NULL, expired_at = NULL
    RETURNING id`;
  return row!.id;
}

/** Of one person, or of everybody, what has neither expired nor was revoked. Whether its days are over the rules say. */
export async function listDevices(
  tx: Transaction,
  organizationId: string,
  personId: string | null,
): Promise<DeviceRow[]> {
  return tx<DeviceRow[]>`
    SELECT d.id, d.person_id, d.sealed, d.address, d.approved_by, d.approved_at, d.last_used_at FROM devices d
    JOIN people p ON p.organization_id = d.organization_id AND p.id = d.person_id AND p.deactivated_at IS NULL
    WHERE d.organization_id = ${organizationId} AND (${personId}::uuid IS NULL OR d.person_id = ${personId})
      AND d.revoked_at IS NULL AND d.expired_at IS NULL
    ORDER BY d.last_used_at DESC, d.id`;
}

export async function findDeviceById(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<DeviceRow | undefined> {
  const [row] = await tx<DeviceRow[]>`
    SELECT id, person_id, sealed, address, approved_by, approved_at, last_used_at FROM devices
    WHERE organization_id = ${organizationId} AND id = ${id} AND revoked_at IS NULL AND expired_at IS NULL`;
  return row;
}

export async function nameDevice(tx: Transaction, seals: OrganizationSeals, id: string, name: string): Promise<void> {
  const sealed = seals.seal(devicePlace(id), { name } satisfies DeviceSecret);
  await tx`UPDATE devices SET sealed = ${sealed} WHERE organization_id = ${seals.organizationId} AND id = ${id}`;
}

/** Every browser of the person, or the one that is named. */
export async function revokeDevices(
  tx: Transaction,
  { organizationId, personId }: Holder,
  given: { at: Date; only?: string },
): Promise<string[]> {
  const { at, only = null } = given;
  const rows = await tx<{ id: string }[]>`
    UPDATE devices SET revoked_at = ${at} WHERE organization_id = ${organizationId} AND person_id = ${personId}
      AND revoked_at IS NULL AND (${only}::uuid IS NULL OR id = ${only}) RETURNING id`;
  return rows.map(({ id }) => id);
}

/** Not used since that moment; locked, in one order, so that two nodes who sweep at once take turns. */
export async function lockUnused(tx: Transaction, organizationId: string, since: Date): Promise<DeviceRow[]> {
  return tx<DeviceRow[]>`
    SELECT id, person_id, sealed, address, approved_by, approved_at, last_used_at FROM devices
    WHERE organization_id = ${organizationId} AND revoked_at IS NULL AND expired_at IS NULL AND last_used_at <= ${since}
    ORDER BY id LIMIT 1000 FOR UPDATE`;
}

export async function expireDevice(tx: Transaction, organizationId: string, id: string, at: Date): Promise<void> {
  await tx`UPDATE devices SET expired_at = ${at} WHERE organization_id = ${organizationId} AND id = ${id}`;
}

export type RequestRow = {
  id: string;
  person_id: string;
  secret_hash: Buffer;
  device: string;
  address: string;
  number: number;
  asked_at: Date;
  until: Date;
  answered_at: Date | null;
  approved: boolean | null;
  used_at: Date | null;
};

export async function countRequests(tx: Transaction, holder: Holder, since: Date): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    SELECT count(*)::int AS count FROM device_requests WHERE organization_id = ${holder.organizationId}
      AND person_id = ${holder.personId} AND asked_at > ${since}`;
  return row!.count;
}

export async function insertRequest(
  tx: Transaction,
  { organizationId, personId }: Holder,
  given: { secretHash: Buffer; device: string; address: string; number: number; at: Date; until: Date },
): Promise<string> {
  const id = newId();
  await tx`
    INSERT INTO device_requests
      (organization_id, id, person_id, secret_hash, device, address, number, asked_at, until)
    VALUES (${organizationId}, ${id}, ${personId}, ${given.secretHash}, ${given.device}, ${given.address},
      ${given.number}, ${given.at}, ${given.until})`;
  return id;
}

/** Whoever answers it, or comes in by it, holds the person first: two at once take turns there. */
export async function findRequest(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<RequestRow | undefined> {
  const [row] = await tx<RequestRow[]>`
    SELECT id, person_id, secret_hash, device, address, number, asked_at, until, answered_at, approved, used_at
    FROM device_requests WHERE organization_id = ${organizationId} AND id = ${id}`;
  return row;
}

/** What waits now: of one person, or of everybody. */
export async function listRequests(
  tx: Transaction,
  organizationId: string,
  given: { personId: string | null; at: Date },
): Promise<RequestRow[]> {
  return tx<RequestRow[]>`
    SELECT r.id, r.person_id, r.secret_hash, r.device, r.address, r.number, r.asked_at, r.until, r.answered_at,
      r.approved, r.used_at
    FROM device_requests r
    JOIN people p ON p.organization_id = r.organization_id AND p.id = r.person_id AND p.deactivated_at IS NULL
    WHERE r.organization_id = ${organizationId} AND (${given.personId}::uuid IS NULL OR r.person_id = ${given.personId})
      AND r.answered_at IS NULL AND r.until > ${given.at}
    ORDER BY r.asked_at, r.id`;
}

export async function answerRequest(
  tx: Transaction,
  organizationId: string,
  given: { id: string; approved: boolean; by: string; at: Date },
): Promise<void> {
  await tx`
    UPDATE device_requests SET answered_at = ${given.at}, answered_by = ${given.by}, approved = ${given.approved}
    WHERE organization_id = ${organizationId} AND id = ${given.id}`;
}

/** An approval lets one session in, once. */
export async function spendRequest(tx: Transaction, organizationId: string, id: string, at: Date): Promise<boolean> {
  const rows = await tx`
    UPDATE device_requests SET used_at = ${at}
    WHERE organization_id = ${organizationId} AND id = ${id} AND used_at IS NULL RETURNING id`;
  return rows.length === 1;
}

export async function sweepRequests(tx: Transaction, organizationId: string, before: Date): Promise<number> {
  const rows =
    await tx`DELETE FROM device_requests WHERE organization_id = ${organizationId} AND until < ${before} RETURNING id`;
  return rows.length;
}
