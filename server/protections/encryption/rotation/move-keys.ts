/**
 * The root key file is given to another keeper: the same keys, closed anew. The file is replaced whole, so that whoever is killed in the
 * middle finds the old one or the new one; what else is wrapped by the root key does not notice. Noted before, recorded after.
 */
import type { Doer } from '#protections/audit-log';
import type { Keeper, KeeperKind } from '#protections/encryption';
import { noteKeyAct, noteRefusal, recordKeyActs } from './key-acts.ts';
import type { RotationDeps } from './rotation-deps.ts';

/** @throws start.keys_locked, start.keys_not_opened, start.keys_keeper_…, start.keys_token_missing, start.keys_pin_…, key.passphrase_weak */
export async function moveKeys(
  deps: RotationDeps,
  doer: Pick<Doer, 'address' | 'device'>,
  to: 'file' | { by: Exclude<KeeperKind, 'file'>; keeper: Keeper },
): Promise<void> {
  const { rootFile } = deps;
  const facts = { from: rootFile.keptBy, to: to === 'file' ? to : to.by, key: rootFile.fingerprint };
  const act = await noteKeyAct(rootFile.file, doer, { event: 'keys.moved', facts });
  try {
    await rootFile.move(to);
  } catch (error) {
    await noteRefusal(rootFile.file, act, error);
    await recordKeyActs(deps);
    throw error;
  }
  await recordKeyActs(deps);
}
