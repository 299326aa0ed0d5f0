/** What people type becomes what is kept: normalised once and for all, refused with its place, never silently cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LubartError } from '#kernel';
import { companyKind, contactKind } from './kind.ts';
import { normaliseFields } from './normalise-fields.ts';

const refusalOf = (fields: Record<string, unknown>, kind = contactKind) => {
  try {
    normaliseFields(kind, fields, 'changes');
    return null;
  } catch (error) {
    if (error instanceof LubartError) return [error.code, error.field];
    throw error;
  }
};
const clean = (fields: Record<string, unknown>, kind = contactKind) => normaliseFields(kind, fields, '');

test('whatever text is typed, what is kept is one line, composed, and stays what it is when typed again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const { lastName } = clean({ lastName: text }) as { lastName: string };
      assert.equal(lastName, lastName.normalize('NFC').trim());
      assert.ok(!/[\p{Cc}\n\r\u2028\u2029]|\s\s/u.test(lastName), JSON.stringify(lastName));
      assert.ok(lastName.isWellFormed());
      assert.deepEqual(clean({ lastName }), { lastName });
    }),
  );
});

test('every normalised record is a fixed point: what was kept can be sent back unchanged', () => {
  const phone = fc
    .integer({ min: 0, max: 99 })
    .map((n) => ({ number: `050 000 00 ${String(n).padStart(2, '0')}`, label: ' моб ' }));
  const email = fc.stringMatching(/^[a-z]{1,8}$/).map((name) => ({ address: ` ${name}@Firma.example `, label: '' }));
  const fields = fc.record({
    notes: fc.string({ maxLength: 200 }),
    phones: fc.array(phone, { maxLength: 10 }),
    emails: fc.array(email, { maxLength: 10 }),
    tags: fc.array(fc.string({ maxLength: 20 }), { maxLength: 30 }),
    birthday: fc.constantFrom(null, '', '1990-02-28', '2024-02-29'),
    stage: fc.constantFrom('new', 'customer'),
  });
  fc.assert(
    fc.property(fields, (given) => {
      const once = clean(given);
      assert.deepEqual(clean(once), once);
      assert.equal(
        new Set((once['phones'] as { number: string }[]).map(({ number }) => number)).size,
        (once['phones'] as unknown[]).length,
      );
    }),
  );
});

test('texts up to the limit are taken, one character more is refused by its place', () => {
  for (const [name, max] of [
    ['lastName', 100],
    ['companyName', 300],
    ['notes', 10_000],
  ] as const) {
    for (const letter of ['а', '😀']) {
      assert.equal(refusalOf({ [name]: letter.repeat(max - 1) }), null);
      assert.equal(refusalOf({ [name]: letter.repeat(max) }), null);
      assert.deepEqual(refusalOf({ [name]: letter.repeat(max + 1) }), ['field.too_long', `changes.${name}`]);
    }
  }
});

test('lists up to the limit are taken, one entry more is refused, none is silently dropped', () => {
  const phones = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ number: `+38050000${String(1000 + at)}` }));
  const tags = (count: number) => Array.from({ length: count }, (_, at) => `мітка ${at}`);
  assert.equal(refusalOf({ phones: phones(10) }), null);
  assert.deepEqual(refusalOf({ phones: phones(11) }), ['field.too_many', 'changes.phones']);
  assert.equal(refusalOf({ tags: tags(30) }), null);
  assert.deepEqual(refusalOf({ tags: tags(31) }), ['field.too_many', 'changes.tags']);
  assert.deepEqual(refusalOf({ tags: ['x'.repeat(61)] }), ['field.too_long', 'changes.tags.0']);
  assert.equal(
    (clean({ phones: [...phones(10), ...phones(10)] })['phones'] as unknown[]).length,
    10,
    'repeated ones are one',
  );
});

test('what is not a phone, an e-mail, a code, a day or a choice is refused by its place', () => {
  for (const [fields, code, field] of [
    [{ phones: [{ number: '+380500000012' }, { number: '12' }] }, 'field.phone_invalid', 'changes.phones.1.number'],
    [{ emails: [{ address: 'firma.example' }] }, 'field.email_invalid', 'changes.emails.0.address'],
    [{ birthday: '2023-02-29' }, 'field.date_invalid', 'changes.birthday'],
    [{ birthday: '2023-13-01' }, 'field.date_invalid', 'changes.birthday'],
    [{ birthday: '0000-01-01' }, 'field.date_invalid', 'changes.birthday'],
    [{ stage: 'bought' }, 'field.unknown_choice', 'changes.stage'],
    [{ legalBasis: '' }, 'field.unknown_choice', 'changes.legalBasis'],
    [{ nothing: 1 }, 'request.invalid', 'changes.nothing'],
  ] as const) {
    assert.deepEqual(refusalOf(fields), [code, field]);
  }
  assert.deepEqual(refusalOf({ edrpou: '12345679' }, companyKind), ['field.edrpou_invalid', 'changes.edrpou']);
});

test('blank entries of lists are left out; a site gets its scheme, a script no way in', () => {
  assert.deepEqual(clean({ phones: [{ number: ' ' }], emails: [{ address: '' }], tags: [' ', ''] }), {
    phones: [],
    emails: [],
    tags: [],
  });
  const site = (text: string) => clean({ site: text }, companyKind)['site'];
  assert.equal(site('firma.example'), 'https://firma.example');
  assert.equal(site('HTTP://firma.example/a'), 'HTTP://firma.example/a');
  assert.equal(site('firma.example:8080'), 'https://firma.example:8080');
  for (const bad of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    ' java\u0000script:alert(1)',
  ])
    assert.equal(site(bad), '', bad);
});

test('an amount is kept to the kopiyka however it is written, and what is none is refused', () => {
  const written = {
    '12500': '12500.00',
    '12 500,5 грн': '12500.50',
    '12\u00a0500.05 ₴': '12500.05',
    '1.200,00': '1200.00',
    '12,500': '12500.00',
    '007': '7.00',
    '0,99': '0.99',
    '999999999999.99': '999999999999.99',
  };
  for (const [text, amount] of Object.entries(written)) {
    assert.deepEqual(clean({ expectedAmount: text }), { expectedAmount: amount }, text);
    assert.deepEqual(clean({ expectedAmount: amount }), { expectedAmount: amount });
  }
  for (const none of ['', '  ', null]) assert.deepEqual(clean({ expectedAmount: none }), { expectedAmount: null });
  for (const text of ['-5', '1e9', 'багато', '1.2.3', '12,5000', '1000000000000', 'NaN', '0x10', '5 USD'])
    assert.deepEqual(refusalOf({ expectedAmount: text }), ['field.amount_invalid', 'changes.expectedAmount'], text);
});
