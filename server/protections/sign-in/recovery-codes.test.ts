import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCode } from './recovery-codes.ts';

test('a code is read in every spelling people use', () => {
  const table: [string, ReturnType<typeof readCode>][] = [
    ['287082', { kind: 'totp', code: '287082' }],
    ['287 082', { kind: 'totp', code: '287082' }],
    ['ABCDE-12345', { kind: 'recovery', code: 'ABCDE12345' }],
    ['abcde 12345', { kind: 'recovery', code: 'ABCDE12345' }],
    ['oilde-12345', { kind: 'recovery', code: '011DE12345' }],
    ['ABCDE-1234', null],
    ['ABCDE-123456', null],
    ['2870821', null],
    ['UUUUU-UUUUU', null],
    ['', null],
    ['АВСDE-12345', null],
  ];
  for (const [text, expected] of table) assert.deepEqual(readCode(text), expected, text);
});
