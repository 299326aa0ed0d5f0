/**
 * A time stamping authority written by hand (RFC 3161, RFC 5280, RFC 5652): it signs with whatever certificate a forger would use, which
 * openssl refuses to do. Its honest stamps are verified by `openssl ts` where that is there, so that it is no world of its own.
 */
import type { KeyObject } from 'node:crypto';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

export type Certificate = {
  der: Buffer;
  pem: string;
  name: Buffer;
  issuerName: Buffer;
  serial: Buffer;
  privateKey: KeyObject;
  publicKey: KeyObject;
};

const oids = {
  commonName: '0603550403',
  basicConstraints: '0603551d13',
  keyUsage: '0603551d0f',
  extendedKeyUsage: '0603551d25',
  crlPoints: '0603551d1f',
  strange: '06042a030402',
  sha256: '0609608648016503040201',
  ecdsaSha256: '06082a8648ce3d040302',
  rsaSha256: '06092a864886f70d01010b',
  timeStamping: '06082b06010505070308',
  codeSigning: '06082b06010505070303',
  signedData: '06092a864886f70d010702',
  timeStamp: '060b2a864886f70d0109100104',
  contentType: '06092a864886f70d010903',
  messageDigest: '06092a864886f70d010904',
  namedCertificate: '060b2a864886f70d010910022f',
} as const;
const oid = (name: keyof typeof oids) => Buffer.from(oids[name], 'hex');

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts);
const octets = (bytes: Uint8Array) => der(0x04, bytes);
const bits = (bytes: Uint8Array) => der(0x03, Buffer.of(0), bytes);
const small = (value: number) => der(0x02, Buffer.of(value));
const yes = der(0x01, Buffer.of(0xff));
const stampOf = (at: Date) => at.toISOString().replace(/[-:T]|\.\d{3}/g, '');
const generalized = (at: Date) => der(0x18, Buffer.from(stampOf(at)));
const utc = (at: Date) => der(0x17, Buffer.from(stampOf(at).slice(2)));
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const nothing = Buffer.alloc(0);

const algorithmOf = ({ asymmetricKeyType }: KeyObject) =>
  asymmetricKeyType === 'rsa' ? sequence(oid('rsaSha256'), Buffer.from([5, 0])) : sequence(oid('ecdsaSha256'));
const extension = (name: keyof typeof oids, value: Buffer, isCritical = true) =>
  sequence(oid(name), isCritical ? yes : nothing, octets(value));

export type Use = 'timeStamping' | 'codeSigning';
export type Wish = {
  name: string;
  /** Whoever signs it; undefined: it signs itself. */
  issuer?: Certificate;
  /** The key of another certificate. */
  keyOf?: Certificate;
  kind?: 'ec' | 'rsa';
  ca?: boolean;
  uses?: readonly Use[];
  usesAreCritical?: boolean;
  /** keyUsage as its first byte; a CA signs certificates and lists (0x06) when nothing is said. */
  keyUsage?: number | null;
  crlAt?: string;
  /** How many authorities may stand below this one. */
  pathLength?: number;
  /** A limit that nobody knows, and says it must be kept. */
  strange?: boolean;
  from?: Date;
  to?: Date;
};

const day = 86_400_000;
let count = 0;

export function makeCertificate(wish: Wish): Certificate {
  const { issuer, keyOf, ca = false, uses = [], usesAreCritical = true, crlAt, pathLength, strange = false } = wish;
  const { publicKey, privateKey } = keyOf ?? makePair(wish.kind);
  const name = sequence(set(sequence(oid('commonName'), der(0x0c, Buffer.from(wish.name)))));
  const serial = der(0x02, Buffer.from([0x40, (count += 1) >> 8, count & 0xff]));
  const signer = issuer ?? { name, privateKey };
  const keyUsage = wish.keyUsage === undefined ? (ca ? 0x06 : null) : wish.keyUsage;
  const extensions = [
    extension(
      'basicConstraints',
      ca ? sequence(yes, ...(pathLength === undefined ? [] : [small(pathLength)])) : sequence(),
    ),
    ...(keyUsage === null ? [] : [extension('keyUsage', der(0x03, Buffer.from([1, keyUsage])))]),
    ...(uses.length === 0 ? [] : [extension('extendedKeyUsage', sequence(...uses.map(oid)), usesAreCritical)]),
    ...(strange ? [extension('strange', sequence())] : []),
    ...(crlAt === undefined ? [] : [extension('crlPoints', crlPoints(crlAt), false)]),
  ];
  const [from, to] = [wish.from ?? new Date(Date.now() - day), wish.to ?? new Date(Date.now() + 30 * day)];
  const content = sequence(
    der(0xa0, small(2)),
    serial,
    algorithmOf(signer.privateKey),
    signer.name,
    sequence(utc(from), utc(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const whole = signedBy(signer.privateKey, content);
  const pem = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  return { der: whole, pem, name, issuerName: signer.name, serial, privateKey, publicKey };
}

const makePair = (kind: Wish['kind'] = 'ec') =>
  kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const signedBy = (key: KeyObject, content: Buffer) =>
  sequence(content, algorithmOf(key), bits(sign('sha256', content, key)));
const crlPoints = (address: string) => sequence(sequence(der(0xa0, der(0xa0, der(0x86, Buffer.from(address))))));

export type StampWish = {
  signer: Certificate;
  /** Sent along; the signer alone when nothing is said. */
  certificates?: readonly Certificate[];
  /** Named inside of what is signed (RFC 5035); null: none. */
  named?: Certificate | null;
  at?: Date;
};

/** The answer to a request that Lubart wrote: version, imprint, nonce, and “send your certificate along”. */
export function answerStamp(request: Buffer, wish: StampWish): Buffer {
  const [imprint, nonce] = [request.subarray(5, 56), request.subarray(56, 74)];
  return makeStamp(imprint, nonce, wish);
}

/** A stamp of these bytes that nobody asked for. */
export const stampBytes = (bytes: Uint8Array, wish: StampWish): Buffer =>
  makeStamp(sequence(sequence(oid('sha256'), Buffer.from([5, 0])), octets(hash(bytes))), nothing, wish);

function makeStamp(imprint: Buffer, nonce: Buffer, wish: StampWish): Buffer {
  const { signer, certificates = [signer], named = signer, at = new Date() } = wish;
  const policy = Buffer.from('06042a030401', 'hex');
  const info = sequence(small(1), policy, imprint, small(7), generalized(at), nonce);
  const attributes = [
    attribute('contentType', oid('timeStamp')),
    attribute('messageDigest', octets(hash(info))),
    ...(named === null ? [] : [attribute('namedCertificate', sequence(sequence(sequence(octets(hash(named.der))))))]),
  ].toSorted(Buffer.compare);
  const key = signer.privateKey;
  const signature = sign('sha256', set(...attributes), key);
  const signerInfo = sequence(
    small(1),
    sequence(signer.issuerName, signer.serial),
    sequence(oid('sha256')),
    der(0xa0, ...attributes),
    algorithmOf(key),
    octets(signature),
  );
  const data = sequence(
    small(3),
    set(sequence(oid('sha256'))),
    sequence(oid('timeStamp'), der(0xa0, octets(info))),
    der(0xa0, ...certificates.map((one) => one.der)),
    set(signerInfo),
  );
  return sequence(sequence(small(0)), sequence(oid('signedData'), der(0xa0, data)));
}

const attribute = (name: keyof typeof oids, value: Buffer) => sequence(oid(name), set(value));
