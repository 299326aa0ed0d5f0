/**
 * Writes certificates (RFC 5280) and requests for them (RFC 2986), signed by ECDSA P-256 with SHA-256. An authority made here can
 * vouch for the names it was made for and for nothing else: its name constraints are critical and close every other name and address,
 * so that the theft of its key does not put anybody’s bank into the thief’s hands.
 */
import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import {
  bits,
  field,
  integer,
  moment,
  objectId,
  octets,
  pemOf,
  plainField,
  sequence,
  setOf,
  text,
  truth,
} from './der.ts';

export type NewCertificate = {
  /** Shown to people: who this is. */
  subject: string;
  issuer: string;
  /** Of the one it is for. */
  publicKey: KeyObject;
  issuerKey: KeyObject;
  notBefore: Date;
  notAfter: Date;
  extensions: readonly Buffer[];
};

const signedWith = sequence(objectId('1.2.840.10045.4.3.2'));
const oids = {
  commonName: '2.5.4.3',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  altNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const;

/** The certificate in PEM. */
export function makeCertificate(wish: NewCertificate): string {
  const version3 = field(0, integer(Buffer.from([2])));
  const body = sequence(
    version3,
    // 127 random bits: nobody can foretell what will be signed (Baseline Requirements §7.1).
    integer(Buffer.concat([Buffer.from([randomBytes(1)[0]! & 0x7f]), randomBytes(15)])),
    signedWith,
    nameOf(wish.issuer),
    sequence(moment(wish.notBefore), moment(wish.notAfter)),
    nameOf(wish.subject),
    spkiOf(wish.publicKey),
    field(3, sequence(...wish.extensions)),
  );
  return pemOf('CERTIFICATE', signed(body, wish.issuerKey));
}

/** A request for a certificate for these names, in DER: what an authority is sent. */
export function makeRequest(names: readonly string[], key: KeyObject): Buffer {
  const wishes = sequence(objectId(oids.extensionRequest), setOf(sequence(altNames(names))));
  const body = sequence(integer(Buffer.from([0])), sequence(), spkiOf(createPublicKey(key)), field(0, wishes));
  return signed(body, key);
}

/** What a server’s certificate says: for these names, to prove a server, nothing more. */
export function serverExtensions(names: readonly string[], own: KeyObject, issuer: KeyObject): Buffer[] {
  return [
    extension(oids.basicConstraints, true, sequence()),
    extension(oids.keyUsage, true, bits(Buffer.from([0x80]), 7)), // digitalSignature
    extension(oids.extendedKeyUsage, false, sequence(objectId(oids.serverAuth))),
    altNames(names),
    extension(oids.subjectKeyId, false, octets(keyId(own))),
    extension(oids.authorityKeyId, false, sequence(plainField(0, keyId(issuer)))),
  ];
}

/** What an authority’s own certificate says: it signs servers of these names, and no further authorities. */
export function authorityExtensions(names: readonly string[], own: KeyObject): Buffer[] {
  return [
    extension(oids.basicConstraints, true, sequence(truth(), integer(Buffer.from([0])))),
    extension(oids.keyUsage, true, bits(Buffer.from([0x06]), 1)), // keyCertSign, cRLSign
    extension(oids.extendedKeyUsage, false, sequence(objectId(oids.serverAuth))),
    extension(oids.nameConstraints, true, nameConstraints(names)),
    extension(oids.subjectKeyId, false, octets(keyId(own))),
  ];
}

/**
 * RFC 5280 §4.2.1.10. A kind of name that is not mentioned is not constrained: so a kind that is not wished for is excluded as a
 * whole. Attack: an authority for crm.office that vouches for every address of the inner network.
 */
function nameConstraints(names: readonly string[]): Buffer {
  const subtree = (name: Buffer) => sequence(name);
  const addresses = names.filter((name) => isIP(name) !== 0);
  const hosts = names.filter((name) => isIP(name) === 0);
  const permitted = [
    ...hosts.map((host) => subtree(plainField(2, Buffer.from(host, 'latin1')))),
    ...addresses.map((address) => {
      const bytes = addressBytes(address);
      return subtree(plainField(7, Buffer.concat([bytes, Buffer.alloc(bytes.length, 0xff)])));
    }),
  ];
  const excluded = [
    ...(hosts.length === 0 ? [subtree(plainField(2, Buffer.alloc(0)))] : []),
    ...(addresses.some((one) => isIP(one) === 4) ? [] : [subtree(plainField(7, Buffer.alloc(8)))]),
    ...(addresses.some((one) => isIP(one) === 6) ? [] : [subtree(plainField(7, Buffer.alloc(32)))]),
  ];
  return sequence(field(0, ...permitted), ...(excluded.length === 0 ? [] : [field(1, ...excluded)]));
}

function altNames(names: readonly string[]): Buffer {
  const one = (name: string) =>
    isIP(name) === 0 ? plainField(2, Buffer.from(name, 'latin1')) : plainField(7, addressBytes(name));
  return extension(oids.altNames, false, sequence(...names.map(one)));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const hex = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = hex.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const end = tail === undefined ? [] : groups(tail);
  const start = groups(head);
  const all = [...start, ...Array.from({ length: 8 - start.length - end.length }, () => '0'), ...end];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [truth()] : []), octets(value));
}

const nameOf = (name: string) => sequence(setOf(sequence(objectId(oids.commonName), text(name))));
const spkiOf = (key: KeyObject) => publicOf(key).export({ type: 'spki', format: 'der' });
const publicOf = (key: KeyObject) => (key.type === 'private' ? createPublicKey(key) : key);
/** RFC 7093 §2: the left 160 bits of SHA-256. */
const keyId = (key: KeyObject) => createHash('sha256').update(spkiOf(key)).digest().subarray(0, 20);
const signed = (body: Buffer, key: KeyObject) => sequence(body, signedWith, bits(sign('sha256', body, key)));
