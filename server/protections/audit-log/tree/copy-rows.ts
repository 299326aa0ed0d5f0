/**
 * Rows of a query as COPY in its binary form (PostgreSQL 18, “COPY”, Binary Format): the bytes as they are. As rows of a query each byte
 * would travel as two letters.
 */
import type { Transaction } from '#database';

/** Where the fields of a row lie in what arrived, each from and to; `from` -1: NULL. Both are gone when the next row comes. */
export type RowFound = (bytes: Buffer, froms: Int32Array, tos: Int32Array) => void;

const fieldsMax = 8;

/** COPY takes no parameters: whoever writes `select` proves every value in it. Returns how many rows there were. */
export async function copyRows(tx: Transaction, select: string, found: RowFound): Promise<number> {
  const stream = await tx.unsafe(`COPY (${select}) TO STDOUT (FORMAT binary)`).readable();
  let count = 0;
  const take = openCopyReader((bytes, froms, tos) => {
    count += 1;
    found(bytes, froms, tos);
  });
  await new Promise<void>((resolve, reject) => {
    stream.on('data', take).once('end', resolve).once('error', reject);
  });
  return count;
}

const headBytes = 19;

/** Takes rows out of what arrives, wherever the parts break. */
export function openCopyReader(found: RowFound): (part: Buffer) => void {
  const [froms, tos] = [new Int32Array(fieldsMax), new Int32Array(fieldsMax)];
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  /** Where the row that begins at `start` ends; undefined while it is not all there. */
  const readRow = (bytes: Buffer, start: number): number | undefined => {
    if (bytes.length < start + 2) return undefined;
    const count = bytes.readInt16BE(start);
    if (count === -1) return bytes.length; // the end of the data
    let at = start + 2;
    for (let nth = 0; nth < count; nth += 1) {
      if (bytes.length < at + 4) return undefined;
      const length = bytes.readInt32BE(at);
      at += 4;
      froms[nth] = length === -1 ? -1 : at;
      tos[nth] = at += Math.max(0, length);
      if (bytes.length < at) return undefined;
    }
    found(bytes, froms, tos);
    return at;
  };
  return (part) => {
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    let at = 0;
    if (!isBegun) {
      if (bytes.length >= headBytes) at = headBytes + bytes.readInt32BE(headBytes - 4);
      if (at === 0 || bytes.length < at) return void (rest = bytes);
      isBegun = true;
    }
    while (at < bytes.length) {
      const end = readRow(bytes, at);
      if (end === undefined) break;
      at = end;
    }
    rest = bytes.subarray(at);
  };
}
