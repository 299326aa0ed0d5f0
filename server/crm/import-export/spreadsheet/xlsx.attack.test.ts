import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasCode } from '#kernel';
import { allRows, makeWorkbook, sourceOf, type WorkbookParts, zipOf } from './fixture.ts';
import { readXlsx } from './read-xlsx.ts';
import { cellBytesMax, columnsMax } from './row.ts';
import { SharedStrings, sharedBytesMax } from './shared-strings.ts';
import type { RandomAccessSource } from './zip-parts.ts';

const read = (parts: WorkbookParts) => allRows(readXlsx(sourceOf(makeWorkbook(parts))));
const readBytes = (bytes: Uint8Array) => allRows(readXlsx(sourceOf(bytes)));
const sheet = (rows: string): WorkbookParts => ({ sheets: { А: rows } });

test('a sheet of zeros that unfolds a thousand times is refused before it unfolds', async () => {
  const bytes = makeWorkbook(sheet('<row/>'.repeat(4_000_000)));
  assert.ok(bytes.length < 100_000);
  await assert.rejects(readBytes(bytes), { code: 'import.too_large' });
});

test('a bomb among the shared strings or styles is refused too', async () => {
  const bomb = '<x/>'.repeat(6_000_000);
  await assert.rejects(read({ ...sheet(''), shared: bomb }), { code: 'import.too_large' });
  await assert.rejects(read({ ...sheet(''), styles: bomb }), { code: 'import.too_large' });
});

test('a part that is longer than its directory says is stopped at the declared length', async () => {
  const bytes = makeWorkbook(sheet(`<row><c t="str"><v>${'x'.repeat(5000)}</v></c></row>`));
  const lie = Buffer.from(bytes);
  const name = 'xl/worksheets/sheet1.xml';
  const at = lie.lastIndexOf(name); // in the central directory, 46 bytes behind its header
  assert.equal(lie.readUInt32LE(at - 46), 0x02014b50);
  lie.writeUInt32LE(100, at - 46 + 24);
  await assert.rejects(readBytes(lie), { code: 'import.file_broken' });
});

test('shared strings have a cap on all of them together', () => {
  const shared = new SharedStrings();
  const text = 'x'.repeat(cellBytesMax);
  const room = sharedBytesMax / cellBytesMax;
  for (let i = 0; i < room; i++) shared.add(text);
  assert.equal(shared.find(room - 1), text);
  assert.throws(() => shared.add('y'), { code: 'import.too_large' });
  assert.throws(() => new SharedStrings().add(`${text}x`), { code: 'import.cell_too_long' });
});

test('an entity bomb and an outside entity are refused at the document type', async () => {
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
  const outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>';
  for (const [type, use] of [
    [bomb, '&b;'],
    [bomb, ''],
    [outside, '&a;'],
    [outside, ''],
  ] as const) {
    for (const path of ['xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml', 'xl/workbook.xml', 'xl/styles.xml']) {
      await assert.rejects(
        read({ ...sheet(''), shared: '', styles: '', extra: { [path]: `${type}<worksheet>${use}</worksheet>` } }),
        { code: 'import.file_broken' },
        path,
      );
    }
  }
  await assert.rejects(read(sheet('<row><c t="str"><v>&undeclared;</v></c></row>')), { code: 'import.file_broken' });
});

test('columns, cells and rows have the limits of a CSV file', async () => {
  const cells = (count: number) => `<row r="7">${'<c><v>1</v></c>'.repeat(count)}</row>`;
  assert.equal((await read(sheet(cells(columnsMax))))[0]!.cells.length, columnsMax);
  await assert.rejects(read(sheet(cells(columnsMax + 1))), {
    code: 'import.too_many_columns',
    details: { line: 7, max: columnsMax },
  });
  await assert.rejects(read(sheet('<row r="3"><c r="ZZZ3"><v>1</v></c></row>')), { code: 'import.too_many_columns' });
  const text = (chars: number) =>
    `<c t="str"><v>${Array.from({ length: chars }, (_, i) => String.fromCharCode(97 + ((i * 7919) % 26))).join('')}</v></c>`;
  assert.equal((await read(sheet(`<row>${text(cellBytesMax)}</row>`)))[0]!.cells[0]!.length, cellBytesMax);
  await assert.rejects(read(sheet(`<row>${text(cellBytesMax + 1)}</row>`)), { code: 'import.cell_too_long' });
  await assert.rejects(read(sheet(`<row>${text(cellBytesMax).repeat(17)}</row>`)), { code: 'import.row_too_long' });
});

