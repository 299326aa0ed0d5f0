/**
 * A retired key is destroyed when nothing needs it: no value in the database carries its mark, no entry of the log does, and so much time
 * has passed that nothing sealed by it can still be on its way. Until then it opens and seals nothing.
 */
import { systemDoer } from '#protections/audit-log';
import { destroyKey, systemReach } from '#protections/encryption';
import { about, nameOfMark } from './begin-rotation.ts';
import type { RotationDeps } from './rotation-deps.ts';
import type { KeyHistoryRow } from './rotation-store.ts';
import { countUnderOthers, isNeededByLog, listRotations, readKeyHistory } from './rotation-store.ts';

export const currentOf = (keys: readonly KeyHistoryRow[], purpose: KeyHistoryRow['purpose']): KeyHistoryRow =>
  keys.find((key) => key.purpose === purpose && key.current_at !== null && key.retired_at === null)!;

/** Leases for which a retired key is kept at least: whatever was sealed by it is committed or given up by then. */
const leasesKept = 30;
const hour = 3_600_000;

export async function destroyUnneeded(deps: RotationDeps, organizationId: string): Promise<void> {
  const { database, keyring, clock } = deps;
  const reach = systemReach(organizationId, 'all');
  const { keys, running } = await database.read(reach, async (tx) => ({
    keys: await readKeyHistory(tx, organizationId),
    running: (await listRotations(tx, organizationId)).filter((row) => row.finished_at === null),
  }));
  const enough = clock.now().getTime() - leasesKept * keyring.pace.leaseMillis;
  const seals = await keyring.of(organizationId);
  for (const key of keys) {
    const { id, purpose, retired_at: retiredAt, destroyed_at: destroyedAt } = key;
    if (retiredAt === null || destroyedAt !== null || retiredAt.getTime() > enough) continue;
    const kind = purpose === 'index' ? 'index' : 'organization';
    if (running.some((row) => row.kind === kind)) continue;
    const oldest = keys.findLast((other) => other.purpose === 'sealing')!.id === id;
    await database.act(reach, async (tx) => {
      if (purpose === 'sealing') {
        const lived = { from: key.created_at, to: new Date(retiredAt.getTime() + hour) };
        if (await isNeededByLog(tx, organizationId, { mark: key.mark, unmarked: oldest, ...lived })) return;
        // Whatever the current key did not seal may need this one, also what carries no mark.
        if ((await countUnderOthers(tx, organizationId, currentOf(keys, 'sealing').mark)) > 0) return;
      } else {
        const { mark } = currentOf(keys, 'index');
        for (const one of deps.indexed) if ((await one.countByOtherKeys(tx, organizationId, mark)) > 0) return;
      }
      await destroyKey(tx, organizationId, id, clock.now());
      const what = about('keys.destroyed', kind, { mark: nameOfMark(key.mark) });
      await deps.auditLog.record(tx, seals, systemDoer(organizationId), what);
    });
  }
  await keyring.refresh();
}
