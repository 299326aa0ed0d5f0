/**
 * The root key file is given to another keeper: the same keys, closed anew. The file is replaced whole, so that whoever is killed in the
 * middle finds the old one or the new one; what else is wrapped by the root key does not notice.
 */
import { systemReach } from '#protections/encryption';
import type { Doer } from '#protections/audit-log';
import type { Keeper, KeeperKind } from '#protections/encryption';
import type { RotationDeps } from './rotation-deps.ts';

/** @throws start.keys_locked, start.keys_not_opened, start.keys_keeper_down, start.keys_keeper_denied, key.passphrase_weak */
export async function moveKeys(
  { rootFile, organizations, keyring, database, auditLog }: RotationDeps,
  doerIn: (organizationId: string) => Doer,
  to: 'file' | { by: Exclude<KeeperKind, 'file'>; keeper: Keeper },
): Promise<void> {
  const from = rootFile.keptBy;
  await rootFile.move(to);
  const facts = { from, to: rootFile.keptBy, key: rootFile.fingerprint };
  for (const organizationId of await organizations()) {
    const seals = await keyring.of(organizationId);
    await database.act(systemReach(organizationId), (tx) =>
      auditLog.record(tx, seals, doerIn(organizationId), { event: 'keys.moved', facts }),
    );
  }
}
