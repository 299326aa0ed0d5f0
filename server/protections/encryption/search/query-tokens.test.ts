import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasCode } from '#kernel';
import { foldWords, readWords } from '#ukraine';
import type { SearchRecord } from './index.ts';
import { makeIndexKey, queryTokens, tokensOf } from './index.ts';

const key = makeIndexKey(new Uint8Array(32).fill(7));

const nobody: SearchRecord = { words: [], phones: [], emails: [], codes: [] };
const olena: SearchRecord = {
  words: ['Нечуй-Левицька', 'Мар’яна', 'Ґеоргіївна', 'ТОВ «Промінь 24»'],
  phones: ['+380500001234', '+48500000001'],
  emails: ['m.levytska+crm@mail.promin.example'],
  codes: [],
};
const firm: SearchRecord = {
  words: ['ПрАТ «Волинь-Бетон»'],
  phones: ['+380332000011'],
  emails: [],
  codes: ['12345678'],
};
const soleTrader: SearchRecord = { words: ['ФОП Щербак'], phones: [], emails: [], codes: ['1234567899'] };

/** As the database does it: all tokens of one alternative. */
function passesSieve(text: string, record: SearchRecord): boolean {
  const stored = new Set(tokensOf(key, record));
  return queryTokens(key, text).any.some((alternative) => alternative.every((token) => stored.has(token)));
}

/** As the database and then the app do it. */
function finds(text: string, record: SearchRecord): boolean {
  const fits = queryTokens(key, text).matches(record);
  const passes = passesSieve(text, record);
  if (fits) assert.ok(passes, `the sieve held back «${text}»`);
  return fits && passes;
}

test('a name is found in any order, either alphabet, any apostrophe, from its beginning', () => {
  for (const text of [
    'нечуй',
    'Левицьк',
    'НЕЧУЙ-ЛЕВ',
    'нечуйлев',
    'levyts',
    'Nechui Levytska',
    "мар'яна нечуй",
    'Марʼя лев',
    'maria лев',
    'георг',
    'ґеорг',
    'heorhiivna',
    'Georgi',
    'нечуй м ґ',
    'н',
    'n',
    'промінь 24',
    '«Промінь»',
    'левицька, мар’яна',
  ]) {
    assert.ok(finds(text, olena), text);
  }
  assert.ok(finds('левицька 2 4', { ...nobody, words: ['Левицька', '2 і 4'] }), 'single digits are left to the check');
  for (const text of ['шевченко', 'левицька олена', 'ечуй', 'нечуй ш', 'промінь 25', 'z'])
    assert.ok(!finds(text, olena), text);
});

test('one letter finds by the first word, or by the name after the legal form', () => {
  assert.ok(finds('в', firm));
  assert.ok(finds('п', firm));
  assert.ok(finds('щ', soleTrader));
  assert.ok(!passesSieve('б', firm), 'not by every word: that would be half of the list');
});

test('a Cyrillic letter does not find another that begins alike in Latin', () => {
  const stored = { ...nobody, words: ['Шульга', 'Хома', 'Цвіт', 'Жук', 'Яна', 'Щур'] };
  for (const text of ['с', 'к', 'т', 'з', 'і', 'сх', 'шу к']) assert.ok(!finds(text, stored), text);
  for (const text of ['s', 'sh', 'ш', 'шу х', 'shu k', 'шу ts', 'шу i', 'шу shch'])
    assert.ok(finds(text, stored), text);
});

test('a phone is found whole in any spelling, and by any run of its last digits from three on', () => {
  for (const text of [
    '+380500001234',
    '380500001234',
    '0500001234',
    '80500001234',
    '00380500001234',
    '050 000 12 34',
    '(050) 000-12-34',
    '+38 (050) 000 12 34',
    '8 050 000 1234',
    '+380 (0) 50 0001234',
    '0000 1234',
    '12-34',
    '234',
    'тел.0500001234',
    '＋380500001234',
    '+48 500 000 001',
    '48500000001',
    '500 000 001',
    '0048500000001',
    '001',
  ]) {
    assert.ok(finds(text, olena), text);
  }
  for (const text of ['0500001235', '34', '124', '+380500000001', '4380500001234'])
    assert.ok(!finds(text, olena), text);
  for (const phone of olena.phones) {
    for (let length = 3; length < phone.length; length += 1)
      assert.ok(finds(phone.slice(-length), olena), phone.slice(-length));
  }
});

