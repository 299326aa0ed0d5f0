import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { hasCode } from '#kernel';
import { detectFormat } from './detect-format.ts';
import { encode, encodings, makeWorkbook, zipOf } from './fixture.ts';

const detect = (text: string | Buffer, name = 'clients.csv') =>
  detectFormat(typeof text === 'string' ? Buffer.from(text) : text, name);
const people =
  'Прізвище;Ім’я;Телефон;Адреса\r\nШевченко;Тарас;+380500000001;"Луцьк, вул. Лесі Українки; 1"\r\nҐудзь;Їжак;+380500000002;Київ, Хрещатик, 2\r\nЄвтушенко;Ілля;;Рівне\r\n';

test('each encoding is recognised with a mark and without one', () => {
  for (const encoding of encodings) {
    for (const mark of encoding === 'windows-1251' ? [false] : [true, false]) {
      assert.deepEqual(detect(encode(people, encoding, mark)), {
        kind: 'csv',
        encoding,
        delimiter: ';',
        headingRow: true,
      });
    }
  }
});

test('each delimiter is recognised though texts hold the others', () => {
  const rows = [
    ['name', 'phone', 'note'],
    ['Smith, John', '+14155550100', 'a; b | c'],
    ['Doe, Jane', '+14155550101', 'x, y; z'],
    ['Roe', '', ''],
  ];
  for (const delimiter of [',', ';', '\t', '|']) {
    const text = rows.map((row) => row.map((cell) => `"${cell}"`).join(delimiter)).join('\n');
    assert.equal(detect(text).delimiter, delimiter);
  }
  assert.equal(detect('Ім’я;Адреса\nІван;Луцьк, вул. Мира, 1\nПетро;Київ, вул. Миру, 2, кв. 3\n').delimiter, ';');
  assert.equal(detect('sep=|\na|b\n').delimiter, '|');
  assert.equal(detect('телефон\n+380500000001\n').delimiter, ';', 'one column needs no delimiter');
  assert.equal(
    detect('Нотатка\nкупив хліб, молоко\nще не дзвонив\nпросив сир, каву\n').delimiter,
    ';',
    'nor do its commas',
  );
  assert.equal(
    detect('Клієнти за 2026 рік\n' + 'Шевченко,Тарас,Луцьк\n'.repeat(9)).delimiter,
    ',',
    'a title line is no obstacle',
  );
});

test('letters that only Ukrainian has do not spoil Windows-1251', () => {
  const rare = 'ґ;Ґ;є;Є;ї;Ї;і;І\r\n' + 'їжачок;ґедзь;єнот;Іній\r\n'.repeat(3);
  assert.equal(detect(encode(rare, 'windows-1251')).encoding, 'windows-1251');
  assert.equal(detect(iconv.encode('id;name\r\n1;Шевченко\r\n2;Smith\r\n', 'win1251')).encoding, 'windows-1251');
});

test('other encodings are refused instead of read wrongly', () => {
  for (const other of ['koi8-u', 'cp866', 'utf-32le']) {
    assert.throws(
      () => detect(iconv.encode(people.replaceAll('Ґ', 'Г'), other, { addBOM: other === 'utf-32le' })),
      { code: 'import.encoding_unknown' },
      other,
    );
  }
  assert.throws(() => detect(iconv.encode('name;city\r\nMüller;Köln\r\nGröße;Zürich\r\n', 'latin1')), {
    code: 'import.encoding_unknown',
  });
  const small = 'прізвище;телефон;адреса\r\nпетренко;;місто луцьк\r\nсидоренко;;село нове\r\n';
  const russian = 'Фамилия;Имя\r\nИванов;Сергей\r\nПетрова;Анна\r\n';
  for (const other of ['koi8-u', 'koi8-r']) {
    for (const text of [russian, russian.toLowerCase(), small.replaceAll('і', 'и')]) {
      assert.throws(() => detect(iconv.encode(text, other)), { code: 'import.encoding_unknown' }, other);
      assert.equal(detect(encode(text, 'windows-1251')).encoding, 'windows-1251');
    }
  }
  assert.throws(() => detect(iconv.encode('name\r\ncréée;idéée\r\n', 'latin1')), { code: 'import.encoding_unknown' });
  assert.throws(() => detect('\u0001\u0002abc;\u0003def\n'.repeat(9)), { code: 'import.encoding_unknown' });
  assert.throws(() => detect(Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 + (i >> 3)) % 256))), {
    code: 'import.encoding_unknown',
  });
});

test('one damaged letter does not make UTF-8 something else, nor does the end of the head', () => {
  const bytes = Buffer.from(people);
  bytes[4] = 0xff;
  assert.equal(detect(bytes).encoding, 'utf-8');
  const long = Buffer.from(`a;б\n${'щ'.repeat(200_000)}`).subarray(0, 256 * 1024);
  assert.equal(detect(long).encoding, 'utf-8');
  assert.equal(detect(Buffer.from('a;б\nвг').subarray(0, -1)).encoding, 'utf-8');
});