test('endless text, tags and nesting do not gather in memory', async () => {
  const noise = Buffer.alloc(3 * 1024 * 1024, 'abcdefghijklmnopqrstuvwxyz0123456789').toString();
  await assert.rejects(read(sheet(`<row>${noise}</row>`)), { code: 'import.too_large' });
  await assert.rejects(read(sheet(`<row x="${noise}"/>`)), { code: 'import.too_large' });
  await assert.rejects(read(sheet('<a>'.repeat(100) + '</a>'.repeat(100))), { code: 'import.file_broken' });
});

test('rows that go back or are no numbers are refused', async () => {
  for (const number of ['0', '-1', '1.5', 'x', '4294967296', '1e9999']) {
    await assert.rejects(
      read(sheet(`<row r="${number}"><c><v>1</v></c></row>`)),
      { code: 'import.file_broken' },
      number,
    );
  }
  await assert.rejects(read(sheet('<row r="5"/><row r="5"/>')), { code: 'import.file_broken' });
  for (const reference of ['1', '', 'a1', 'AAAAA1', 'Ж1']) {
    await assert.rejects(
      read(sheet(`<row r="1"><c r="${reference}"><v>1</v></c></row>`)),
      { code: 'import.file_broken' },
      reference,
    );
  }
  await assert.rejects(read({ ...sheet('<row><c t="s"><v>9</v></c></row>'), shared: '<si><t>a</t></si>' }), {
    code: 'import.file_broken',
  });
});

test('encrypted files are called encrypted, other archives unsupported, rubbish broken', async () => {
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000)]);
  await assert.rejects(readBytes(ole), { code: 'import.file_encrypted' });
  const locked = Buffer.from(makeWorkbook(sheet('')));
  const at = locked.lastIndexOf('xl/worksheets/sheet1.xml') - 46;
  locked.writeUInt16LE(locked.readUInt16LE(at + 8) | 1, at + 8);
  await assert.rejects(readBytes(locked), { code: 'import.file_encrypted' });
  await assert.rejects(readBytes(zipOf({ 'word/document.xml': '<w/>' })), { code: 'import.format_unsupported' });
  await assert.rejects(readBytes(zipOf({ '../../etc/passwd': 'x', 'xl/workbook.xml': '<workbook/>' })), {
    code: 'import.file_broken',
  });
  await assert.rejects(readBytes(zipOf({ 'xl/workbook.xml': '<workbook/>' })), { code: 'import.file_empty' });
  for (const rubbish of ['', 'PK', 'hello', 'PK\u0003\u0004 and then nothing']) {
    await assert.rejects(readBytes(Buffer.from(rubbish)), { code: 'import.file_broken' });
  }
});

test('a workbook cut anywhere or with a flipped byte is read or refused, never a crash', async () => {
  const bytes = makeWorkbook({
    ...sheet('<row><c t="s"><v>0</v></c><c s="1"><v>5</v></c></row>'),
    shared: '<si><t>Шевченко</t></si>',
    styles: '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
  });
  const damaged = fc.oneof(
    fc.nat(bytes.length - 1).map((end) => bytes.subarray(0, end)),
    fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
      const copy = Buffer.from(bytes);
      copy[at]! ^= mask;
      return copy;
    }),
  );
  await fc.assert(
    fc.asyncProperty(damaged, async (file) => {
      const error: unknown = await readBytes(file).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error === undefined || hasCode(error), String(error));
    }),
    { numRuns: 400 },
  );
});

test('a fault of the disk is not called a fault of the file', async () => {
  const bytes = makeWorkbook(sheet('<row><c><v>1</v></c></row>'));
  const source: RandomAccessSource = {
    size: bytes.length,
    read: async (offset, length) => {
      if (offset > 0) throw new Error('disk gone');
      return bytes.subarray(offset, offset + length);
    },
  };
  await assert.rejects(allRows(readXlsx(source)), /disk gone/);
});
