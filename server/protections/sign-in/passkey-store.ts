/** The only SQL on passkeys and on the challenges that were answered. */
import { createHash } from 'node:crypto';
import type { Transaction } from '#database';
import type { Holder } from './sign-in-store.ts';

export type PasskeyRow = {
  id: string;
  person_id: string;
  credential_id: Buffer;
  public_key: Buffer;
  transports: string[];
  device_bound: boolean;
  aaguid: string;
  vouched: boolean;
  attested_root: Buffer | null;
  backed_up: boolean;
  sealed: Buffer;
  created_at: Date;
  last_used_at: Date | null;
};

export type NewPasskey = {
  id: string;
  credentialId: string;
  publicKey: Uint8Array;
  counter: number;
  transports: readonly string[];
  deviceBound: boolean;
  backedUp: boolean;
  aaguid: string;
  attestation: string;
  vouched: boolean;
  attestedRoot: Buffer | null;
  sealed: Buffer;
  /** The host name that the key was made for. */
  host: string;
  at: Date;
};

const bytesOf = (credentialId: string) => Buffer.from(credentialId, 'base64url');
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

/** False when this key is known already. */
export async function insertPasskey(tx: Transaction, holder: Holder, given: NewPasskey): Promise<boolean> {
  const credentialId = bytesOf(given.credentialId);
  const rows = await tx`
    INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter,
      transports, device_bound, backed_up, aaguid, attestation, vouched, attested_root, sealed, host, created_at)
    VALUES (${holder.organizationId}, ${given.id}, ${holder.personId}, ${hashOf(credentialId)}, ${credentialId},
      ${Buffer.from(given.publicKey)}, ${given.counter}, ${[...given.transports]}, ${given.deviceBound},
      ${given.backedUp}, ${given.aaguid}, ${given.attestation}, ${given.vouched}, ${given.attestedRoot}, ${given.sealed}, ${given.host}, ${given.at})
    ON CONFLICT (organization_id, credential_hash) DO NOTHING RETURNING id`;
  return rows.length === 1;
}

export async function listPasskeys(tx: Transaction, { organizationId, personId }: Holder): Promise<PasskeyRow[]> {
  return tx<PasskeyRow[]>`
    SELECT id, person_id, credential_id, public_key, transports, device_bound, backed_up, aaguid, vouched, attested_root, sealed,
      created_at, last_used_at
    FROM passkeys WHERE organization_id = ${organizationId} AND person_id = ${personId} ORDER BY created_at, id`;
}

/** The person’s key with this credential id. */
export async function findPasskey(
  tx: Transaction,
  { organizationId, personId }: Holder,
  credentialId: string,
): Promise<PasskeyRow | undefined> {
  const [row] = await tx<PasskeyRow[]>`
    SELECT id, person_id, credential_id, public_key, transports, device_bound, backed_up, aaguid, vouched, attested_root, sealed,
      created_at, last_used_at
    FROM passkeys WHERE organization_id = ${organizationId} AND person_id = ${personId}
      AND credential_hash = ${hashOf(bytesOf(credentialId))}`;
  return row;
}

/**
 * Takes the counter of a proof over, in the statement that compares it. False when it did not grow: the key was copied (WebAuthn
 * §6.1.1). Keys that are synced never count and always say 0.
 */
export async function countPasskeyUse(
  tx: Transaction,
  organizationId: string,
  given: { id: string; counter: number; backedUp: boolean; at: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE passkeys SET sign_counter = ${given.counter}, backed_up = ${given.backedUp}, last_used_at = ${given.at}
    WHERE organization_id = ${organizationId} AND id = ${given.id}
      AND (sign_counter < ${given.counter} OR (sign_counter = 0 AND ${given.counter} = 0)) RETURNING id`;
  return rows.length === 1;
}

export async function renamePasskey(tx: Transaction, holder: Holder, id: string, sealed: Buffer): Promise<boolean> {
  const rows = await tx`
    UPDATE passkeys SET sealed = ${sealed}
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId} AND id = ${id} RETURNING id`;
  return rows.length === 1;
}

export async function deletePasskey(tx: Transaction, holder: Holder, id: string): Promise<boolean> {
  const rows = await tx`
    DELETE FROM passkeys
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId} AND id = ${id} RETURNING id`;
  return rows.length === 1;
}

/** False when this challenge was answered before, here or on another node. */
export async function spendChallenge(
  tx: Transaction,
  organizationId: string,
  challenge: string,
  expiresAt: Date,
): Promise<boolean> {
  const rows = await tx`
    INSERT INTO spent_challenges (organization_id, challenge_hash, expires_at)
    VALUES (${organizationId}, ${hashOf(bytesOf(challenge))}, ${expiresAt})
    ON CONFLICT (organization_id, challenge_hash) DO NOTHING RETURNING challenge_hash`;
  return rows.length === 1;
}

export async function sweepChallenges(tx: Transaction, organizationId: string, now: Date): Promise<void> {
  await tx`DELETE FROM spent_challenges WHERE organization_id = ${organizationId} AND expires_at < ${now}`;
}
