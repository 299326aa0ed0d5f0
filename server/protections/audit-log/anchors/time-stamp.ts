/**
 * A time stamp by an authority outside (RFC 3161): it signs the hash of a head together with the moment at which it saw it. What is
 * believed is the signature, up to a root certificate that the owner entered, and only for the head and the nonce that were sent.
 * Signed attributes and their digest follow RFC 5652 §5.4, the certificate named inside them RFC 5035.
 */
import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import type { Der } from './der.ts';
import { isOid, readAll, readParts, tags, write, writeOid } from './der.ts';

const oids = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  signedData: '1.2.840.113549.1.7.2',
  timeStamp: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;
const hashes = ['sha256', 'sha384', 'sha512'] as const;
type HashName = (typeof hashes)[number];
const signatures: readonly (readonly [oid: string, hash: HashName | 'digest'])[] = [
  ['1.2.840.113549.1.1.1', 'digest'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
];
const timeStampingUse = '1.3.6.1.5.5.7.3.8';
/** extKeyUsage, critical. */
const criticalUse = Buffer.from('0603551d250101ff', 'hex');
const chainLengthMax = 6;

const digest = (name: string, bytes: Uint8Array) => createHash(name).update(bytes).digest();

export type StampRequest = { bytes: Buffer<ArrayBuffer>; nonce: Buffer };

/** TimeStampReq: version 1, SHA-256 of the head, a nonce, and “send your certificate along”. */
export function writeStampRequest(head: Uint8Array): StampRequest {
  const random = randomBytes(16);
  random[0] = (random[0]! & 0x7f) | 0x40; // positive, and no leading zero
  const nonce = write(tags.integer, random);
  const imprint = write(
    tags.sequence,
    write(tags.sequence, writeOid(oids.sha256), Buffer.from([0x05, 0x00])),
    write(tags.octets, digest('sha256', head)),
  );
  const version = write(tags.integer, Buffer.from([1]));
  const certificate = write(tags.boolean, Buffer.from([0xff]));
  return { bytes: write(tags.sequence, version, imprint, nonce, certificate), nonce };
}

/** The root certificates of PEM text; undefined: none, or one that is none. */
export function readRoots(pem: string): X509Certificate[] | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const roots = blocks.map((block) => new X509Certificate(block));
    return roots.length === 0 ? undefined : roots;
  } catch {
    return undefined;
  }
}

/** When the authority saw this head; undefined: this is no stamp of it. `nonce` is given for an answer, not for a kept stamp. */
export function readStamp(
  response: Buffer,
  head: Uint8Array,
  roots: readonly X509Certificate[],
  nonce?: Buffer,
): Date | undefined {
  try {
    return readChecked(response, head, roots, nonce);
  } catch {
    return undefined;
  }
}

function readChecked(
  response: Buffer,
  head: Uint8Array,
  roots: readonly X509Certificate[],
  nonce: Buffer | undefined,
): Date | undefined {
  const [status, token] = readParts(response);
  const granted = readAll(status!.content)[0]?.whole.toString('hex') ?? '';
  if (!['020100', '020101'].includes(granted) || token === undefined) return undefined;
  const [type, wrapped] = readParts(token.whole);
  if (!isOid(type, oids.signedData) || wrapped?.tag !== tags.zero) return undefined;
  const data = readParts(wrapped.content);
  const [contentType, octets] = readParts(data[2]!.whole);
  if (!isOid(contentType, oids.timeStamp) || octets?.tag !== tags.zero) return undefined;
  const [content] = readAll(octets.content);
  if (content?.tag !== tags.octets) return undefined;
  const certificates = data.filter(({ tag }) => tag === tags.zero).flatMap(({ content: all }) => readAll(all));
  const at = readStampedAt(content.content, head, nonce);
  if (at === undefined) return undefined;
  const signer = readSigner(data.at(-1)!, content.content, certificates);
  return signer !== undefined && leadsToRoot(signer, certificates, roots, at) ? at : undefined;
}

