/**
 * A time stamp by an authority outside (RFC 3161): it signs the hash of a head together with the moment at which it saw it. What is
 * believed is the signature, up to a root certificate of the reader’s own, and only for the head that is shown. Signed attributes and
 * their digest follow RFC 5652 §5.4, the certificate named inside them RFC 5035. Nothing is asked of anybody, so whether a certificate
 * was revoked is not known here.
 */
import type { Certificate, HashName, StampMeans } from './certificate.ts';
import { hashOfSignature, isIssuedBy, isSigned, isValidAt, readCertificate } from './certificate.ts';
import type { Der } from './der.ts';
import { isOid, isSame, readAll, readParts, tags, write } from './der.ts';

const oids = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  rsa: '1.2.840.113549.1.1.1',
  signedData: '1.2.840.113549.1.7.2',
  timeStamp: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStampingUse: '1.3.6.1.5.5.7.3.8',
} as const;
const hashes: readonly HashName[] = ['sha256', 'sha384', 'sha512'];
const chainLengthMax = 6;

export const stampFaults = [
  'stamp_unreadable',
  'stamp_refused',
  'stamp_other_head',
  'stamp_other_answer',
  'stamp_forged',
  'stamp_not_for_stamps',
  'stamp_not_valid',
  'stamp_root_unknown',
] as const;
export type StampFault = (typeof stampFaults)[number];

/** `authority`: as its certificate names it. `root`: the root of the reader’s own that stands behind it; null: none was brought. */
export type StampVerdict =
  | { readonly holds: true; readonly at: Date; readonly authority: string; readonly root: string | null }
  | { readonly holds: false; readonly why: StampFault };

type Asked = {
  response: Uint8Array;
  head: Uint8Array;
  /** Root certificates of the reader’s own; null: the reader brings none, and the chain is followed nowhere. */
  roots: readonly Certificate[] | null;
  /** Given for an answer, not for a kept stamp. */
  nonce?: Uint8Array;
};

class Refused extends Error {
  readonly why: StampFault;
  constructor(why: StampFault) {
    super(why);
    this.why = why;
  }
}

export function readStamp(means: StampMeans, asked: Asked): StampVerdict {
  try {
    return readChecked(means, asked);
  } catch (error) {
    return { holds: false, why: error instanceof Refused ? error.why : 'stamp_unreadable' };
  }
}

function readChecked(means: StampMeans, { response, head, roots, nonce }: Asked): StampVerdict {
  const { info, certificates, signers } = openToken(response);
  const at = readStampedAt(means, info, head, nonce);
  const signer = readSigner(means, signers, info, certificates);
  // RFC 3161 §2.3: for time stamps, strictly, and for nothing else.
  if (signer.strictUses.length !== 1 || !isOid(signer.strictUses[0], oids.timeStampingUse))
    throw new Refused('stamp_not_for_stamps');
  if (!isValidAt(signer, at)) throw new Refused('stamp_not_valid');
  const root = roots === null ? null : requireRoot(means, { signer, certificates, roots, at }).name;
  return { holds: true, at, authority: signer.name, root };
}

function openToken(response: Uint8Array): { info: Uint8Array; certificates: Der[]; signers: Der } {
  const [status, token] = readParts(response);
  const granted = readAll(status!.content)[0];
  if (granted?.tag !== tags.integer || granted.content.length !== 1 || granted.content[0]! > 1)
    throw new Refused('stamp_refused');
  const [type, wrapped] = readParts(token!.whole);
  if (!isOid(type, oids.signedData) || wrapped?.tag !== tags.zero) throw new RangeError('no signed data');
  const data = readParts(wrapped.content);
  const [contentType, octets] = readParts(data[2]!.whole);
  const [content] = octets?.tag === tags.zero ? readAll(octets.content) : [];
  if (!isOid(contentType, oids.timeStamp) || content?.tag !== tags.octets) throw new RangeError('no time stamp');
  const certificates = data.filter(({ tag }) => tag === tags.zero).flatMap(({ content: all }) => readAll(all));
  return { info: content.content, certificates, signers: data.at(-1)! };
}

