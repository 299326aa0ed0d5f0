/**
 * Passwords for files that leave. Nobody chooses them: a file can be tried for years, so it takes more than people make up. Twenty
 * characters of thirty-one are 99 bits; none is taken for another when read out (no 0/o, 1/i/l).
 */
import { randomInt } from 'node:crypto';

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const groups = 5;
const groupLength = 4;

/** `k7mf-2xqp-…`: dashes are part of it. */
export function makeFilePassword(): string {
  const group = () => Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: groups }, group).join('-');
}
