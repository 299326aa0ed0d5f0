import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskEmail, parseEmail } from './email.ts';

test('an address is trimmed and its domain goes to lower case', () => {
  assert.equal(parseEmail('  Olena.Koval@Promin.EXAMPLE '), 'Olena.Koval@promin.example');
  assert.equal(parseEmail('mailto:olena+crm@mail.promin.example'), 'olena+crm@mail.promin.example');
  assert.equal(parseEmail('<olena@promin.example>'), 'olena@promin.example');
  assert.equal(parseEmail('олена@промінь.укр'), 'олена@промінь.укр');
  assert.equal(parseEmail('o@xn--e1aybc.example'), 'o@xn--e1aybc.example');
});

test('limits of RFC 5321 hold at their edges', () => {
  const domain = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(53)}.example`;
  assert.equal(domain.length, 63 + 1 + 63 + 1 + 53 + 8);
  assert.notEqual(parseEmail(`${'l'.repeat(64)}@${domain}`), null);
  assert.equal(`${'l'.repeat(64)}@${domain}`.length, 254);
  assert.equal(parseEmail(`${'l'.repeat(64)}@${domain.replace('c.', 'cc.')}`), null, '255 octets');
  assert.notEqual(parseEmail(`${'l'.repeat(64)}@promin.example`), null);
  assert.equal(parseEmail(`${'l'.repeat(65)}@promin.example`), null);
  assert.notEqual(parseEmail(`o@${'a'.repeat(63)}.example`), null);
  assert.equal(parseEmail(`o@${'a'.repeat(64)}.example`), null);
});

test('what is no address is null', () => {
  for (const text of [
    '',
    '@',
    'olena',
    'olena@',
    '@promin.example',
    'olena@promin',
    'a@b@promin.example',
    'ole na@promin.example',
    '.o@promin.example',
    'o.@promin.example',
    'o..k@promin.example',
    'o@-promin.example',
    'o@promin-.example',
    'o@promin..example',
    'o@192.0.2.1',
    'o@promin.example\r\nBcc: x@y.example',
    '"o k"@promin.example',
    'o@promin.e',
    'a'.repeat(1_000_000),
  ]) {
    assert.equal(parseEmail(text), null, text.slice(0, 40));
  }
});

test('a mask keeps two initials and the last label, and tells no length', () => {
  assert.equal(maskEmail('olena@promin.example'), 'o···@p···.example');
  assert.equal(maskEmail('o@promin.example'), 'o···@p···.example');
  assert.equal(maskEmail('олена@промінь.укр'), 'о···@п···.укр');
  assert.equal(maskEmail('nothing'), '···');
});
