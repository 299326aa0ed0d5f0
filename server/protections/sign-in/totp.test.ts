import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret, TOTP, URI } from 'otpauth';
import { manualKey, newTotpSecret, otpauthUri, stepOfCode } from './totp.ts';

/** RFC 6238, appendix B, SHA-1: its codes have 8 digits, the last six are the code of 6. */
const vectors: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];
const rfcSecret = Secret.fromUTF8('12345678901234567890').base32;

test('the codes of RFC 6238 are known, at their step', () => {
  for (const [seconds, code] of vectors) {
    assert.equal(stepOfCode(rfcSecret, code, new Date(seconds * 1000)), Math.floor(seconds / 30), code);
  }
});

test('a code is known one step early and one step late, not two', () => {
  const [seconds, code] = vectors[3]!;
  const step = Math.floor(seconds / 30);
  const startOf = (at: number) => new Date(at * 30_000);
  const endOf = (at: number) => new Date(at * 30_000 + 29_999);
  const table: [Date, number | null][] = [
    [endOf(step - 2), null],
    [startOf(step - 1), step],
    [startOf(step), step],
    [endOf(step + 1), step],
    [startOf(step + 2), null],
  ];
  for (const [at, expected] of table) assert.equal(stepOfCode(rfcSecret, code, at), expected, at.toISOString());
});

test('what is not six digits is no code', () => {
  for (const code of ['', '28708', '2870820', 'abcdef', '２８７０８２', '28 708']) {
    assert.equal(stepOfCode(rfcSecret, code, new Date(59_000)), null, code);
  }
});

test('the QR address says all that an app must know, whatever the company is called', () => {
  const secret = newTotpSecret();
  const read = URI.parse(otpauthUri(secret, 'ТОВ «Вежа: Захід»', 'olena@vezha.example')) as TOTP;
  assert.ok(read instanceof TOTP);
  assert.deepEqual([read.secret.base32, read.digits, read.period, read.algorithm], [secret, 6, 30, 'SHA1']);
  assert.equal(read.label, 'olena@vezha.example');
  assert.equal(secret.length, 32, '160 bits');
  assert.equal(manualKey(secret).replaceAll(' ', ''), secret);
  assert.match(manualKey(secret), /^(\w{4} ){7}\w{4}$/);
});
