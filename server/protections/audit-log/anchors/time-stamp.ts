/** Asks for a time stamp of a head (RFC 3161 §2.4.1). What comes back is read by contract/stamps, with the cryptography of Node. */
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import type { StampMeans } from '#contract/stamps';
import { tags, write, writeOid } from '#contract/stamps';

const sha256 = '2.16.840.1.101.3.4.2.1';

export const stampMeans: StampMeans = {
  hash: (name, bytes) => createHash(name).update(bytes).digest(),
  verify: (publicKey, hash, message, signature) =>
    verify(hash, message, createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }), signature),
};

export type StampRequest = { bytes: Uint8Array; nonce: Uint8Array };

/** TimeStampReq: version 1, SHA-256 of the head, a nonce, and “send your certificate along”. */
export function writeStampRequest(head: Uint8Array): StampRequest {
  const random = randomBytes(16);
  random[0] = (random[0]! & 0x7f) | 0x40; // positive, and no leading zero
  const nonce = write(tags.integer, random);
  const imprint = write(
    tags.sequence,
    write(tags.sequence, writeOid(sha256), Uint8Array.of(0x05, 0x00)),
    write(tags.octets, stampMeans.hash('sha256', head)),
  );
  const version = write(tags.integer, Uint8Array.of(1));
  const certificate = write(tags.boolean, Uint8Array.of(0xff));
  return { bytes: write(tags.sequence, version, imprint, nonce, certificate), nonce };
}
