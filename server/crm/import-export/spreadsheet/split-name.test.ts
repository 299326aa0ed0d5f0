import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { looksLikeFullName, splitName } from './split-name.ts';

const cases: [fullName: string, last: string, first: string, middle: string][] = [
  ['Шевченко Тарас Григорович', 'Шевченко', 'Тарас', 'Григорович'],
  ['Тарас Григорович Шевченко', 'Шевченко', 'Тарас', 'Григорович'],
  ['Taras Shevchenko', 'Shevchenko', 'Taras', ''],
  ['Shevchenko, Taras', 'Shevchenko', 'Taras', ''],
  ['Shevchenko, Taras Hryhorovych', 'Shevchenko', 'Taras', 'Hryhorovych'],
  ['Shevchenko Taras Hryhorovych', 'Shevchenko', 'Taras', 'Hryhorovych'],
  ['Косач Лариса Петрівна', 'Косач', 'Лариса', 'Петрівна'],
  ['Лариса Косач', 'Косач', 'Лариса', ''],
  ['Косач Лариса', 'Косач', 'Лариса', ''],
  ['Тарас Григорович', '', 'Тарас', 'Григорович'],
  ['Адам Мицкевич', 'Мицкевич', 'Адам', ''],
  ['Мицкевич Адам', 'Мицкевич', 'Адам', ''],
  ['Гринкевич Олег Іванович', 'Гринкевич', 'Олег', 'Іванович'],
  ['Іван Петрович Антонович', 'Антонович', 'Іван', 'Петрович'],
  ['Нечуй-Левицький Іван Семенович', 'Нечуй-Левицький', 'Іван', 'Семенович'],
  ['Квітка Основ’яненко Григорій Федорович', 'Квітка Основ’яненко', 'Григорій', 'Федорович'],
  ['Иванов Сергей Алексеевич', 'Иванов', 'Сергей', 'Алексеевич'],
  ['Сергей Иванов', 'Иванов', 'Сергей', ''],
  ['Мамедов Ельчин Алі огли', 'Мамедов', 'Ельчин', 'Алі огли'],
  ['Т. Г. Шевченко', 'Шевченко', 'Т.', 'Г.'],
  ['Шевченко Т. Г.', 'Шевченко', 'Т.', 'Г.'],
  ['Шевченко Т.Г.', 'Шевченко', 'Т.Г.', ''],
  ['John Paul Smith', 'Smith', 'John', 'Paul'],
  ['Тарас', '', 'Тарас', ''],
  ['Шевченко', 'Шевченко', '', ''],
  ['Дар’я Білик', 'Білик', 'Дар’я', ''],
  ["Дар'я Білик", 'Білик', "Дар'я", ''],
  ['ШЕВЧЕНКО ТАРАС ГРИГОРОВИЧ', 'ШЕВЧЕНКО', 'ТАРАС', 'ГРИГОРОВИЧ'],
  ['Невідомка Вигадана', 'Невідомка', 'Вигадана', ''],
  ['  Тарас   Шевченко ', 'Шевченко', 'Тарас', ''],
  ['', '', '', ''],
];

test('the parts of a name are found in each order in which people write them', () => {
  for (const [fullName, lastName, firstName, middleName] of cases) {
    assert.deepEqual(splitName(fullName), { lastName, firstName, middleName }, fullName);
  }
});

test('no word is lost, added or changed', () => {
  const anyWord = fc.constantFrom(
    'Шевченко',
    'Тарас',
    'Григорович',
    'огли',
    'Taras',
    'Петрівна',
    'ФОП',
    '-',
    'x',
    'Т.',
    'де',
    ',',
    'Іван',
  );
  const wordsOf = (text: string) =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .sort();
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(anyWord, { maxLength: 7 }).map((all) => all.join(' ')),
        fc.string({ unit: 'grapheme' }),
      ),
      (fullName) => {
        const { lastName, firstName, middleName } = splitName(fullName);
        assert.deepEqual(wordsOf(`${lastName} ${firstName} ${middleName}`), wordsOf(fullName));
      },
    ),
    { numRuns: 2000 },
  );
});

test('names are told from other words', () => {
  for (const name of ['Шевченко Тарас', 'Taras Shevchenko', 'Вигадана Леокадія Іванівна'])
    assert.ok(looksLikeFullName(name), name);
  for (const other of ['ТОВ «Ромашка»', 'Тарас', 'Луцьк, вул. Тарас 5', 'новий клієнт', ''])
    assert.ok(!looksLikeFullName(other), other);
});
