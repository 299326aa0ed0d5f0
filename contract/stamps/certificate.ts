/** X.509 certificates (RFC 5280 §4.1) as far as a chain up to a root of one’s own needs them. */
import type { Der } from './der.ts';
import { isOid, isSame, readAll, readParts, tags } from './der.ts';

export type HashName = 'sha256' | 'sha384' | 'sha512';

/** What a browser and a server bring in ways of their own. `publicKey`: SubjectPublicKeyInfo; RSA (PKCS #1 v1.5) or ECDSA. */
export type StampMeans = {
  hash(name: HashName | 'sha1', bytes: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean;
};

export type Certificate = {
  readonly whole: Uint8Array;
  /** What its issuer signed. */
  readonly signed: Uint8Array;
  readonly algorithm: Der;
  readonly signature: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly publicKey: Uint8Array;
  /** May vouch for others, with at most so many authorities in between. */
  readonly ca: boolean;
  readonly pathLengthMax: number;
  /** Extended key usage, when it is critical. */
  readonly strictUses: readonly Der[];
};

const oids = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  policies: '2.5.29.32',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
} as const;

/** @throws RangeError: this is none, or it asks for something that is not understood here */
export function readCertificate(bytes: Uint8Array): Certificate {
  const [content, algorithm, signature] = readParts(bytes);
  const parts = readAll(content!.content);
  // The version stands in front of everything but the oldest form.
  const [, , issuer, validity, subject, key, ...more] = parts[0]?.tag === tags.zero ? parts.slice(1) : parts;
  if (algorithm === undefined || signature?.tag !== tags.bits || signature.content[0] !== 0 || key === undefined)
    throw new RangeError('no certificate');
  const [from, to] = readParts(validity!.whole).map(readMoment);
  const extensions = readExtensions(more.find(({ tag }) => tag === tags.three));
  const usage = extensions.get(oids.keyUsage)?.value;
  const uses = extensions.get(oids.extendedKeyUsage);
  return {
    whole: bytes,
    signed: content!.whole,
    algorithm,
    signature: signature.content.subarray(1),
    issuer: issuer!.whole,
    subject: subject!.whole,
    name: nameOf(subject!),
    from: from!,
    to: to!,
    publicKey: key.whole,
    ...readVouching(extensions.get(oids.basicConstraints)?.value, usage),
    strictUses: uses?.isCritical === true ? readParts(uses.value) : [],
  };
}

type Extension = { isCritical: boolean; value: Uint8Array };

/** Attack: a certificate whose limits are not understood, and so not kept (RFC 5280 §4.2). */
function readExtensions(block: Der | undefined): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>();
  if (block === undefined) return found;
  for (const one of readParts(block.content)) {
    const [oid, ...rest] = readAll(one.content);
    const name = Object.values(oids).find((dotted) => isOid(oid, dotted));
    const value = rest.at(-1);
    const isCritical = rest[0]?.tag === tags.boolean && rest[0].content[0] !== 0;
    if (value?.tag !== tags.octets || (name === undefined && isCritical)) throw new RangeError('not understood');
    if (name !== undefined && found.has(name)) throw new RangeError('twice');
    if (name !== undefined) found.set(name, { isCritical, value: value.content });
  }
  return found;
}

/** keyCertSign is the sixth bit (RFC 5280 §4.2.1.3). */
const signsCertificates = 0x04;

function readVouching(
  constraints: Uint8Array | undefined,
  usage: Uint8Array | undefined,
): Pick<Certificate, 'ca' | 'pathLengthMax'> {
  const [ca, length] = constraints === undefined ? [] : readParts(constraints);
  const bits = usage === undefined ? undefined : readAll(usage)[0]?.content;
  const maySign = bits === undefined || ((bits[1] ?? 0) & signsCertificates) !== 0;
  return {
    ca: ca?.tag === tags.boolean && ca.content[0] !== 0 && maySign,
    pathLengthMax: length?.tag === tags.integer ? length.content.reduce((sum, byte) => sum * 256 + byte, 0) : Infinity,
  };
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
function readMoment({ tag, content }: Der): number {
  const text = new TextDecoder('latin1').decode(content);
  const century = tag !== tags.shortTime ? '' : Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const read = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + text);
  const at = read === null ? NaN : Date.parse(`${read.slice(1, 4).join('-')}T${read.slice(4).join(':')}Z`);
  if (Number.isNaN(at)) throw new RangeError('no moment');
  return at;
}

/** The name as people read it. Attack: a name that moves the lines of a report. */
function nameOf(subject: Der): string {
  const parts = readAll(subject.content).flatMap(({ content }) => readAll(content).map((one) => readAll(one.content)));
  const of = (dotted: string) => parts.find(([type]) => isOid(type, dotted))?.[1];
  const value = of(oids.commonName) ?? of(oids.organization);
  if (value === undefined) return '?';
  const text = new TextDecoder(value.tag === 0x1e ? 'utf-16be' : 'utf-8').decode(value.content);
  return text.replace(/\p{C}/gu, '').slice(0, 100);
}

const signatures: readonly (readonly [oid: string, hash: HashName])[] = [
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
];

/** The hash that a signature algorithm names; undefined: none that is believed. */
export const hashOfSignature = (algorithm: Der): HashName | undefined =>
  signatures.find(([oid]) => isOid(readAll(algorithm.content)[0], oid))?.[1];

/** A key that cannot be used signed nothing. */
export function isSigned(
  means: StampMeans,
  { publicKey }: Certificate,
  { hash, message, signature }: { hash: HashName; message: Uint8Array; signature: Uint8Array },
): boolean {
  try {
    return means.verify(publicKey, hash, message, signature);
  } catch {
    return false;
  }
}

/** `between`: how many authorities stand between this one and the end. */
export function isIssuedBy(means: StampMeans, one: Certificate, issuer: Certificate, between: number): boolean {
  if (!issuer.ca || between > issuer.pathLengthMax || !isSame(one.issuer, issuer.subject)) return false;
  const hash = hashOfSignature(one.algorithm);
  return hash !== undefined && isSigned(means, issuer, { hash, message: one.signed, signature: one.signature });
}

export const isValidAt = ({ from, to }: Certificate, at: Date): boolean => from <= at.getTime() && at.getTime() <= to;

/** The certificates of PEM text; undefined: none, or one that is none. */
export function readPem(pem: string): Certificate[] | undefined {
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)];
  try {
    const read = blocks.map(([, text]) =>
      readCertificate(Uint8Array.from(atob(text!.replace(/\s/g, '')), (letter) => letter.charCodeAt(0))),
    );
    return read.length === 0 ? undefined : read;
  } catch {
    return undefined;
  }
}
