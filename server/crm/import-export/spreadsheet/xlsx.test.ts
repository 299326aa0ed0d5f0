import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allBytes, allRows, makeWorkbook, sourceOf, type WorkbookParts } from './fixture.ts';
import { listSheets, readXlsx, type ReadXlsxOptions } from './read-xlsx.ts';
import { writeXlsx } from './write-xlsx.ts';

const read = (parts: WorkbookParts, options?: ReadXlsxOptions) =>
  allRows(readXlsx(sourceOf(makeWorkbook(parts)), options));
const cellsOf = async (sheet: string, parts: WorkbookParts = {}) =>
  (await read({ ...parts, sheets: { Аркуш1: sheet } })).map(({ cells }) => cells);
const styles = (...codes: (string | number)[]) =>
  `<numFmts>${codes.map((code, i) => (typeof code === 'string' ? `<numFmt numFmtId="${200 + i}" formatCode="${code}"/>` : '')).join('')}</numFmts>` +
  '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
  `<cellXfs><xf numFmtId="0"/>${codes.map((code, i) => `<xf numFmtId="${typeof code === 'string' ? 200 + i : code}"/>`).join('')}</cellXfs>`;
const styled = (values: string[]) =>
  `<row r="1">${values.map((v, i) => `<c s="${i + 1}"><v>${v}</v></c>`).join('')}</row>`;

test('shared, rich and inline texts, booleans, formulas and errors are read as a person sees them', async () => {
  const shared =
    '<si><t>Прізвище</t></si><si><r><rPr><b/></rPr><t>Шев</t></r><r><t xml:space="preserve">ченко </t></r><rPh><t>no</t></rPh></si><si><t/></si>';
  const rows = await cellsOf(
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="inlineStr"><is><t>a&amp;b_x000D_</t></is></c></row>' +
      '<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2"><f>1+1</f><v>2</v></c><c r="C2" t="str"><f>"x"&amp;"y"</f><v>xy</v></c><c r="D2" t="e"><v>#N/A</v></c><c r="E2" t="b"><v>0</v></c></row>',
    { shared },
  );
  assert.deepEqual(rows, [
    ['Прізвище', 'Шевченко ', '', 'a&b\r'],
    ['TRUE', '2', 'xy', '', 'FALSE'],
  ]);
});

test('long numbers stay digit by digit', async () => {
  const numbers = [
    '380501234567',
    '3.80501234567E11',
    '3.80501234567E+11',
    '0.1',
    '1.1000000000000001',
    '-5',
    '1E-3',
    '12345678901234567890',
    '1E300',
    '100000000000000000000',
  ];
  const row = `<row r="1">${numbers.map((v) => `<c><v>${v}</v></c>`).join('')}</row>`;
  assert.deepEqual(await cellsOf(row), [
    [
      '380501234567',
      '380501234567',
      '380501234567',
      '0.1',
      '1.1',
      '-5',
      '0.001',
      '12345678901234567890',
      '1E300',
      '100000000000000000000',
    ],
  ]);
});

test('a number is a day when its format says so', async () => {
  const codes = [
    14,
    22,
    21,
    0,
    2,
    'dd.mm.yyyy',
    '[$-422]d mmmm yyyy&quot; р.&quot;;@',
    'yyyy\\-mm\\-dd hh:mm:ss.000',
    '[h]:mm',
    '00000000',
    '#,##0.00\\ "грн"'.replaceAll('"', '&quot;'),
    '[Red]0.0',
    'mmm\\ yy',
    'General',
  ];
  const values = [
    '32944',
    '32944.5',
    '0.75',
    '32944',
    '32944',
    '32944',
    '32944',
    '32944.25',
    '1.5',
    '123456',
    '32944',
    '32944',
    '32944',
    '32944',
  ];
  assert.deepEqual(await cellsOf(styled(values), { styles: styles(...codes) }), [
    [
      '1990-03-12',
      '1990-03-12 12:00:00',
      '18:00:00',
      '32944',
      '32944',
      '1990-03-12',
      '1990-03-12',
      '1990-03-12 06:00:00',
      '1.5',
      '00123456',
      '32944',
      '32944',
      '1990-03-12',
      '32944',
    ],
  ]);
});

