/** What the page and the command show: which keys there are, how old, what runs and what it proved. */
import type { KeysViewValue } from '#contract';
import { systemReach } from '#protections/encryption';
import { nameOfMark } from './begin-rotation.ts';
import type { RotationDeps } from './rotation-deps.ts';
import { listRotations, readKeyHistory } from './rotation-store.ts';

export async function viewKeys(deps: RotationDeps, organizationId: string): Promise<KeysViewValue> {
  const { keys, rotations } = await deps.database.read(systemReach(organizationId), async (tx) => ({
    keys: await readKeyHistory(tx, organizationId),
    rotations: await listRotations(tx, organizationId),
  }));
  const rootSince =
    rotations.find((row) => row.kind === 'root' && row.to_key === deps.rootFile.fingerprint)?.started_at ??
    keys.at(-1)!.created_at;
  return {
    root: { name: deps.rootFile.fingerprint, since: rootSince.toISOString(), keeper: deps.rootFile.keptBy },
    keys: keys.map((key) => ({
      kind: key.purpose === 'index' ? 'index' : 'organization',
      name: nameOfMark(key.mark),
      createdAt: key.created_at.toISOString(),
      currentAt: key.current_at?.toISOString() ?? null,
      retiredAt: key.retired_at?.toISOString() ?? null,
      destroyedAt: key.destroyed_at?.toISOString() ?? null,
    })),
    rotations: rotations.map((row) => ({
      kind: row.kind,
      from: row.from_key,
      to: row.to_key,
      startedAt: row.started_at.toISOString(),
      pausedAt: row.paused_at?.toISOString() ?? null,
      finishedAt: row.finished_at?.toISOString() ?? null,
      total: row.total,
      done: row.done,
      remaining: row.remaining,
    })),
  };
}
