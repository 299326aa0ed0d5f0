import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isEdrpou, isRnokpp, parseEdrpou } from './edrpou.ts';

test('the check digit of ЄДРПОУ, worked by hand', () => {
  // 1·1+2·2+3·3+4·4+5·5+6·6+7·7 = 140 = 12·11 + 8
  assert.ok(isEdrpou('12345678'));
  // between 30 and 60 million the weights turn: 4·7+5·1+6·2+7·3+8·4+9·5+0·6 = 143 = 13·11 + 0
  assert.ok(isEdrpou('45678900'));
  // 3·7 = 21 = 11 + 10, so once more with heavier weights: 3·9 = 27 = 2·11 + 5
  assert.ok(isEdrpou('00000035'));
  assert.ok(!isEdrpou('00000030'));
});

test('a remainder of ten twice gives check digit 0', () => {
  const weigh = (digits: readonly number[], raise: number): number =>
    digits.reduce((sum, digit, at) => sum + digit * (at + 1 + raise), 0) % 11;
  let seen = 0;
  for (let number = 1_000_000; number < 1_100_000 && seen < 20; number += 1) {
    const digits = String(number).split('').map(Number);
    if (weigh(digits, 0) !== 10 || weigh(digits, 2) !== 10) continue;
    seen += 1;
    assert.ok(isEdrpou(`${number}0`), String(number));
    assert.ok(!isEdrpou(`${number}1`));
  }
  assert.equal(seen, 20);
});

test('every seven digits have exactly one check digit, so any one mistyped last digit is caught', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999 }), (number) => {
      const body = String(number).padStart(7, '0');
      const right = '0123456789'.split('').filter((digit) => isEdrpou(body + digit));
      assert.equal(right.length, 1);
    }),
  );
});

test('the check digit of РНОКПП, worked by hand', () => {
  // −1·1+5·2+7·3+9·4+4·5+6·6+10·7+5·8+7·9 = 295 = 26·11 + 9
  assert.ok(isRnokpp('1234567899'));
  assert.ok(!isRnokpp('1234567890'));
  // −9 is 2 modulo 11
  assert.ok(isRnokpp('9000000002'));
});

test('spaces go, everything else is refused', () => {
  assert.equal(parseEdrpou(' 1234 5678 '), '12345678');
  assert.equal(parseEdrpou('1234567899'), '1234567899');
  for (const text of [
    '',
    '1234567',
    '12345679',
    '123456789',
    '１２３４５６７８',
    '00000000',
    '0000000000',
    'x'.repeat(9999),
  ]) {
    assert.equal(parseEdrpou(text), null, text.slice(0, 20));
  }
});
