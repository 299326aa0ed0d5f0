import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareNames, orderKey } from './order.ts';

const alphabet = 'абвгґдеєжзиіїйклмнопрстуфхцчшщьюя';

test('keys compared by code units give the Ukrainian alphabet', () => {
  const letters = alphabet.split('');
  assert.deepEqual(
    letters.toSorted((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1)),
    letters,
  );
  assert.deepEqual(letters.toReversed().toSorted(compareNames), letters);
});

test('gaps, digits, Cyrillic, Latin, other scripts; small before capital; apostrophes and quotes do not count', () => {
  const sorted = [
    '',
    '1 Травня',
    '12 Травня',
    '2-га лікарня',
    'Аня',
    'Ван',
    'Ван Гог',
    'Ванда',
    'Гавриш',
    'Ґава',
    'Ева',
    'Єва',
    'Ива',
    'Іва',
    'Їва',
    'Йва',
    'мар',
    'Мар',
    "Мар'ян",
    "Мар'яна",
    'Маряна',
    'ОГО',
    'ТОВ «Альфа»',
    'ТОВ Бета',
    'Юрій',
    'Яна',
    'Adam',
    'Łukasz',
    'Zoe',
    'Ωmega',
    '中',
  ];
  const shuffled = sorted.map((name, at) => [(at * 7919) % 31, name] as const).toSorted((a, b) => a[0] - b[0]);
  assert.deepEqual(shuffled.map(([, name]) => name).toSorted(compareNames), sorted);
  for (const [at, name] of sorted.slice(1).entries()) assert.ok(orderKey(sorted[at]!) <= orderKey(name), name);
});

test('й and ї are letters also when written in two characters', () => {
  assert.equal(orderKey('Йосип'.normalize('NFD')), orderKey('Йосип'));
  assert.ok(compareNames('Їжак'.normalize('NFD'), 'Інна') > 0);
  assert.ok(compareNames('й'.normalize('NFD'), 'і') > 0);
});

test('comparing names is the order of their keys, whatever they are', () => {
  const piece = fc.constantFrom(...`${alphabet}АЯІЇЙйZabz09 -’'«»ßł`.split(''), '\u0306', '\u0301', '中', '😀');
  const name = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  fc.assert(
    fc.property(name, name, (a, b) => {
      const [keyA, keyB] = [orderKey(a), orderKey(b)];
      const expected = keyA === keyB ? (a < b ? -1 : a > b ? 1 : 0) : keyA < keyB ? -1 : 1;
      assert.equal(Math.sign(compareNames(a, b)), expected);
      assert.equal(Math.sign(compareNames(b, a)) + expected, 0);
    }),
    { numRuns: 1500 },
  );
});