test('an e-mail is found whole, by its beginning, and by any of its parts', () => {
  for (const text of [
    'm.levytska+crm@mail.promin.example',
    'M.LEVYTSKA+CRM@MAIL.PROMIN.EXAMPLE',
    'm.levytska+crm@mail.pro',
    'levytska+crm@',
    'crm@mail',
    '@mail.promin',
    'mail.promin.example',
    'promin.example',
    'levytska crm',
    '<m.levytska+crm@mail.promin.example>',
  ]) {
    assert.ok(finds(text, olena), text);
  }
  for (const text of ['levytska@mail', 'm.levytska@promin', 'evytska+crm@mail', '@promin.com'])
    assert.ok(!finds(text, olena), text);
});

test('an ЄДРПОУ code is found as it is typed, a РНОКПП number only whole', () => {
  for (const text of ['12345678', '1234 5678', '12345', '12', 'бетон 1234']) assert.ok(finds(text, firm), text);
  for (const text of ['1234567899', '123 456 789 9']) assert.ok(finds(text, soleTrader), text);
  for (const text of ['123456', '12345678']) assert.ok(!finds(text, soleTrader), text);
});

test('the better hit ranks higher', () => {
  const named = (...words: string[]): SearchRecord => ({ ...nobody, words });
  const better = (text: string, first: SearchRecord, second: SearchRecord): void => {
    const { rank } = queryTokens(key, text);
    assert.ok(rank(first) > rank(second), text);
    assert.ok(rank(second) >= 0, text);
  };
  better('петро', named('Петро', 'Іван'), named('Петровський', 'Іван')); // whole before beginning
  better('петр', named('Петрук', 'Іван'), named('Бойко', 'Петро')); // last name first
  better('петро', named('Бойко', 'Петро'), named('Петровський', 'Іван'));
  better('0500001234', olena, { ...nobody, words: ['Сервіс 0500001234'] });
  better(
    'm.levytska@promin.example',
    { ...nobody, emails: ['m.levytska@promin.example'] },
    { ...nobody, emails: ['m.levytska@promin.example.org'] },
  );
  better('12345678', firm, { ...nobody, phones: ['+380512345678'] });
  assert.equal(queryTokens(key, 'шевченко').rank(olena), -1);
});

test('too little and too much are refused by code', () => {
  for (const text of ['', '   ', "'", '«»', 'ь', '@', '+', '-']) {
    assert.throws(
      () => queryTokens(key, text),
      (error) => hasCode(error, 'find.text_too_short'),
      JSON.stringify(text),
    );
  }
  assert.ok(queryTokens(key, 'а'.repeat(200)).any.length > 0);
  assert.throws(
    () => queryTokens(key, 'а'.repeat(201)),
    (error) => hasCode(error, 'find.text_too_long'),
  );
});

const letter = fc.constantFrom(..."абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАГҐЄІЇЮЯ'’ʼ".split(''));
const name = fc.array(letter, { minLength: 2, maxLength: 20 }).map((letters) => letters.join(''));
const digits = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789'.split('')), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const phone = fc.oneof(
  fc.tuple(fc.constantFrom('50', '67', '93', '44'), digits(7)).map(([operator, rest]) => `+380${operator}${rest}`),
  fc
    .tuple(fc.constantFrom('+48', '+49', '+1', '+372'), fc.integer({ min: 7, max: 10 }).chain(digits))
    .map((parts) => parts.join('')),
);
const emailWord = fc.stringMatching(/^[a-z0-9]{2,12}$/);
const email = fc
  .tuple(emailWord, fc.constantFrom('.', '_', '-', '+', ''), emailWord, emailWord)
  .map(([one, between, two, domain]) => `${one}${between}${two}@${domain}.example`);
