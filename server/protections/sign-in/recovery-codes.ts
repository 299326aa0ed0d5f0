/**
 * Recovery codes: ten, each good once, for the day the phone is lost. Kept as a keyed hash bound to the organization and the
 * person: without the root key a stolen table cannot be searched, and a hash moved to another person matches nothing.
 */
import { randomInt } from 'node:crypto';
import type { Transaction } from '#database';
import type { RootKey } from '#protections/encryption';

export const recoveryCodesCount = 10;
/** Without I, L, O and U, which are misread (Crockford’s base 32); 10 letters are 50 bits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 10;

type Holder = { organizationId: string; personId: string };

/** Replaces the person’s codes by ten new ones and returns them, as “XXXXX-XXXXX”; they are never seen again. */
export async function makeRecoveryCodes(tx: Transaction, root: RootKey, holder: Holder): Promise<string[]> {
  const { organizationId, personId } = holder;
  const codes = new Set<string>();
  while (codes.size < recoveryCodesCount) {
    codes.add(Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join(''));
  }
  await tx`DELETE FROM recovery_codes WHERE organization_id = ${organizationId} AND person_id = ${personId}`;
  const rows = [...codes].map((code) => ({
    organization_id: organizationId,
    person_id: personId,
    code_hash: hashOf(root, holder, code),
  }));
  await tx`INSERT INTO recovery_codes ${tx(rows, 'organization_id', 'person_id', 'code_hash')}`;
  return [...codes].map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
}

/** Spends a recovery code; the same statement finds and spends it, so two requests cannot both. */
export async function spendRecoveryCode(
  tx: Transaction,
  root: RootKey,
  holder: Holder,
  given: { code: string; at: Date },
): Promise<'accepted' | 'wrong' | 'used'> {
  const { organizationId, personId } = holder;
  const hash = hashOf(root, holder, given.code);
  const spent = await tx`
    UPDATE recovery_codes SET used_at = ${given.at}
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND code_hash = ${hash} AND used_at IS NULL
    RETURNING person_id`;
  if (spent.length === 1) return 'accepted';
  const known = await tx`
    SELECT 1 FROM recovery_codes
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND code_hash = ${hash}`;
  return known.length === 1 ? 'used' : 'wrong';
}

/** What was typed at the second step: six digits, or a recovery code in any spelling; null when it can be neither. */
export function readCode(text: string): { kind: 'totp' | 'recovery'; code: string } | null {
  const plain = text
    .toUpperCase()
    .replace(/[\s-]+/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (/^\d{6}$/.test(plain)) return { kind: 'totp', code: plain };
  const isRecovery = plain.length === codeLength && [...plain].every((letter) => alphabet.includes(letter));
  return isRecovery ? { kind: 'recovery', code: plain } : null;
}

const hashOf = (root: RootKey, { organizationId, personId }: Holder, code: string) =>
  root.token(`recovery code ${organizationId} ${personId}`, code);