/** TSTInfo. Attack: a stamp of another head, or an older answer shown again. */
function readStampedAt(means: StampMeans, info: Uint8Array, head: Uint8Array, nonce: Uint8Array | undefined): Date {
  const [version, , imprint, , time, ...more] = readParts(info);
  const [algorithm, hashed] = readParts(imprint!.whole);
  if (version?.content.length !== 1 || version.content[0] !== 1 || time?.tag !== tags.time)
    throw new RangeError('another version');
  if (!isOid(readAll(algorithm!.content)[0], oids.sha256) || !isSame(hashed!.content, means.hash('sha256', head)))
    throw new Refused('stamp_other_head');
  const given = more.find(({ tag }) => tag === tags.integer);
  if (nonce !== undefined && (given === undefined || !isSame(given.whole, nonce)))
    throw new Refused('stamp_other_answer');
  const text = new TextDecoder('latin1').decode(time.content);
  const read = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text);
  const at = new Date(read === null ? NaN : `${read.slice(1, 4).join('-')}T${read.slice(4, 7).join(':')}Z`);
  if (Number.isNaN(at.getTime())) throw new RangeError('no moment');
  return at;
}

/** The certificate whose key signed this content. */
function readSigner(means: StampMeans, signers: Der, content: Uint8Array, certificates: readonly Der[]): Certificate {
  const all = readParts(signers.whole, tags.set);
  if (all.length !== 1) throw new RangeError('one signer');
  const [, , digestAlgorithm, signed, signatureAlgorithm, signature] = readAll(all[0]!.content);
  if (signed?.tag !== tags.zero || signature?.tag !== tags.octets) throw new RangeError('no signature');
  const hash = hashOf(digestAlgorithm!);
  if (hash === undefined) throw new RangeError('another hash');
  const attributes = readAll(signed.content);
  const type = attribute(attributes, oids.contentType);
  const hashed = attribute(attributes, oids.messageDigest);
  if (!isOid(type, oids.timeStamp) || hashed === undefined || !isSame(hashed.content, means.hash(hash, content)))
    throw new Refused('stamp_forged');
  const signer = readCertificate(namedCertificate(means, attributes, certificates));
  const named = isOid(readAll(signatureAlgorithm!.content)[0], oids.rsa) ? hash : hashOfSignature(signatureAlgorithm!);
  if (named === undefined) throw new RangeError('another kind of signature');
  // What is signed is the SET, not the [0] under which it stands (RFC 5652 §5.4).
  const set = write(tags.set, signed.content);
  if (!isSigned(means, signer, { hash: named, message: set, signature: signature.content }))
    throw new Refused('stamp_forged');
  return signer;
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
function namedCertificate(means: StampMeans, attributes: readonly Der[], certificates: readonly Der[]): Uint8Array {
  const newer = attribute(attributes, oids.signingCertificateV2);
  const named = newer ?? attribute(attributes, oids.signingCertificate);
  if (named === undefined) throw new Refused('stamp_forged');
  const parts = readAll(readAll(readAll(named.content)[0]!.content)[0]!.content);
  const algorithm = parts[0]?.tag === tags.sequence ? hashOf(parts[0]) : newer === undefined ? 'sha1' : 'sha256';
  const hashed = parts.find(({ tag }) => tag === tags.octets);
  if (algorithm === undefined || hashed === undefined) throw new RangeError('no certificate is named');
  const found = certificates.find(({ whole }) => isSame(means.hash(algorithm, whole), hashed.content));
  if (found === undefined) throw new Refused('stamp_forged');
  return found.whole;
}

/** What else lies there, and what of it cannot be read, vouches for nobody. */
function readAuthority({ whole }: Der): Certificate[] {
  try {
    const read = readCertificate(whole);
    return read.ca ? [read] : [];
  } catch {
    return [];
  }
}

type Chain = { signer: Certificate; certificates: readonly Der[]; roots: readonly Certificate[]; at: Date };

/** Attack: a stamp by a certificate that was not valid then, or that no known root stands behind. */
function requireRoot(means: StampMeans, { signer, certificates, roots, at }: Chain): Certificate {
  const between = certificates.flatMap(readAuthority);
  let reached = signer;
  for (let steps = 0; steps < chainLengthMax; steps += 1) {
    if (!isValidAt(reached, at)) throw new Refused('stamp_not_valid');
    const here = reached;
    const root = roots.find((one) => isIssuedBy(means, here, one, steps));
    if (root !== undefined && !isValidAt(root, at)) throw new Refused('stamp_not_valid');
    if (root !== undefined) return root;
    const next = between.find((one) => !isSame(one.whole, here.whole) && isIssuedBy(means, here, one, steps));
    if (next === undefined) throw new Refused('stamp_root_unknown');
    reached = next;
  }
  throw new Refused('stamp_root_unknown');
}
