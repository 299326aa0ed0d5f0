/**
 * Reads an Excel file under a password the way Excel does, from the specification and not from our own writer: [MS-CFB] to find the
 * streams, [MS-OFFCRYPTO] §2.3.4.10–15 to open them, integrity included. Returns the text of all parts of the workbook.
 */
import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { unzipSync } from 'fflate';

const endOfChain = 0xff_ff_ff_fe;

/** The streams of a compound file by name. */
function streamsOf(file: Buffer): Map<string, Buffer> {
  const sector = (id: number) => file.subarray((id + 1) * 512, (id + 2) * 512);
  const tableIds: number[] = [];
  for (let at = 76; at < 512; at += 4) tableIds.push(file.readUInt32LE(at));
  for (let list = file.readUInt32LE(68); list !== endOfChain; list = sector(list).readUInt32LE(508))
    for (let at = 0; at < 508; at += 4) tableIds.push(sector(list).readUInt32LE(at));
  const table = Buffer.concat(tableIds.filter((id) => id < 0xff_ff_ff_fa).map(sector));
  const chain = (start: number, next: Buffer, unit: (id: number) => Buffer) => {
    const parts: Buffer[] = [];
    for (let id = start; id !== endOfChain; id = next.readUInt32LE(id * 4)) parts.push(unit(id));
    return Buffer.concat(parts);
  };
  const directory = chain(file.readUInt32LE(48), table, sector);
  const entries = [];
  for (let at = 0; at < directory.length; at += 128) {
    const length = directory.readUInt16LE(at + 64);
    if (length === 0) continue;
    entries.push({
      name: directory.toString('utf16le', at, at + length - 2),
      type: directory[at + 66],
      start: directory.readUInt32LE(at + 116),
      size: directory.readUInt32LE(at + 120),
    });
  }
  const root = entries[0]!;
  const small = root.size === 0 ? Buffer.alloc(0) : chain(root.start, table, sector);
  const smallTable = file.readUInt32LE(64) === 0 ? Buffer.alloc(0) : chain(file.readUInt32LE(60), table, sector);
  return new Map(
    entries
      .filter(({ type }) => type === 2)
      .map(({ name, start, size }) => {
        const bytes =
          size < 4096
            ? chain(start, smallTable, (id) => small.subarray(id * 64, id * 64 + 64))
            : chain(start, table, sector);
        return [name, bytes.subarray(0, size)];
      }),
  );
}

const sha = (...parts: Buffer[]) => createHash('sha512').update(Buffer.concat(parts)).digest();
const le = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
function decrypt(key: Buffer, iv: Buffer, text: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', key.subarray(0, 32), iv.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([decipher.update(text), decipher.final()]);
}

export async function officeFileText(bytes: Uint8Array, password: string): Promise<string> {
  const streams = streamsOf(Buffer.from(bytes));
  const info = streams.get('EncryptionInfo')!;
  if (info.readUInt32LE(0) !== 0x00_04_00_04) throw new Error('not agile');
  const xml = info.toString('utf8', 8);
  const value = (name: string, from = 0) =>
    Buffer.from(new RegExp(`${name}="([^"]*)"`).exec(xml.slice(from))![1]!, 'base64');
  const inKey = xml.indexOf('<p:encryptedKey');
  const spins = Number(/spinCount="(\d+)"/.exec(xml)![1]);
  const salt = value('saltValue', inKey);
  let stretched = sha(salt, Buffer.from(password, 'utf16le'));
  for (let at = 0; at < spins; at += 1) stretched = sha(le(at), stretched);
  const opened = (block: string, name: string) => decrypt(sha(stretched, Buffer.from(block, 'hex')), salt, value(name));
  const verifier = opened('fea7d2763b4b9e79', 'encryptedVerifierHashInput');
  if (!sha(verifier).equals(opened('d7aa0f6d3061344e', 'encryptedVerifierHashValue')))
    throw new Error('wrong password');
  const key = opened('146e0be7abacd0d6', 'encryptedKeyValue');
  const keySalt = value('saltValue');
  const stream = streams.get('EncryptedPackage')!;
  const hmacKey = decrypt(key, sha(keySalt, Buffer.from('5fb2ad010cb9e1f6', 'hex')), value('encryptedHmacKey'));
  const hmac = decrypt(key, sha(keySalt, Buffer.from('a0677f02b22c8433', 'hex')), value('encryptedHmacValue'));
  if (!createHmac('sha512', hmacKey).update(stream).digest().equals(hmac)) throw new Error('integrity');
  const size = Number(stream.readBigUInt64LE(0));
  const parts: Buffer[] = [];
  for (let at = 8, segment = 0; at < stream.length; at += 4096, segment += 1)
    parts.push(decrypt(key, sha(keySalt, le(segment)), stream.subarray(at, Math.min(at + 4096, stream.length))));
  const book = unzipSync(Buffer.concat(parts).subarray(0, size));
  return Object.values(book)
    .map((part) => Buffer.from(part).toString('utf8'))
    .join('\n');
}
