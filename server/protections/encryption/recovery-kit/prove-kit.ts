/**
 * Making a kit, and proving that it works before it is needed: the sheets are typed back, the keys are put together in memory and
 * compared with those in use. A kit that nobody typed back is a hope.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Database, Transaction } from '#database';
import type { Clock, Secret } from '#kernel';
import { LubartError } from '#kernel';
import type { AuditLog, Doer, Happening } from '#protections/audit-log';
import type { Keyring, OrganizationSeals, RootKeyFile } from '#protections/encryption';
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
  readLogSeed: () => Promise<Secret<Buffer>>;
};

type DoerIn = (organizationId: string) => Doer;

/** What else belongs into the transaction of an entry. */
type Inside = (tx: Transaction, seals: OrganizationSeals) => Promise<void>;

/**
 * The entry first, then what is known of the kit, then the kit: whoever is cut in between has shown nothing, and the kit of before is
 * still the newest. @throws key.kit_split_invalid, key.rotation_runs, and what `inside` throws
 */
export async function makeRecoveryKit(
  deps: KitDeps,
  doerIn: DoerIn,
  needed: number,
  sheets: number,
  inside?: Inside,
): Promise<Kit> {
  const kit = await makeKit(await keysInUse(deps), needed, sheets);
  const { id } = kit;
  const key = deps.rootFile.fingerprint;
  const madeBy = await note(deps, doerIn, { event: 'keys.kit_made', facts: { kit: id, key, needed, sheets } }, inside);
  const made = { id, key, needed, sheets, madeAt: deps.clock.now().toISOString(), madeBy };
  await rememberKit(kitFilePath(deps.rootFile.file), { ...made, provenAt: null, provenBy: null });
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
    const same = (['root', 'looking', 'log'] as const).map((name) =>
      timingSafeEqual(given[name].expose(), mine[name].expose()),
    );
    if (same.includes(false)) throw new LubartError('key.kit_older');
    const provenBy = await note(deps, doerIn, { event: 'keys.kit_proven', facts: { kit: id, key: known.key } });
    await rememberKit(file, { ...known, provenAt: deps.clock.now().toISOString(), provenBy });
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

/** Returns who did it; null for whoever may run commands on this machine. */
async function note(deps: KitDeps, doerIn: DoerIn, happening: Happening, inside?: Inside): Promise<string | null> {
  let by: string | null = null;
  for (const organizationId of await deps.organizations()) {
    const seals = await deps.keyring.of(organizationId);
    const doer = doerIn(organizationId);
    await deps.database.act(systemReach(organizationId), async (tx) => {
      await inside?.(tx, seals);
      await deps.auditLog.record(tx, seals, doer, happening);
    });
    by ??= doer.actor?.personId ?? null;
  }
  return by;
}
