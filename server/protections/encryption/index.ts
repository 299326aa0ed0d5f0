export type { Keyring } from './organization-keys.ts';
export { openKeyring, systemReach } from './organization-keys.ts';
export type { EncryptionPostureDeps } from './posture.ts';
export { encryptionPosture } from './posture.ts';
export type { RootKey } from './root-key.ts';
export { openRootKeyFile, rootKeyFrom } from './root-key.ts';
export type { OrganizationSeals, RecordSeal } from './seals.ts';
export { sealsFrom } from './seals.ts';
export * from './search/index.ts';
