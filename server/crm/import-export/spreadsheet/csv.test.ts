import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defuseFormula, restoreFormula } from './defuse-formula.ts';
import { allBytes, allRows, encode, encodings, inChunks } from './fixture.ts';
import { readCsv } from './read-csv.ts';
import type { Encoding } from './row.ts';
import { writeCsv } from './write-csv.ts';

async function read(text: string | Buffer, delimiter = ';', encoding: Encoding = 'utf-8', chunkBytes = 7) {
  const bytes = typeof text === 'string' ? encode(text, encoding) : text;
  return await allRows(readCsv(inChunks(bytes, chunkBytes), { encoding, delimiter }));
}

const cellsOf = async (text: string, delimiter?: string) => (await read(text, delimiter)).map(({ cells }) => cells);

test('quotes, doubled quotes and line ends inside a cell are read as RFC 4180 says', async () => {
  assert.deepEqual(await cellsOf('a;"б;в";"г ""д"" е"\r\n"перший\r\nдругий";;x\n'), [
    ['a', 'б;в', 'г "д" е'],
    ['перший\r\nдругий', '', 'x'],
  ]);
});

test('CR, LF and CRLF end a row; blank lines are passed over; the last row needs no line end', async () => {
  assert.deepEqual(await cellsOf('a\rb\nc\r\n\r\n\n\rd'), [['a'], ['b'], ['c'], ['d']]);
});

test('a stray quote in a plain cell and text after a closing quote stay as they are', async () => {
  assert.deepEqual(await cellsOf('ТОВ "Ромашка";5"\n"Ромашка" ТОВ;"a""b"c"d"\n""x;""'), [
    ['ТОВ "Ромашка"', '5"'],
    ['Ромашка ТОВ', 'a"bc"d"'],
    ['x', ''],
  ]);
});

test('line numbers and byte offsets are those of the file, in every encoding', async () => {
  for (const encoding of encodings) {
    const lines = ['імʼя;тел'.replace('ʼ', '’'), '"два\r\nрядки";1', '', 'ґанок;2'];
    const text = `${lines.join('\r\n')}\r\n`;
    const rows = await read(text, ';', encoding);
    assert.deepEqual(
      rows.map(({ line }) => line),
      [1, 2, 5],
      encoding,
    );
    const unit =
      encoding === 'utf-8' ? Buffer.byteLength : (s: string) => s.length * (encoding === 'windows-1251' ? 1 : 2);
    assert.equal(rows[1]!.byteOffset, unit(`${lines[0]}\r\n`), encoding);
    assert.equal(rows[2]!.byteOffset, unit(`${lines.slice(0, 3).join('\r\n')}\r\n`), encoding);
  }
});

test('reading goes on from the place of any row as if it had never stopped', async () => {
  for (const encoding of encodings) {
    const bytes = encode('a;б\r\n"в\r\n""г""";д\r\nе;є\r\nж;з', encoding, encoding !== 'windows-1251');
    const rows = await read(bytes, ';', encoding);
    assert.equal(rows.length, 4);
    for (const [i, { byteOffset, line }] of rows.entries()) {
      const rest = inChunks(bytes.subarray(byteOffset), 3);
      assert.deepEqual(
        await allRows(readCsv(rest, { encoding, delimiter: ';', start: { byteOffset, line } })),
        rows.slice(i),
      );
    }
  }
});

test('a byte order mark and the line sep=; are no part of the rows', async () => {
  for (const encoding of encodings) {
    const rows = await read(encode('sep=;\r\nа;б\r\n', encoding, encoding !== 'windows-1251'), ';', encoding);
    assert.deepEqual(
      rows.map(({ line, cells }) => [line, cells]),
      [[2, ['а', 'б']]],
      encoding,
    );
  }
  assert.deepEqual(await cellsOf('a\nsep=;\n'), [['a'], ['sep=', '']], 'only at the top');
  assert.deepEqual(await read(encode('', 'utf-16le', true), ';', 'utf-16le'), []);
});

test('batches have the size that was asked for', async () => {
  const sizes: number[] = [];
  const text = Buffer.from('a;b\n'.repeat(1203));
  for await (const batch of readCsv(inChunks(text, 1e6), { encoding: 'utf-8', delimiter: ';', batchRows: 500 }))
    sizes.push(batch.length);
  assert.deepEqual(sizes, [500, 500, 203]);
});

const anyCell = fc.string({
  unit: fc.constantFrom(...'aZ09іїєґІЯщ’№«"\'\r\n\t;,| =+-@.'.split('')),
  maxLength: 12,
});
const anyRows = fc.array(fc.array(anyCell, { minLength: 1, maxLength: 5 }), { maxLength: 8 });
const anyDelimiter = fc.constantFrom(';', ',', '\t', '|');

test('what was written is read back, in every encoding, with every delimiter, cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRows,
      anyDelimiter,
      fc.constantFrom(...encodings),
      fc.integer({ min: 1, max: 40 }),
      async (rows, delimiter, encoding, chunk) => {
        const text = (await allBytes(writeCsv(rows, { delimiter, mark: false }))).toString();
        const back = await read(encode(text, encoding), delimiter, encoding, chunk);
        assert.deepEqual(
          back.map(({ cells }) => cells),
          rows.map((row) => row.map(defuseFormula)),
        );
      },
    ),
    { numRuns: 400 },
  );
});

test('any bytes at all give the same rows or the same refusal however the file is cut', async () => {
  const anyBytes = fc
    .uint8Array({ maxLength: 300 })
    .map((bytes) => bytes.map((byte) => (byte < 160 ? '";\r\na'.charCodeAt(byte % 5) : byte)));
  await fc.assert(
    fc.asyncProperty(
      anyBytes,
      fc.constantFrom(...encodings),
      fc.integer({ min: 1, max: 17 }),
      async (bytes, encoding, chunk) => {
        const outcome = (size: number) =>
          read(Buffer.from(bytes), ';', encoding, size).catch((error: { code: string; details: unknown }) => [
            error.code,
            error.details,
          ]);
        assert.deepEqual(await outcome(chunk), await outcome(1000));
      },
    ),
    { numRuns: 500 },
  );
});

test('writing puts a mark, semicolons and CRLF, and values as a spreadsheet shows them', async () => {
  const bytes = await allBytes(
    writeCsv([
      ['Ім’я', 'x'],
      ['a;b', 1.5],
      [true, new Date(0)],
      [null, undefined],
    ]),
  );
  assert.equal(bytes.toString(), '\ufeffІм’я;x\r\n"a;b";1.5\r\nTRUE;1970-01-01 00:00:00\r\n;\r\n');
});

test('the apostrophes of a written file can be taken away again', () => {
  fc.assert(
    fc.property(
      anyCell.filter((cell) => !cell.includes("'")),
      (cell) => assert.equal(restoreFormula(defuseFormula(cell)), cell),
    ),
    { numRuns: 1000 },
  );
});
