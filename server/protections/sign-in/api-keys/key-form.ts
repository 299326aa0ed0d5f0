/**
 * How the secret of an API key reads: `lubart_`, the organization’s id, `_`, 256 random bits and a checksum. The fixed beginning and
 * the checksum let scanners of repositories and chats find a leaked key without asking us (as GitHub’s tokens do since 2021); letters
 * and digits alone let a double click take it whole. 256 random bits need no slow hash: there is nothing to guess (NIST SP 800-63B-4
 * §3.1.2.2 asks for a slow one below 112 bits).
 */
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isId } from '#kernel';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretBytes = 32;
const secretLength = 43;
const checkLength = 6;
const form = /^lubart_([0-9a-f]{32})_([0-9A-Za-z]{49})$/;
/** How much of the secret lists show: enough to tell keys apart, 220 bits stay unknown. */
export const hintLength = 6;

export type NewSecret = { secret: string; hash: Buffer; hint: string };

export function newSecret(organizationId: string): NewSecret {
  const random = inDigits(BigInt(`0x${randomBytes(secretBytes).toString('hex')}`), secretLength);
  const body = `lubart_${organizationId.replaceAll('-', '')}_${random}`;
  const secret = body + checkOf(body);
  return { secret, hash: hashOf(secret), hint: random.slice(0, hintLength) };
}

/** Undefined when the text is no key: its form or its checksum is wrong. Nothing was asked of the database for it. */
export function readSecret(text: string): { organizationId: string; hash: Buffer } | undefined {
  const [, organization] = form.exec(text) ?? [];
  if (organization === undefined) return undefined;
  if (checkOf(text.slice(0, -checkLength)) !== text.slice(-checkLength)) return undefined;
  const organizationId = organization.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return isId(organizationId) ? { organizationId, hash: hashOf(text) } : undefined;
}

/** The key is found by its hash, so how long the search takes says nothing about the secret. */
const hashOf = (secret: string) => createHash('sha256').update(secret).digest();
const checkOf = (text: string) => inDigits(BigInt(crc32(text)), checkLength);

function inDigits(number: bigint, length: number): string {
  let text = '';
  for (let rest = number; text.length < length; rest /= 62n) text = digits[Number(rest % 62n)]! + text;
  return text;
}