test('both calendars count the same day, and the day that never was stays a number', async () => {
  const values = ['59', '60', '61', '1', '0', '2958465', '2958466', '45000.9999999'];
  const all14 = styles(...values.map(() => 14));
  assert.deepEqual(await cellsOf(styled(values), { styles: all14 }), [
    ['1900-02-28', '60', '1900-03-01', '1900-01-01', '0', '9999-12-31', '2958466', '2023-03-16'],
  ]);
  assert.deepEqual(await cellsOf(styled(['31482']), { styles: all14, is1904: true }), [['1990-03-12']]);
});

test('gaps stay gaps: empty cells inside a row, empty rows in the numbering', async () => {
  const rows = await read({
    sheets: {
      А: '<row r="2"><c r="B2" t="str"><v>b</v></c><c r="AA2" t="str"><v>aa</v></c><c r="XFD2" s="1"/></row><row r="3"/><row r="4"><c r="A4"/></row><row r="9"><c t="str"><v>x</v></c><c t="str"><v>y</v></c></row><row><c t="str"><v>z</v></c></row>',
    },
  });
  assert.deepEqual(
    rows.map(({ line }) => line),
    [2, 9, 10],
  );
  assert.equal(rows[0]!.cells.length, 27);
  assert.deepEqual([rows[0]!.cells[1], rows[0]!.cells[26], rows[0]!.cells[0]], ['b', 'aa', '']);
  assert.deepEqual(rows[1]!.cells, ['x', 'y']);
});

test('the first visible sheet is read, or the one that is named', async () => {
  const one = (text: string) => `<row><c t="str"><v>${text}</v></c></row>`;
  const parts = { sheets: { Схований: one('1'), Клієнти: one('2'), Інше: one('3') }, hidden: ['Схований'] };
  assert.deepEqual(await listSheets(sourceOf(makeWorkbook(parts))), [
    { name: 'Схований', hidden: true },
    { name: 'Клієнти', hidden: false },
    { name: 'Інше', hidden: false },
  ]);
  assert.equal((await read(parts))[0]!.cells[0], '2');
  assert.equal((await read(parts, { sheet: 'Інше' }))[0]!.cells[0], '3');
  await assert.rejects(read(parts, { sheet: 'Немає' }), { code: 'request.invalid', field: 'sheet' });
});

test('names with a prefix, as some programs write them, are understood', async () => {
  const bytes = makeWorkbook({
    extra: {
      'xl/worksheets/sheet1.xml':
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>так</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    },
  });
  assert.deepEqual((await allRows(readXlsx(sourceOf(bytes))))[0]!.cells, ['так']);
});

test('rows up to a line are passed over, and batches have the size that was asked for', async () => {
  const sheet = Array.from({ length: 25 }, (_, i) => `<row><c><v>${i + 1}</v></c></row>`).join('');
  const bytes = makeWorkbook({ sheets: { А: sheet } });
  const sizes: number[] = [];
  for await (const batch of readXlsx(sourceOf(bytes), { batchRows: 10, afterLine: 3 })) {
    if (sizes.length === 0) assert.equal(batch[0]!.line, 4);
    sizes.push(batch.length);
  }
  assert.deepEqual(sizes, [10, 10, 2]);
});

const anyText = fc.string({
  unit: fc.constantFrom(...'aZ09іїєґЯ’<>&"\'_x0D\r\n\t=+-@'.split(''), '\u0000', '\u001f', '_x0041_', '😀'),
  minLength: 1,
  maxLength: 12,
});

