/** Keepers by their name in the key file. */
import type { AskSecret, Keeper, KeeperKind, KeySources } from './keeper.ts';
import { kmsKeeper } from './kms.ts';
import { passphraseKeeper } from './passphrase.ts';
import { pkcs11Keeper } from './pkcs11.ts';
import { systemdKeeper } from './systemd.ts';
import { vaultKeeper } from './vault.ts';

export type Keepers = (kind: Exclude<KeeperKind, 'file'>) => Keeper;

export function openKeepers(sources: KeySources, ask?: AskSecret): Keepers {
  const passphrase = passphraseKeeper(sources, ask);
  const kinds = {
    passphrase,
    systemd: systemdKeeper(sources),
    vault: vaultKeeper(sources),
    kms: kmsKeeper(sources),
    pkcs11: pkcs11Keeper(sources, ask),
  };
  return (kind) => kinds[kind];
}
