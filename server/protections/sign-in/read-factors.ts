/** Which second factors a person has. */
import type { FactorKind } from '#contract';
import type { Transaction } from '#database';
import type { Holder } from './sign-in-store.ts';

/** Strongest first, as they are offered. */
export async function readFactorKinds(tx: Transaction, { organizationId, personId }: Holder): Promise<FactorKind[]> {
  const [row] = await tx<{ totp: boolean; passkey: boolean; recovery: boolean }[]>`
    SELECT
      EXISTS (SELECT 1 FROM passkeys
        WHERE organization_id = ${organizationId} AND person_id = ${personId}) AS passkey,
      EXISTS (SELECT 1 FROM authenticators
        WHERE organization_id = ${organizationId} AND person_id = ${personId}) AS totp,
      EXISTS (SELECT 1 FROM recovery_codes
        WHERE organization_id = ${organizationId} AND person_id = ${personId} AND used_at IS NULL) AS recovery`;
  return (['passkey', 'totp', 'recovery'] as const).filter((kind) => row![kind]);
}
