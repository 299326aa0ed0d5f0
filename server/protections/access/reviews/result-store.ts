/** The only SQL on the table review_results. */
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';

const place = (campaignId: string) => `review_results/${campaignId}/sealed`;

export type StoredResult = { document: string; keyId: string; signature: Buffer; signedAt: Date };

export async function insertResult(
  tx: Transaction,
  seals: OrganizationSeals,
  result: { campaignId: string; keyId: string; document: Buffer; signature: Buffer; at: Date },
): Promise<void> {
  const { campaignId, keyId, signature, at } = result;
  const sealed = seals.seal(place(campaignId), result.document.toString('utf8'));
  await tx`
    INSERT INTO review_results (organization_id, campaign_id, key_id, sealed, signature, signed_at)
    VALUES (${seals.organizationId}, ${campaignId}, ${keyId}, ${sealed}, ${signature}, ${at})`;
}

export async function findResult(
  tx: Transaction,
  seals: OrganizationSeals,
  campaignId: string,
): Promise<StoredResult | undefined> {
  const [row] = await tx<{ key_id: string; sealed: Buffer; signature: Buffer; signed_at: Date }[]>`
    SELECT key_id, sealed, signature, signed_at FROM review_results
    WHERE organization_id = ${seals.organizationId} AND campaign_id = ${campaignId}`;
  if (row === undefined) return undefined;
  const document = seals.open<string>(place(campaignId), row.sealed);
  return { document, keyId: row.key_id, signature: row.signature, signedAt: row.signed_at };
}