test('a first row of values is no heading', () => {
  assert.equal(detect('Шевченко;Тарас;+380500000001\nҐудзь;Їжак;+380500000002\n').headingRow, false);
  assert.equal(detect('1;2\n3;4\n').headingRow, false);
  assert.equal(detect('Хтось;Контакт для звʼязку\nабв;+380500000001\n').headingRow, true);
});

test('a workbook is one by its parts, whatever its name', () => {
  const xlsx = { kind: 'xlsx', encoding: null, delimiter: null, headingRow: null };
  assert.deepEqual(detect(makeWorkbook({}), 'clients.csv'), xlsx);
  assert.deepEqual(detect(zipOf({ 'xl/worksheets/sheet1.xml': 'x', 'customXml/item.bin': 'x' })), xlsx);
  const others = { 'word/document.xml': 'x' };
  for (const files of [
    others,
    { mimetype: 'application/vnd.oasis.opendocument.spreadsheet' },
    { 'xl/workbook.bin': 'x' },
    { 'photo.jpg': 'x' },
  ]) {
    assert.throws(() => detect(zipOf(files), 'clients.xlsx'), {
      code: 'import.format_unsupported',
    });
  }
});

test('a workbook with a password is told from an old .xls', () => {
  const ole = (stream: string) =>
    Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504), Buffer.from(stream, 'utf16le')]);
  assert.throws(() => detect(ole('EncryptedPackage')), { code: 'import.file_encrypted' });
  assert.throws(() => detect(ole('Root Entry'), 'clients.xlsx'), { code: 'import.file_encrypted' });
  assert.throws(() => detect(ole('Workbook'), 'clients.xls'), { code: 'import.format_unsupported' });
});

test('pictures, pages and papers are refused, and nothing is nothing', () => {
  const texts = [
    '<!DOCTYPE html><html>',
    '  <table><tr>',
    '<?xml version="1.0"?><Workbook/>',
    '{\\rtf1',
    'BEGIN:VCARD\n',
    '[{"a":1}]',
    '{"a":1}',
  ];
  const binaries = ['%PDF-1.7\n', 'PK\u0005\u0006', '\u0089PNG\r\n\u001a\n', 'GIF89a', '\u001f\u008b', 'MZ', 'BM'];
  for (const start of [...texts, ...binaries.map((magic) => `${magic}\u0000\u0001\u00ff`)]) {
    assert.throws(() => detect(Buffer.from(start, 'latin1')), { code: 'import.format_unsupported' }, start);
  }
  for (const empty of ['', '\ufeff', ' \r\n\r\n', '\ufeff\n'])
    assert.throws(() => detect(empty), { code: 'import.file_empty' });
  assert.equal(detect('BMW;phone\nX5;+380500000001\n').kind, 'csv');
  assert.equal(detect('MZ;phone\nX5;+380500000001\n').kind, 'csv');
});

test('ordinary tables are recognised in every encoding and with every delimiter', () => {
  const anyName = fc.constantFrom(
    'Шевченко Тарас',
    'Ґудзь Їжак',
    'Єва',
    'Ілля',
    'петренко',
    'ТОВ «Ромашка»',
    'Smith John',
    'Луцьк, вул. Мира, 1',
  );
  const anyPhone = fc.constantFrom('+380500000001', '(067) 000-11-22', '');
  const anyTable = fc.array(fc.tuple(anyName, anyPhone, anyName, fc.constantFrom('', 'a@b.example')), {
    minLength: 3,
    maxLength: 40,
  });
  fc.assert(
    fc.property(
      anyTable,
      fc.constantFrom(...encodings),
      fc.constantFrom(';', ',', '\t', '|'),
      (rows, encoding, delimiter) => {
        const lines = [['Назва', 'Телефон', 'Адреса', 'Пошта'], ...rows].map((row) =>
          row.map((cell) => (cell.includes(',') ? `"${cell}"` : cell)).join(delimiter),
        );
        const found = detect(encode(lines.join('\r\n'), encoding));
        assert.deepEqual(found, { kind: 'csv', encoding, delimiter, headingRow: true });
      },
    ),
    { numRuns: 500 },
  );
});

test('any bytes are a format or a refusal with a code', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 400 }),
      fc.constantFrom('', 'PK\u0003\u0004', 'ÿþ', 'þÿ', 'ï»¿', 'sep='),
      (bytes, start) => {
        const file = Buffer.concat([Buffer.from(start, 'latin1'), bytes]);
        try {
          assert.match(detectFormat(file, 'x').kind, /csv|xlsx/);
        } catch (error) {
          assert.ok(hasCode(error), String(error));
        }
      },
    ),
    { numRuns: 2000 },
  );
});
