/**
 * Who vouches for a key (WebAuthn Level 3, §6.5 and §7.1 steps 21–24). The statement itself was verified by @simplewebauthn/server;
 * here its certificates are followed to a root that the organization named. Only what leads there is believed: anybody can make a
 * certificate that calls itself a maker’s.
 */
import { createHash, X509Certificate } from 'node:crypto';

export type Attestation = {
  /** A certificate signed for the key: it did not sign for itself, nor say nothing. */
  vouched: boolean;
  /** SHA-256 of the root that the path led to; null when it led to none of these. */
  root: Buffer | null;
};

/** Longest path from a key’s certificate to a root; makers use two or three. */
const pathLengthMax = 5;

export async function readAttestation(object: Uint8Array, roots: readonly string[], now: Date): Promise<Attestation> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  const x5c = decodeAttestationObject(new Uint8Array(object)).get('attStmt').get('x5c') as Uint8Array[] | undefined;
  const path = (x5c ?? []).slice(0, pathLengthMax).map((der) => new X509Certificate(der));
  if (path.length === 0) return { vouched: false, root: null };
  const anchor = roots.map((pem) => new X509Certificate(pem)).find((root) => leadsTo(path, root, now));
  return { vouched: true, root: anchor === undefined ? null : createHash('sha256').update(anchor.raw).digest() };
}

/** Each certificate is signed by the next one, the last by the root; each but the first may sign; all are of now. */
function leadsTo(path: readonly X509Certificate[], root: X509Certificate, now: Date): boolean {
  // A maker may send its root along; it proves nothing, ours is what counts.
  const sent = path.at(-1)!.raw.equals(root.raw) ? path.slice(0, -1) : path;
  const chain = [...sent, root];
  if (sent.length === 0 || !chain.every((one) => isOfNow(one, now))) return false;
  return sent.every((one, at) => {
    const issuer = chain[at + 1]!;
    // Attack: a certificate of a key, which may sign nothing, as the issuer of another one.
    return issuer.ca && one.checkIssued(issuer) && one.verify(issuer.publicKey);
  });
}

const isOfNow = (one: X509Certificate, now: Date): boolean => one.validFromDate <= now && now <= one.validToDate;
