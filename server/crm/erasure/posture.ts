/** That the erased stay erased, in the running system. */
import { findHolderIn } from '#crm/records';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import type { ErasureDeps } from './erase-record.ts';
import { listErasedIds } from './erasure-store.ts';

export function erasurePosture(
  { database, journal, kinds }: Pick<ErasureDeps, 'database' | 'journal' | 'kinds'>,
  organizations: () => Promise<string[]>,
): PostureCheck[] {
  return [
    {
      id: 'encryption.erased_stays_erased',
      protection: 4,
      promise: 'Whoever was erased is nowhere again, and a restore cannot bring them back unseen',
      run: async () => {
        const remembered = await journal.read();
        let [erased, back, notRemembered] = [0, 0, 0];
        for (const organizationId of await organizations()) {
          const ours = remembered.filter((one) => one.organizationId === organizationId);
          const known = new Set(ours.map(({ id }) => id));
          await database.read(systemReach(organizationId, 'all'), async (tx) => {
            const kept = await listErasedIds(tx, organizationId);
            notRemembered += kept.filter(({ record_id: id }) => !known.has(id)).length;
            erased += ours.length;
            for (const { kind, id } of ours)
              if ((await findHolderIn(tx, kinds[kind], organizationId, id)) !== undefined) back += 1;
          });
        }
        return { ok: back === 0 && notRemembered === 0, evidence: { erased, back, notRemembered } };
      },
    },
  ];
}
