/**
 * The signature of results: Ed25519 (RFC 8032 §5.1), pure, over the canonical bytes of the document. Each organization has a key of
 * its own; its private half is sealed with the organization’s key, so that a stolen database signs nothing. A file carries everything
 * that proves it but the key itself: whose key signed is what the verifier must know from elsewhere.
 */
import { createHash } from 'node:crypto';
import type { Transaction } from '#database';
import { newId, Secret } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { ed25519Pair, ed25519Sign } from '#protections/encryption';
import type { Json } from './canonical-json.ts';
import { canonicalJson } from './canonical-json.ts';

export type SigningKey = { id: string; publicKey: Buffer; sign(bytes: Buffer): Buffer };
type KeyRow = { id: string; public_key: Buffer; sealed: Buffer };

const place = (id: string) => `review_keys/${id}/sealed`;

/** The organization’s newest key; made when there is none. */
export async function signingKey(tx: Transaction, seals: OrganizationSeals, at: Date): Promise<SigningKey> {
  const { organizationId } = seals;
  const [row] = await tx<KeyRow[]>`
    SELECT id, public_key, sealed FROM review_keys WHERE organization_id = ${organizationId}
    ORDER BY created_at DESC, id DESC LIMIT 1`;
  if (row !== undefined) {
    const seed = new Secret(Buffer.from(seals.open<string>(place(row.id), row.sealed), 'base64'));
    return { id: row.id, publicKey: row.public_key, sign: (bytes) => ed25519Sign(seed, bytes) };
  }
  const id = newId();
  const { seed, publicKey } = ed25519Pair();
  const sealed = seals.seal(place(id), seed.expose().toString('base64'));
  await tx`
    INSERT INTO review_keys (organization_id, id, public_key, sealed, created_at)
    VALUES (${organizationId}, ${id}, ${publicKey}, ${sealed}, ${at})`;
  return { id, publicKey, sign: (bytes) => ed25519Sign(seed, bytes) };
}

export async function findPublicKey(tx: Transaction, organizationId: string, id: string): Promise<Buffer | undefined> {
  const [row] = await tx<{ public_key: Buffer }[]>`
    SELECT public_key FROM review_keys WHERE organization_id = ${organizationId} AND id = ${id}`;
  return row?.public_key;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What leaves as a file. */
export type SignedFile = {
  form: 'lubart-signed-review/1';
  document: Json;
  signature: { algorithm: 'Ed25519'; keyId: string; publicKey: string; value: string };
};

export function signedFile(document: Json, by: { keyId: string; publicKey: Buffer; signature: Buffer }): string {
  const file: SignedFile = {
    form: 'lubart-signed-review/1',
    document,
    signature: {
      algorithm: 'Ed25519',
      keyId: by.keyId,
      publicKey: by.publicKey.toString('base64'),
      value: by.signature.toString('base64'),
    },
  };
  return canonicalJson(file);
}

/** The parts of a file that is one of ours by its form; undefined for anything else. */
export function readSignedFile(
  text: string,
): { document: Json; bytes: Buffer; keyId: string; publicKey: Buffer; signature: Buffer } | undefined {
  try {
    const { form, document, signature } = JSON.parse(text) as SignedFile;
    if (form !== 'lubart-signed-review/1' || signature.algorithm !== 'Ed25519') return undefined;
    return {
      document,
      bytes: Buffer.from(canonicalJson(document), 'utf8'),
      keyId: signature.keyId,
      publicKey: Buffer.from(signature.publicKey, 'base64'),
      signature: Buffer.from(signature.value, 'base64'),
    };
  } catch {
    return undefined;
  }
}
