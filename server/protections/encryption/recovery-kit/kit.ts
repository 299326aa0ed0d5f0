/**
 * The recovery kit: the root key, the lookup key and the key of the log, on paper. Either one sheet that holds them, or n sheets of which
 * any k give them back and fewer say nothing (Shamir, “How to share a secret”, 1979). A sheet is
 *   1 byte version ‖ 4 bytes id of the kit ‖ 1 byte needed ‖ 1 byte of how many ‖ the keys, or a share of them ‖ zeros
 * With the keys goes a hash over them and the id of the kit: sheets that were exchanged or altered give an error, never another key.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { combine, split } from 'shamir-secret-sharing';
import { LubartError, Secret } from '#kernel';
import { readSheets, sheetBytes, writeSheet } from './sheet-text.ts';

/** Each of 32 bytes. */
export type KitKeys = { root: Secret<Buffer>; looking: Secret<Buffer>; log: Secret<Buffer> };
export type Kit = { id: string; needed: number; sheets: string[][] };

const version = 1;
const idBytes = 4;
const headBytes = 1 + idBytes + 2;
const keyBytes = 32;
const hashBytes = 8;
const secretBytes = 3 * keyBytes + hashBytes;
export const sheetsMax = 16;

/** `needed` of `sheets`; one of one is the kit that is not split. @throws key.kit_split_invalid */
export async function makeKit({ root, looking, log }: KitKeys, needed: number, sheets: number): Promise<Kit> {
  const whole = needed === 1 && sheets === 1;
  if (!whole && !(needed >= 2 && needed <= sheets && sheets <= sheetsMax))
    throw new LubartError('key.kit_split_invalid');
  const id = randomBytes(idBytes);
  const keys = Buffer.concat([root.expose(), looking.expose(), log.expose()]);
  const secret = Buffer.concat([keys, hashOf(id, keys)]);
  const parts = whole ? [secret] : await split(new Uint8Array(secret), sheets, needed);
  const head = Buffer.from([version, ...id, needed, sheets]);
  const padded = (part: Uint8Array) =>
    Buffer.concat([head, part, Buffer.alloc(sheetBytes - head.length - part.length)]);
  return { id: id.toString('hex'), needed, sheets: parts.map((part) => writeSheet(padded(part))) };
}

/** @throws key.kit_unreadable, key.kit_mixed, key.kit_too_few, key.kit_wrong */
export async function openKit(text: string): Promise<KitKeys & { id: string }> {
  const sheets = distinct(readSheets(text));
  const [first] = sheets;
  const head = first!.subarray(0, headBytes);
  // Attack: a sheet of another kit between the right ones, by mistake or to make the key come out wrong.
  if (sheets.some((sheet) => !sheet.subarray(0, headBytes).equals(head))) throw new LubartError('key.kit_mixed');
  const [needed, of] = [head[headBytes - 2]!, head[headBytes - 1]!];
  if (head[0] !== version) throw new LubartError('key.kit_wrong');
  if (sheets.length < needed) throw new LubartError('key.kit_too_few', { details: { needed, given: sheets.length } });
  const secret = of === 1 ? partOf(first!, secretBytes) : await combineShares(sheets);
  const keys = secret.subarray(0, 3 * keyBytes);
  const id = head.subarray(1, 1 + idBytes);
  if (!timingSafeEqual(hashOf(id, keys), secret.subarray(3 * keyBytes))) throw new LubartError('key.kit_wrong');
  const [root, looking, log] = [0, 1, 2].map(
    (at) => new Secret(Buffer.from(keys.subarray(at * keyBytes, (at + 1) * keyBytes))),
  );
  return { id: id.toString('hex'), root: root!, looking: looking!, log: log! };
}

async function combineShares(sheets: readonly Buffer[]): Promise<Buffer> {
  try {
    // The share ends with the place of its point.
    return Buffer.from(await combine(sheets.map((sheet) => new Uint8Array(partOf(sheet, secretBytes + 1)))));
  } catch (error) {
    throw new LubartError('key.kit_wrong', { cause: error });
  }
}

const partOf = (sheet: Buffer, length: number) => sheet.subarray(headBytes, headBytes + length);

const distinct = (sheets: readonly Buffer[]) =>
  sheets.filter((sheet, at) => sheets.findIndex((other) => other.equals(sheet)) === at);

const hashOf = (id: Buffer, keys: Buffer) =>
  createHash('sha256').update('lubart recovery kit\0').update(id).update(keys).digest().subarray(0, hashBytes);
