/**
 * Password encryption of Office files, “agile” (ECMA-376 Part 2 as Excel writes it; [MS-OFFCRYPTO] §2.3.4.10–§2.3.4.15): AES-256 in
 * CBC by segments of 4096 bytes under a random key, which is wrapped under a key made of the password by 100 000 rounds of
 * SHA-512; an HMAC-SHA-512 over the whole. Opens in Excel 2010 and newer and in LibreOffice.
 */
import { createCipheriv, createHash, createHmac, hash, randomBytes } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';

const segmentBytes = 4096;
const blockBytes = 16;
const keyBytes = 32;
const hashBytes = 64;
/** As Excel does. Our passwords need none of it; those that people choose would. */
export const spinCount = 100_000;
/** Rounds between two looks at what else is to be done: the work takes a tenth of a second. */
const roundsAtOnce = 4_000;

/** What of the password becomes which key ([MS-OFFCRYPTO] §2.3.4.11, §2.3.4.13). */
const blocks = {
  verifierInput: Buffer.from('fea7d2763b4b9e79', 'hex'),
  verifierHash: Buffer.from('d7aa0f6d3061344e', 'hex'),
  key: Buffer.from('146e0be7abacd0d6', 'hex'),
  hmacKey: Buffer.from('5fb2ad010cb9e1f6', 'hex'),
  hmacValue: Buffer.from('a0677f02b22c8433', 'hex'),
} as const;

const sha512 = (...parts: Uint8Array[]): Buffer => {
  const digest = createHash('sha512');
  for (const part of parts) digest.update(part);
  return digest.digest();
};

const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

export const number64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

/** Whole blocks, no padding of its own: the format says how long the text is. */
function encrypt(key: Buffer, iv: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv.subarray(0, blockBytes)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** The key of one encryption: what segments are closed with, and what the file says about it. */
export type OfficeKey = { readonly key: Buffer; readonly salt: Buffer };

export const newOfficeKey = (): OfficeKey => ({ key: randomBytes(keyBytes), salt: randomBytes(blockBytes) });

/**
 * The bytes of the package, encrypted as they come; without the eight bytes of its length in front, which are known at the end
 * (§2.3.4.15). `counted` is told how long the package was.
 */
export async function* encryptPackage(
  { key, salt }: OfficeKey,
  bytes: AsyncIterable<Uint8Array>,
  counted: (size: number) => void,
): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0);
  let size = 0;
  let segment = 0;
  const close = (plain: Buffer) => encrypt(key, sha512(salt, number32(segment++)), plain);
  for await (const part of bytes) {
    size += part.length;
    waiting = Buffer.concat([waiting, part]);
    if (waiting.length < segmentBytes) continue;
    const closed: Buffer[] = [];
    let at = 0;
    for (; waiting.length - at >= segmentBytes; at += segmentBytes)
      closed.push(close(waiting.subarray(at, at + segmentBytes)));
    waiting = Buffer.from(waiting.subarray(at));
    yield Buffer.concat(closed);
  }
  if (waiting.length > 0) {
    const whole = Math.ceil(waiting.length / blockBytes) * blockBytes;
    yield close(Buffer.concat([waiting, Buffer.alloc(whole - waiting.length)]));
  }
  counted(size);
}

/** The integrity of the encrypted package, its length in front: the key of the HMAC and the HMAC, both encrypted (§2.3.4.14). */
export async function sealPackage(
  { key, salt }: OfficeKey,
  size: number,
  encrypted: AsyncIterable<Uint8Array>,
): Promise<{ hmacKey: Buffer; hmacValue: Buffer }> {
  const secret = randomBytes(hashBytes);
  const hmac = createHmac('sha512', secret).update(number64(size));
  for await (const part of encrypted) hmac.update(part);
  return {
    hmacKey: encrypt(key, sha512(salt, blocks.hmacKey), secret),
    hmacValue: encrypt(key, sha512(salt, blocks.hmacValue), hmac.digest()),
  };
}

/** The stream EncryptionInfo: how the file is closed, and its key under the password (§2.3.4.10). */
export async function encryptionInfo(
  officeKey: OfficeKey,
  password: string,
  integrity: { hmacKey: Buffer; hmacValue: Buffer },
): Promise<Buffer> {
  const salt = randomBytes(blockBytes);
  const stretched = await stretch(password, salt);
  const closedBy = (block: Buffer, plain: Buffer) =>
    encrypt(sha512(stretched, block).subarray(0, keyBytes), salt, plain).toString('base64');
  const verifier = randomBytes(blockBytes);
  const form =
    `saltSize="${blockBytes}" blockSize="${blockBytes}" keyBits="${keyBytes * 8}" hashSize="${hashBytes}" ` +
    'cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"';
  const xml =
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' +
    '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" ' +
    'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password">' +
    `<keyData ${form} saltValue="${officeKey.salt.toString('base64')}"/>` +
    `<dataIntegrity encryptedHmacKey="${integrity.hmacKey.toString('base64')}" ` +
    `encryptedHmacValue="${integrity.hmacValue.toString('base64')}"/>` +
    '<keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password">' +
    `<p:encryptedKey spinCount="${spinCount}" ${form} saltValue="${salt.toString('base64')}" ` +
    `encryptedVerifierHashInput="${closedBy(blocks.verifierInput, verifier)}" ` +
    `encryptedVerifierHashValue="${closedBy(blocks.verifierHash, sha512(verifier))}" ` +
    `encryptedKeyValue="${closedBy(blocks.key, officeKey.key)}"/>` +
    '</keyEncryptor></keyEncryptors></encryption>';
  const head = Buffer.from([4, 0, 4, 0, 0x40, 0, 0, 0]); // version 4.4, fAgile
  return Buffer.concat([head, Buffer.from(xml, 'utf8')]);
}

/** H_final before its block (§2.3.4.11). Lets others have their turn between rounds. */
async function stretch(password: string, salt: Buffer): Promise<Buffer> {
  let digest = sha512(salt, Buffer.from(password, 'utf16le'));
  const round = Buffer.alloc(4 + hashBytes);
  for (let at = 0; at < spinCount; at += 1) {
    round.writeUInt32LE(at);
    digest.copy(round, 4);
    digest = hash('sha512', round, 'buffer');
    if (at % roundsAtOnce === roundsAtOnce - 1) await breathe();
  }
  return digest;
}