test('what was written is read back: texts, days, numbers', async () => {
  const anyDay = fc
    .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyText, anyDay, fc.maxSafeNat()), { maxLength: 6 }), async (rows) => {
      const columns = [{ heading: 'Текст' }, { heading: 'День', kind: 'date' as const }, { heading: 'Число' }];
      const bytes = await allBytes(writeXlsx(rows, { columns }));
      const back = await allRows(readXlsx(sourceOf(bytes)));
      assert.deepEqual(
        back.map(({ cells }) => cells),
        [['Текст', 'День', 'Число'], ...rows.map(([a, b, c]) => [a, b, String(c)])],
      );
    }),
    { numRuns: 60 },
  );
});

test('the heading is bold and frozen, texts are never formulas, half surrogates do no harm', async () => {
  const bytes = await allBytes(
    writeXlsx([['=1+1', '\ud800x', new Date('1990-03-12T06:00:00Z'), '']], { columns: [{ heading: '=A' }] }),
  );
  const rows = await allRows(readXlsx(sourceOf(bytes)));
  assert.deepEqual(
    rows.map(({ cells }) => cells),
    [['=A'], ['=1+1', '\ufffdx', '1990-03-12 06:00:00']],
  );
  const { unzipSync, strFromU8 } = await import('fflate');
  const sheet = strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml']!);
  assert.match(sheet, /<pane ySplit="1"[^>]* state="frozen"\/>/);
  assert.match(sheet, /<c r="A1" s="1" /);
  assert.doesNotMatch(sheet, /<f>|<f /);
});

test('a book that outgrows a sheet goes on in the next one', async () => {
  const rows = Array.from({ length: 7 }, (_, i) => [String(i)]);
  const bytes = await allBytes(
    writeXlsx(rows, {
      columns: [{ heading: 'Н' }],
      sheetName: "Клієнти: 'усі'/2026 – дуже довга назва аркуша",
      sheetRowsMax: 4,
    }),
  );
  const names = await listSheets(sourceOf(bytes));
  assert.equal(names.length, 3);
  assert.ok(names.every(({ name }) => name.length <= 31 && !/[:/]/.test(name)));
  assert.deepEqual(
    (await allRows(readXlsx(sourceOf(bytes), { sheet: names[2]!.name }))).map(({ cells }) => cells[0]),
    ['Н', '6'],
  );
});

test('no rows at all is still a workbook; a text beyond Excel is refused by name', async () => {
  const bytes = await allBytes(writeXlsx([], { columns: [{ heading: 'Н' }] }));
  assert.equal((await allRows(readXlsx(sourceOf(bytes)))).length, 1);
  await assert.rejects(allBytes(writeXlsx([['x'.repeat(32_768)]], { columns: [{ heading: 'Н' }] })), {
    code: 'field.too_long',
  });
});

test('who stops reading early leaves nothing running, and rows before a refusal are not lost', async () => {
  const noise = (i: number) =>
    `<row><c t="str"><v>${(i * 2_654_435_761) % 4_294_967_296}-${(i * 40_503) % 65_536}</v></c></row>`;
  const bytes = makeWorkbook({ sheets: { А: Array.from({ length: 100_000 }, (_, i) => noise(i)).join('') } });
  let read = 0;
  const source = {
    size: bytes.length,
    read: async (offset: number, length: number) => {
      read += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  for await (const batch of readXlsx(source)) if (batch.length > 0) break;
  const readThen = read;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(read, readThen);
  const seen: number[] = [];
  const broken = makeWorkbook({ sheets: { А: '<row><c><v>1</v></c></row><row><c><v>2</v></c></row><row r="1"/>' } });
  await assert.rejects(
    async () => {
      for await (const batch of readXlsx(sourceOf(broken))) for (const row of batch) seen.push(row.line);
    },
    { code: 'import.file_broken' },
  );
  assert.deepEqual(seen, [1, 2]);
});
