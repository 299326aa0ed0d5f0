/**
 * Making a kit, and proving that it works before it is needed: the sheets are typed back, the keys are put together in memory and
 * compared with those in use. A kit that nobody typed back is a hope.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { AuditLog, Doer, Happening } from '#protections/audit-log';
import type { Keyring, RootKeyFile } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { kitFilePath, readKnownKit, rememberKit } from './kit-file.ts';
import type { Kit, KitKeys } from './kit.ts';
import { makeKit, openKit } from './kit.ts';

export type KitDeps = {
  database: Database;
  keyring: Keyring;
  rootFile: RootKeyFile;
  auditLog: AuditLog;
  clock: Clock;
  organizations: () => Promise<string[]>;
  /** The seed that signs the log. */
  readLogSeed: () => Promise<Buffer>;
};

type DoerIn = (organizationId: string) => Doer;

/** @throws key.kit_split_invalid, key.rotation_runs */
export async function makeRecoveryKit(deps: KitDeps, doerIn: DoerIn, needed: number, sheets: number): Promise<Kit> {
  const kit = await makeKit(await keysInUse(deps), needed, sheets);
  const { id } = kit;
  const known = { id, key: deps.rootFile.fingerprint, needed, sheets, madeAt: deps.clock.now().toISOString() };
  await rememberKit(kitFilePath(deps.rootFile.file), { ...known, provenAt: null });
  await note(deps, doerIn, { event: 'keys.kit_made', facts: { kit: id, key: known.key, needed, sheets } });
  return kit;
}

/** @throws key.kit_unreadable, key.kit_mixed, key.kit_too_few, key.kit_wrong, key.kit_older, after the failure was recorded */
export async function proveRecoveryKit(deps: KitDeps, doerIn: DoerIn, typed: string): Promise<{ id: string }> {
  try {
    const { id, ...given } = await openKit(typed);
    const file = kitFilePath(deps.rootFile.file);
    const known = await readKnownKit(file);
    if (known === null || known.id !== id) throw new LubartError('key.kit_older');
    const mine = await keysInUse(deps);
    const same = (['root', 'looking', 'log'] as const).map((name) => timingSafeEqual(given[name], mine[name]));
    if (same.includes(false)) throw new LubartError('key.kit_older');
    await rememberKit(file, { ...known, provenAt: deps.clock.now().toISOString() });
    await note(deps, doerIn, { event: 'keys.kit_proven', facts: { kit: id, key: known.key } });
    return { id };
  } catch (error) {
    if (error instanceof LubartError)
      await note(deps, doerIn, { event: 'keys.kit_not_proven', facts: { reason: error.code } });
    throw error;
  }
}

async function keysInUse({ rootFile, readLogSeed }: KitDeps): Promise<KitKeys> {
  await rootFile.reload();
  if (rootFile.fingerprints.length > 1) throw new LubartError('key.rotation_runs');
  return { ...rootFile.forKit(), log: await readLogSeed() };
}

async function note(deps: KitDeps, doerIn: DoerIn, happening: Happening): Promise<void> {
  for (const organizationId of await deps.organizations()) {
    const seals = await deps.keyring.of(organizationId);
    await deps.database.act(systemReach(organizationId), (tx) =>
      deps.auditLog.record(tx, seals, doerIn(organizationId), happening),
    );
  }
}
