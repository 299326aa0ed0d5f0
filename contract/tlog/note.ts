/**
 * Signed notes (C2SP signed-note): a text and lines of signatures under it. Two kinds of signature are known: Ed25519 over the text
 * (type 0x01), by which a log signs its checkpoints, and cosignatures with a time (type 0x04, C2SP tlog-cosignature), by which a
 * witness says that it saw the log only grow. Lines of unknown keys are passed over; a bad line of a known key spoils the note.
 */
import { fromBase64, fromDecimal, join, same, toBase64, toUtf8 } from './bytes.ts';
import type { Hash } from './merkle.ts';

/** Ed25519 (RFC 8032): signature of 64 bytes over a message, by a public key of 32 bytes. */
export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
export type Sign = (message: Uint8Array) => Uint8Array;

export const keyKinds = { log: 0x01, witness: 0x04 } as const;
export type KeyKind = keyof typeof keyKinds;

/** Whose signature is believed: a name, a kind and a public key. */
export type NoteKey = {
  readonly name: string;
  readonly kind: KeyKind;
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
};

export type SignatureLine = { readonly name: string; readonly id: Uint8Array; readonly signature: Uint8Array };
export type Note = { readonly text: string; readonly lines: readonly SignatureLine[] };

/** Whoever signed, and when if the signature says so (seconds since 1970). */
export type Signed = { readonly key: NoteKey; readonly at: number | null };

const publicKeyBytes = 32;
const signatureBytes = 64;
const linesMax = 64;
const nameForm = /^[^\s+\p{C}]+$/u;
const dash = '\u2014';

/** @throws RangeError for a name that no note can carry, or a key of another length */
export function noteKey(hash: Hash, name: string, kind: KeyKind, publicKey: Uint8Array): NoteKey {
  if (!nameForm.test(name)) throw new RangeError('this is no name of a key');
  if (publicKey.length !== publicKeyBytes) throw new RangeError('a public key has 32 bytes');
  const id = hash(join(toUtf8(`${name}\n`), Uint8Array.of(keyKinds[kind]), publicKey)).subarray(0, 4);
  return { name, kind, id, publicKey };
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The key as one line that can be handed over: `name+id+base64(kind ‖ key)` (C2SP signed-note, verifier keys). */
export const writeKey = ({ name, kind, id, publicKey }: NoteKey): string =>
  `${name}+${hex(id)}+${toBase64(join(Uint8Array.of(keyKinds[kind]), publicKey))}`;

/** undefined: no such line, of another kind, or with an id that is not its own. */
export function readKey(hash: Hash, line: string): NoteKey | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line);
  const bytes = match === null ? undefined : fromBase64(match[3]!);
  if (match === null || bytes === undefined || bytes.length !== 1 + publicKeyBytes) return undefined;
  const kind = (Object.keys(keyKinds) as KeyKind[]).find((one) => keyKinds[one] === bytes[0]);
  if (kind === undefined || !nameForm.test(match[1]!)) return undefined;
  const key = noteKey(hash, match[1]!, kind, bytes.subarray(1));
  return hex(key.id) === match[2] ? key : undefined;
}

/** undefined: this is no note. */
export function readNote(note: string): Note | undefined {
  // A note is text in lines: of the control characters it has only their ends.
  if (/[\u0000-\u0009\u000B-\u001F]/.test(note)) return undefined;
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > linesMax) return undefined;
  const read = lines.map(readLine);
  return read.some((line) => line === undefined)
    ? undefined
    : { text: note.slice(0, cut + 1), lines: read as SignatureLine[] };
}

/** A line of a signature, without its end. */
export function readLine(line: string): SignatureLine | undefined {
  const match = /^\u2014 (\S+) ([A-Za-z0-9+/=]+)$/.exec(line);
  const bytes = match === null ? undefined : fromBase64(match[2]!);
  if (match === null || bytes === undefined || bytes.length < 5 || !nameForm.test(match[1]!)) return undefined;
  return { name: match[1]!, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

const writeLine = ({ name, id }: NoteKey, signature: Uint8Array) =>
  `${dash} ${name} ${toBase64(join(id, signature))}\n`;

export const writeNote = (text: string, lines: readonly string[]): string => `${text}\n${lines.join('')}`;

/** The signature line of a log under a text that ends with a newline. */
export const signText = (key: NoteKey, text: string, sign: Sign): string => writeLine(key, sign(toUtf8(text)));

/** What a witness signs (C2SP tlog-cosignature, Ed25519). */
const cosignedText = (text: string, at: number) => toUtf8(`cosignature/v1\ntime ${at}\n${text}`);

function timeBytes(at: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(at));
  return bytes;
}

/** The line of a witness; `at` in seconds since 1970. */
export const cosignText = (key: NoteKey, text: string, at: number, sign: Sign): string =>
  writeLine(key, join(timeBytes(at), sign(cosignedText(text, at))));

/** Everybody known who signed the note. @throws RangeError when a line of a known key does not hold: the note is not to be believed */
export function signersOf(note: Note, keys: readonly NoteKey[], verify: Verify): Signed[] {
  const signed: Signed[] = [];
  for (const line of note.lines) {
    const key = keys.find(({ name, id }) => name === line.name && same(id, line.id));
    if (key === undefined) continue;
    const at = checkLine(note.text, key, line.signature, verify);
    if (at === undefined) throw new RangeError(`a signature of ${key.name} does not hold`);
    signed.push({ key, at });
  }
  return signed;
}

/** The time that the line says, null for none; undefined: the signature does not hold. */
function checkLine(text: string, key: NoteKey, signature: Uint8Array, verify: Verify): number | null | undefined {
  if (key.kind === 'log') {
    return signature.length === signatureBytes && verify(key.publicKey, toUtf8(text), signature) ? null : undefined;
  }
  if (signature.length !== 8 + signatureBytes) return undefined;
  const { buffer, byteOffset } = signature;
  const at = fromDecimal(String(new DataView(buffer, byteOffset, 8).getBigUint64(0)));
  if (at === undefined) return undefined;
  return verify(key.publicKey, cosignedText(text, at), signature.subarray(8)) ? at : undefined;
}
