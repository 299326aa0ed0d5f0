/** What encryption proves about itself in the running system. */
import { lstat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { Database, Reach } from '#database';
import { hasCode } from '#kernel';
import type { PostureCheck } from '#protections/posture';
import type { KeeperKind } from './keepers/keeper.ts';
import type { Keyring } from './organization-keys.ts';
import { systemReach } from './organization-keys.ts';
import { inspectSealed } from './sealed-share.ts';

export type EncryptionPostureDeps = {
  database: Database;
  keyring: Keyring;
  organizations: () => Promise<string[]>;
  /** Absolute path of the root key file. */
  keyFile: string;
  /** Who opens that file. */
  keeper: () => KeeperKind;
  /** Absolute. */
  dataFolder: string;
  /** The fields of each table that were declared sealed. */
  declared: readonly { table: string; sealedFields: readonly string[] }[];
};

/** Rows of each table that are opened for the proof. */
const sampleRows = 20;
/** Tables whose rows are sealed under a key of their own. */
const recordTables = [
  { table: 'contacts', part: 'fields' },
  { table: 'companies', part: 'fields' },
  { table: 'imports', part: 'import' },
] as const;

export function encryptionPosture(deps: EncryptionPostureDeps): PostureCheck[] {
  return [
    {
      id: 'encryption.root_key_private',
      protection: 4,
      promise: 'The root key lies outside the data folder and only its owner can read it',
      run: async () => {
        const { mode, uid } = await lstat(deps.keyFile);
        const inside = !relative(resolve(deps.dataFolder), resolve(deps.keyFile)).startsWith(`..${sep}`);
        const windows = process.platform === 'win32';
        const readable = !windows && (mode & 0o077) !== 0;
        const foreign = !windows && process.getuid?.() !== uid;
        const evidence = {
          keeper: deps.keeper(),
          mode: (mode & 0o777).toString(8),
          insideDataFolder: inside,
          ownedBySomebodyElse: foreign,
        };
        return { ok: !inside && !readable && !foreign, evidence };
      },
    },
    {
      id: 'encryption.rows_sealed',
      protection: 4,
      promise: 'Stored rows open under their own key and place, and under nobody else’s',
      run: () => tryRows(deps),
    },
    {
      id: 'encryption.personal_sealed',
      protection: 4,
      promise:
        'Of rows drawn from every table, all personal values are sealed, and no open one holds an e-mail address or a phone',
      run: async () => {
        const share = await inspectSealed(deps.database, await deps.organizations());
        const percent = share.values === 0 ? 100 : Math.floor((1000 * share.sealed) / share.values) / 10;
        return { ok: share.sealed === share.values && share.openPersonal === 0, evidence: { percent, ...share } };
      },
    },
    {
      id: 'encryption.no_plain_columns',
      protection: 4,
      promise: 'No field that is declared sealed is a column of its table',
      run: async () => {
        let sealedFields = 0;
        let plainColumns = 0;
        for (const { table, sealedFields: names } of deps.declared) {
          const rows = await deps.database.outside(
            (sql) => sql`
              SELECT attname AS name FROM pg_attribute
              WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped`,
          );
          const columns = new Set(rows.map((row) => String(row['name']).replaceAll('_', '')));
          sealedFields += names.length;
          plainColumns += names.filter((name) => columns.has(name.toLowerCase())).length;
        }
        return { ok: sealedFields > 0 && plainColumns === 0, evidence: { sealedFields, plainColumns } };
      },
    },
    {
      id: 'encryption.keys_wrapped',
      protection: 4,
      promise: 'Every organization’s keys are wrapped, and this root key opens them',
      run: async () => {
        const ids = await deps.organizations();
        for (const id of ids) await deps.keyring.of(id); // throws when the root key is another one
        const rootKey = deps.keyring.root.fingerprint;
        return { ok: true, evidence: { organizations: ids.length, rootKey } };
      },
    },
  ];
}

type Sample = { id: string; record_key: Buffer; sealed: Buffer };

async function tryRows({ database, keyring, organizations }: EncryptionPostureDeps) {
  const evidence = { opened: 0, shut: 0, openedElsewhere: 0 };
  for (const organizationId of await organizations()) {
    const seals = await keyring.of(organizationId);
    const reach: Reach = systemReach(organizationId, 'all');
    for (const { table, part } of recordTables) {
      const rows = (await database.read(reach, (tx) =>
        tx.unsafe(`SELECT id, record_key, sealed FROM ${table} WHERE organization_id = $1 ORDER BY id DESC LIMIT $2`, [
          organizationId,
          sampleRows,
        ]),
      )) as unknown as Sample[];
      for (const [at, { id, record_key: key, sealed }] of rows.entries()) {
        const neighbour = rows[at + 1]?.id ?? organizationId;
        const opensAt = (place: string, named: string) =>
          opens(() => seals.record(table, place, key).open(named, sealed));
        if (opensAt(id, part)) evidence.opened += 1;
        else evidence.shut += 1;
        if (opensAt(neighbour, part) || opensAt(id, `${part}/elsewhere`)) evidence.openedElsewhere += 1;
      }
    }
  }
  return { ok: evidence.shut === 0 && evidence.openedElsewhere === 0, evidence };
}

function opens(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (hasCode(error, 'sealed.cannot_open')) return false;
    throw error;
  }
}