const record: fc.Arbitrary<SearchRecord> = fc.record({
  words: fc.array(
    fc.oneof(
      name,
      fc.tuple(name, name).map((pair) => pair.join('-')),
      fc.tuple(name, name).map((pair) => pair.join(' «')),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  phones: fc.array(phone, { maxLength: 3 }),
  emails: fc.array(email, { maxLength: 2 }),
  codes: fc.array(digits(8), { maxLength: 1 }),
});
const telling = (text: string): boolean => readWords(text, false).some((word) => word.folded.length >= 2);

test('whatever is stored is found by any beginning of any of its words', () => {
  fc.assert(
    fc.property(record, (stored) => {
      for (const text of stored.words) {
        for (const word of text.split(/[ «-]+/u)) {
          for (let length = 1; length <= word.length; length += 1) {
            const typed = word.slice(0, length);
            if (!telling(typed)) continue;
            assert.ok(finds(typed, stored), `${typed} of ${text}`);
            assert.ok(finds(typed.toUpperCase(), stored), `${typed.toUpperCase()} of ${text}`);
            assert.ok(finds(foldWords(typed)[0]!, stored), `the Latin of ${typed} of ${text}`);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('whatever is stored is found by beginnings of several of its words at once, in any order', () => {
  fc.assert(
    fc.property(record, fc.array(fc.tuple(fc.nat(), fc.nat(9)), { minLength: 1, maxLength: 5 }), (stored, picks) => {
      const words = stored.words.flatMap((text) => text.split(/[ «-]+/u));
      const typed = picks.map(([at, length]) => words[at % words.length]!.slice(0, length + 1)).join(' ');
      if (telling(typed)) assert.ok(finds(typed, stored), typed);
    }),
    { numRuns: 500 },
  );
});

test('whatever phone is stored is found by any run of its last digits and in any spelling', () => {
  fc.assert(
    fc.property(record, (stored) => {
      for (const number of stored.phones) {
        const all = number.slice(1);
        for (let length = 3; length <= all.length; length += 1)
          assert.ok(finds(all.slice(-length), stored), all.slice(-length));
        assert.ok(finds(`00${all}`, stored), `00${all}`);
        if (!number.startsWith('+380')) continue;
        for (const spelling of [
          number,
          all.slice(2),
          `8${all.slice(2)}`,
          `0${all.slice(3).replace(/(..)(...)(..)/, '$1 $2-$3-')}`,
        ]) {
          assert.ok(finds(spelling, stored), spelling);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('an address in which a label of phones stands is found by its beginnings like any other', () => {
  const stored: SearchRecord = {
    words: [],
    phones: [],
    emails: ['biuro@tel24.example', 'tel24a@mail.example'],
    codes: [],
  };
  for (const typed of ['biuro@tel', 'biuro@tel2', 'biuro@tel24', 'biuro@tel24.example', 'tel2', 'tel24a@m'])
    assert.ok(finds(typed, stored), typed);
});

test('whatever e-mail or code is stored is found whole and by any beginning', () => {
  fc.assert(
    fc.property(record, (stored) => {
      for (const address of stored.emails) {
        for (let length = 2; length <= address.length; length += 1) {
          const typed = address.slice(0, length);
          if (telling(typed)) assert.ok(finds(typed, stored), typed);
        }
      }
      for (const code of stored.codes) {
        for (let length = 2; length <= code.length; length += 1)
          assert.ok(finds(code.slice(0, length), stored), code.slice(0, length));
      }
    }),
    { numRuns: 200 },
  );
});

test('the sieve never holds back a record that fits, whatever is typed', () => {
  const part = fc.constantFrom(
    ..."шев она 24 5 55 500 0012 7 12345678 1234567899 a.b@ o'k@x @m .e - + ( о s ts ій-".split(' '),
  );
  const text = fc.array(
    fc.tuple(part, fc.constantFrom(' ', '', '-', '.')).map((pair) => pair.join('')),
    { minLength: 1, maxLength: 5 },
  );
  const stored: SearchRecord = {
    words: ['Шевчук-Онацький 5-5', 'Онисій 2455', 'Школа 24 500 7'],
    phones: ['+380505550012', '+3725000012'],
    emails: ["o'k@x.example", 'a.b@mail.example'],
    codes: ['12345678', '1234567899'],
  };
  let fitted = 0;
  fc.assert(
    fc.property(text.map((parts) => parts.join('')).filter(telling), (typed) => {
      fitted += finds(typed, stored) ? 1 : 0;
    }),
    { numRuns: 3000 },
  );
  assert.ok(fitted > 100, `only ${fitted} texts fitted`);
});
