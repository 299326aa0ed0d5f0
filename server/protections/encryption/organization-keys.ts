/**
 * Each organization has two keys, wrapped by the root key: `sealing` wraps the key of every record and seals what belongs to
 * the organization itself; `index` makes the blind search tokens. Opened once, kept in memory while the process lives.
 */
import { randomBytes } from 'node:crypto';
import type { Database, Reach, Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import type { RootKey } from './root-key.ts';
import type { OrganizationSeals } from './seals.ts';
import { sealsFrom } from './seals.ts';

const purposes = ['sealing', 'index'] as const;

export type Keyring = {
  /** The seals of one organization. @throws key.not_found, start.keys_wrong */
  of(organizationId: string): Promise<OrganizationSeals>;
  /** Makes the keys of a new organization inside the transaction that makes it. */
  create(tx: Transaction, organizationId: string, at: Date): Promise<OrganizationSeals>;
  readonly root: RootKey;
};

/** The reach of the system itself inside one organization; for keys, jobs and sign-in only. */
export function systemReach(organizationId: string, scope: 'none' | 'all' = 'none'): Reach {
  return { organizationId, personId: null, departmentIds: [], scope };
}

export function openKeyring(root: RootKey, database: Database): Keyring {
  const opened = new Map<string, Promise<OrganizationSeals>>();
  const load = async (organizationId: string): Promise<OrganizationSeals> => {
    const rows = await database.read(
      systemReach(organizationId),
      (tx) => tx`
        SELECT id, purpose, wrapped FROM organization_keys
        WHERE organization_id = ${organizationId} AND retired_at IS NULL`,
    );
    const keyOf = (purpose: string): Buffer => {
      const row = rows.find((candidate) => candidate['purpose'] === purpose);
      if (row === undefined) throw new LubartError('key.not_found', { details: { purpose } });
      return unwrap(root, row['wrapped'], belongsTo(organizationId, row['id'], purpose));
    };
    return sealsFrom(organizationId, keyOf('sealing'), keyOf('index'));
  };
  return {
    root,
    of: (organizationId) => {
      const known = opened.get(organizationId);
      if (known !== undefined) return known;
      const loading = load(organizationId);
      opened.set(organizationId, loading);
      loading.catch(() => opened.delete(organizationId));
      return loading;
    },
    create: async (tx, organizationId, at) => {
      const [sealing, index] = await Promise.all(
        purposes.map((purpose) => insertKey(tx, root, organizationId, purpose, at)),
      );
      return sealsFrom(organizationId, sealing!, index!);
    },
  };
}

async function insertKey(
  tx: Transaction,
  root: RootKey,
  organizationId: string,
  purpose: string,
  at: Date,
): Promise<Buffer> {
  const key = randomBytes(32);
  const id = newId();
  const wrapped = root.wrap(key, belongsTo(organizationId, id, purpose));
  await tx`INSERT INTO organization_keys (organization_id, id, purpose, wrapped, created_at)
    VALUES (${organizationId}, ${id}, ${purpose}, ${wrapped}, ${at})`;
  return key;
}

function unwrap(root: RootKey, wrapped: Buffer, place: string): Buffer {
  try {
    return root.unwrap(wrapped, place);
  } catch (error) {
    throw new LubartError('start.keys_wrong', {
      field: 'LUBART_KEYS',
      details: { fingerprint: root.fingerprint },
      cause: error,
    });
  }
}

const belongsTo = (organizationId: string, id: string, purpose: string) =>
  `organization_keys/${organizationId}/${id}/${purpose}`;