/** TSTInfo. Attack: a stamp of another head, or an older answer shown again. */
function readStampedAt(info: Buffer, head: Uint8Array, nonce: Buffer | undefined): Date | undefined {
  const [version, , imprint, , time, ...more] = readParts(info);
  const [algorithm, hashed] = readParts(imprint!.whole);
  if (version?.whole.toString('hex') !== '020101' || time?.tag !== tags.time) return undefined;
  if (!isOid(readAll(algorithm!.content)[0], oids.sha256)) return undefined;
  if (!hashed!.content.equals(digest('sha256', head))) return undefined;
  const given = more.find(({ tag }) => tag === tags.integer);
  if (nonce !== undefined && given?.whole.equals(nonce) !== true) return undefined;
  const read = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(time.content.toString('latin1'));
  if (read === null) return undefined;
  const [, year, month, day, hour, minute, second] = read;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** The certificate whose key signed this content; undefined: none did. */
function readSigner(signers: Der, content: Buffer, certificates: readonly Der[]): X509Certificate | undefined {
  const all = readParts(signers.whole, tags.set);
  if (all.length !== 1) return undefined;
  const [, , digestAlgorithm, signed, signatureAlgorithm, signature] = readAll(all[0]!.content);
  if (signed?.tag !== tags.zero || signature?.tag !== tags.octets) return undefined;
  const hash = hashOf(digestAlgorithm!);
  if (hash === undefined) return undefined;
  const attributes = readAll(signed.content);
  const type = attribute(attributes, oids.contentType);
  const hashed = attribute(attributes, oids.messageDigest);
  if (!isOid(type, oids.timeStamp) || hashed?.content.equals(digest(hash, content)) !== true) return undefined;
  const bytes = namedCertificate(attributes, certificates);
  if (bytes === undefined) return undefined;
  const certificate = new X509Certificate(bytes);
  const named = signatures.find(([oid]) => isOid(readAll(signatureAlgorithm!.content)[0], oid))?.[1];
  if (named === undefined) return undefined;
  // What is signed is the SET, not the [0] under which it stands (RFC 5652 §5.4).
  const set = write(tags.set, signed.content);
  const isSigned = verify(named === 'digest' ? hash : named, set, certificate.publicKey, signature.content);
  return isSigned ? certificate : undefined;
}

const hashOf = (algorithm: Der): HashName | undefined =>
  hashes.find((name) => isOid(readAll(algorithm.content)[0], oids[name]));

/** The only value of an attribute. */
function attribute(attributes: readonly Der[], oid: string): Der | undefined {
  const found = attributes.map(({ content }) => readAll(content)).filter(([type]) => isOid(type, oid));
  const values = found.length === 1 ? readAll(found[0]![1]!.content) : [];
  return values.length === 1 ? values[0] : undefined;
}

/** Attack: the certificate beside the signature is exchanged for another of the same key (RFC 2634 §5, RFC 5035). */
function namedCertificate(attributes: readonly Der[], certificates: readonly Der[]): Buffer | undefined {
  const newer = attribute(attributes, oids.signingCertificateV2);
  const named = newer ?? attribute(attributes, oids.signingCertificate);
  if (named === undefined) return undefined;
  const parts = readAll(readAll(readAll(named.content)[0]!.content)[0]!.content);
  const algorithm = parts[0]?.tag === tags.sequence ? hashOf(parts[0]) : newer === undefined ? 'sha1' : 'sha256';
  const hashed = parts.find(({ tag }) => tag === tags.octets);
  if (algorithm === undefined || hashed === undefined) return undefined;
  return certificates.find(({ whole }) => digest(algorithm, whole).equals(hashed.content))?.whole;
}

/** Attack: a stamp by a certificate that is for something else, was not valid then, or that no known root stands behind. */
function leadsToRoot(
  signer: X509Certificate,
  certificates: readonly Der[],
  roots: readonly X509Certificate[],
  at: Date,
): boolean {
  const isForStamps = signer.keyUsage?.length === 1 && signer.keyUsage[0] === timeStampingUse;
  if (!isForStamps || !signer.raw.includes(criticalUse)) return false;
  const between = certificates.map(({ whole }) => new X509Certificate(whole)).filter(({ ca }) => ca);
  let reached = signer;
  for (let steps = 0; steps < chainLengthMax; steps += 1) {
    if (!isValidAt(reached, at)) return false;
    const here = reached;
    const root = roots.find((one) => one.ca && isIssuedBy(here, one));
    if (root !== undefined) return isValidAt(root, at);
    const next = between.find((one) => !one.raw.equals(here.raw) && isIssuedBy(here, one));
    if (next === undefined) return false;
    reached = next;
  }
  return false;
}

const isIssuedBy = (one: X509Certificate, issuer: X509Certificate) =>
  one.checkIssued(issuer) && one.verify(issuer.publicKey);
const isValidAt = (one: X509Certificate, at: Date) =>
  Date.parse(one.validFrom) <= at.getTime() && at.getTime() <= Date.parse(one.validTo);
