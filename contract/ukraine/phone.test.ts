import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePhone } from './phone-abroad.ts';
import { formatPhone, maskPhone, parseUkrainianPhone } from './phone.ts';

test('a Ukrainian number is read in every usual spelling', () => {
  for (const text of [
    '+380500000001',
    '380500000001',
    '0500000001',
    '80500000001',
    '500000001',
    '00380500000001',
    '+38 050 000-00-01',
    '+38(050)000-00-01',
    '8 (050) 000 00 01',
    '(050) 000.00.01',
    '050/0000001',
    '+380 (0) 50 000 00 01',
    '+3 8050 0000001',
    'тел. 050 000 00 01',
    'Моб: 0500000001',
    '\u202a+380500000001\u202c',
    '050 000 00 01',
    '050–000–00–01',
    '380500000001.0',
    '+380_50_000_00_01',
  ]) {
    assert.deepEqual(parseUkrainianPhone(text), { number: '+380500000001' }, text);
    assert.deepEqual(parsePhone(text), { number: '+380500000001' }, text);
  }
});

test('an extension is told apart from the number', () => {
  for (const text of [
    '044 200 00 01 дод. 12',
    '0442000001 вн.12',
    '(044) 200-00-01 (внутр. 12)',
    '+380442000001 ext 12',
    '0442000001x12',
  ]) {
    assert.deepEqual(parsePhone(text), { number: '+380442000001', extension: '12' }, text);
  }
});

test('numbers of other countries need their code', () => {
  assert.deepEqual(parsePhone('+48 500 000 001'), { number: '+48500000001' });
  assert.deepEqual(parsePhone('0048500000001'), { number: '+48500000001' });
  assert.deepEqual(parsePhone('48500000001'), { number: '+48500000001' });
  assert.deepEqual(parsePhone('tel:+1-202-555-0123'), { number: '+12025550123' });
  assert.equal(parseUkrainianPhone('+48 500 000 001'), null);
});

test('what is no phone is null, never an error', () => {
  for (const text of [
    '',
    '12345',
    '+380 00 000 00 01',
    '+38050000000',
    '05000000012',
    'Олена',
    '3.80501E+11',
    '++380500000001',
    '=1+1',
    '0'.repeat(12),
    '+',
    '050 000 00 01, 067 000 11 22',
    'x'.repeat(100_000),
  ]) {
    assert.equal(parsePhone(text), null, text.slice(0, 30));
  }
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => void parsePhone(text)));
});

test('whatever is shown is read back as the same number', () => {
  const national = fc.tuple(
    fc.constantFrom('39', '44', '50', '67', '73', '93'),
    fc.integer({ min: 0, max: 9_999_999 }),
  );
  fc.assert(
    fc.property(national, ([operator, rest]) => {
      const number = `+380${operator}${String(rest).padStart(7, '0')}`;
      assert.deepEqual(parsePhone(formatPhone(number)), { number });
    }),
  );
});

test('numbers are shown in groups, and what is no number as it is', () => {
  assert.equal(formatPhone('+380500000001'), '+380 50 000 00 01');
  assert.equal(formatPhone('+48500000001'), '+48 500 000 001');
  assert.equal(formatPhone('+12025550123'), '+1 202 555 0123');
  assert.equal(formatPhone('+4930123456'), '+49 301 234 56');
  assert.equal(formatPhone('12'), '12');
});

test('a mask shows the operator and two digits, and nothing of what it cannot read', () => {
  assert.equal(maskPhone('+380500000001'), '+380 50 ··· ·· 01');
  assert.equal(maskPhone('+48500000001'), '+48 ··· ··· 01');
  assert.equal(maskPhone('0500000001'), '···');
});
