/** The only SQL on the table leavings. */
import type { LeavingCertificateView, LeavingStepName } from '#contract';
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import type { Owned } from './leaving-step.ts';

export type CertificateStep = { name: LeavingStepName; count: number; at: string };
/** What `leavings.sealed` holds: names as they were on that day. */
type LeavingSecret = Pick<LeavingCertificateView, 'personName' | 'byName' | 'heirs'>;

const place = (id: string) => `leavings/${id}/sealed`;

export async function insertLeaving(
  tx: Transaction,
  seals: OrganizationSeals,
  leaving: {
    id: string;
    personId: string;
    doneBy: string;
    at: Date;
    numbers: { steps: readonly CertificateStep[] } & Owned;
    secret: LeavingSecret;
  },
): Promise<void> {
  await tx`
    INSERT INTO leavings (organization_id, id, person_id, done_by, at, numbers, sealed)
    VALUES (${seals.organizationId}, ${leaving.id}, ${leaving.personId}, ${leaving.doneBy}, ${leaving.at},
      ${JSON.stringify(leaving.numbers)}::text::jsonb, ${seals.seal(place(leaving.id), leaving.secret)})`;
}

/** The last certificate about the person. */
export async function findLeaving(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
): Promise<LeavingCertificateView | undefined> {
  const [row] = await tx<{ id: string; at: Date; numbers: { steps: CertificateStep[] } & Owned; sealed: Buffer }[]>`
    SELECT id, at, numbers, sealed FROM leavings
    WHERE organization_id = ${seals.organizationId} AND person_id = ${personId} ORDER BY id DESC LIMIT 1`;
  if (row === undefined) return undefined;
  const secret = seals.open<LeavingSecret>(place(row.id), row.sealed);
  return { id: row.id, personId, at: row.at.toISOString(), ...row.numbers, ...secret };
}
