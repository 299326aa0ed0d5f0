/**
 * Each organization has two keys, wrapped by the root key: `sealing` wraps the key of every record and seals what belongs to
 * the organization itself; `index` makes the blind search tokens. A key lives through four moments: it is announced (everybody can
 * open with it and find by it), current (it seals), retired (it only opens) and destroyed. Between announcing and sealing lies more
 * than the time in which every process reads the keys anew; so nobody ever meets a key that they do not know (rotation/).
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { Database, Reach, Transaction } from '#database';
import { hasCode, LubartError, newId, Secret } from '#kernel';
import type { KeyRow } from './key-store.ts';
import { findRetiredRoots, insertKey, readKeys } from './key-store.ts';
import type { RootKey } from './root-key.ts';
import type { KeysAtHand, OpenKey, OrganizationSeals } from './seals.ts';
import { openSearchKey, sealsOver } from './seals.ts';

export const purposes = ['sealing', 'index'] as const;
export type Purpose = (typeof purposes)[number];

/** How often a process reads the keys anew, and how long it may seal with what it read. */
export type KeyPace = { refreshMillis: number; leaseMillis: number };
export const keyPace: KeyPace = { refreshMillis: 2_000, leaseMillis: 10_000 };

export type Keyring = {
  /** The seals of one organization. @throws key.not_found, start.keys_wrong, start.keys_older */
  of(organizationId: string): Promise<OrganizationSeals>;
  /** Makes the keys of a new organization inside the transaction that makes it. */
  create(tx: Transaction, organizationId: string, at: Date): Promise<OrganizationSeals>;
  /** Wraps a new key that nobody seals with yet. */
  announce(tx: Transaction, organizationId: string, purpose: Purpose, at: Date): Promise<{ id: string; mark: number }>;
  /** The same key under the root key that wraps now. */
  wrapAnew(organizationId: string, row: Pick<KeyRow, 'id' | 'purpose' | 'wrapped'>): Buffer;
  /** Reads the keys of every organization in use anew. */
  refresh(): Promise<void>;
  /** Does so again and again, until `close`; from now on nothing is sealed by keys that were read too long ago. */
  watch(failed: (error: unknown) => void): void;
  close(): void;
  readonly pace: KeyPace;
  readonly root: RootKey;
};

/** The reach of the system itself inside one organization; for keys, jobs and sign-in only. */
export function systemReach(organizationId: string, scope: 'none' | 'all' = 'none'): Reach {
  return { organizationId, personId: null, departmentIds: [], scope };
}

type Held = { keys: KeysAtHand; readAt: number; seals: OrganizationSeals };

export function openKeyring(root: RootKey, database: Database, pace: KeyPace = keyPace): Keyring {
  const held = new Map<string, Promise<Held>>();
  /** Opened keys by their id; a key that is open stays so when its wrapping changes. */
  const open = new Map<string, Secret<Buffer>>();
  /** Ids of the keys of each organization as they were read the last time; what is destroyed is forgotten here too. */
  const known = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;

  const read = async (organizationId: string): Promise<KeysAtHand> => {
    const rows = await database.read(systemReach(organizationId), (tx) => readKeys(tx, organizationId));
    for (const row of rows) {
      if (!open.has(row.id)) open.set(row.id, await unwrapRow(root, database, organizationId, row));
    }
    const keys = keysAtHand(rows, (id) => open.get(id)!);
    for (const id of known.get(organizationId) ?? []) if (!rows.some((row) => row.id === id)) open.delete(id);
    known.set(
      organizationId,
      rows.map(({ id }) => id),
    );
    return keys;
  };
  const load = async (organizationId: string): Promise<Held> => {
    const keys = await read(organizationId);
    const mine: Held = { keys, readAt: Date.now(), seals: sealsOver(organizationId, () => mine.keys) };
    const requireFresh = () => {
      // Attack: a process that slept through a rotation would seal with a key that is destroyed by now.
      if (timer !== undefined && Date.now() - mine.readAt > pace.leaseMillis) throw new LubartError('key.stale');
    };
    return leased(mine, requireFresh);
  };
  const reread = async (organizationId: string, mine: Held): Promise<void> => {
    const readAt = Date.now();
    mine.keys = await read(organizationId);
    mine.readAt = readAt;
  };
  const refresh = async () => {
    await root.reload?.();
    for (const [organizationId, holding] of held) {
      const mine = await holding.catch(() => undefined);
      if (mine !== undefined) await reread(organizationId, mine);
    }
  };
  return {
    root,
    pace,
    of: async (organizationId) => {
      let holding = held.get(organizationId);
      if (holding === undefined) {
        holding = load(organizationId);
        held.set(organizationId, holding);
        holding.catch(() => held.delete(organizationId));
      }
      const mine = await holding;
      if (timer !== undefined && Date.now() - mine.readAt > pace.leaseMillis / 2) await reread(organizationId, mine);
      return mine.seals;
    },
    create: async (tx, organizationId, at) => {
      await root.reload?.(); // a root key that was forgotten meanwhile must not wrap
      const made: { row: KeyRow; key: Secret<Buffer> }[] = [];
      for (const purpose of purposes) made.push(await makeKey(tx, root, organizationId, purpose, at, at));
      const keys = keysAtHand(
        made.map(({ row }) => row),
        (id) => made.find(({ row }) => row.id === id)!.key,
      );
      return sealsOver(organizationId, () => keys);
    },
    announce: async (tx, organizationId, purpose, at) => {
      const { row } = await makeKey(tx, root, organizationId, purpose, at, null);
      return { id: row.id, mark: row.mark };
    },
    wrapAnew: (organizationId, { id, purpose, wrapped }) => {
      const place = belongsTo(organizationId, id, purpose);
      return root.wrap(root.unwrap(wrapped, place), place);
    },
    refresh,
    watch: (failed) => {
      timer = setInterval(() => void refresh().catch(failed), pace.refreshMillis);
      timer.unref();
    },
    close: () => {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** The same holding; what it seals asks first whether its keys are fresh. */
function leased(mine: Held, requireFresh: () => void): Held {
  mine.seals = sealsOver(mine.seals.organizationId, () => ({
    ...mine.keys,
    sealing: () => {
      requireFresh();
      return mine.keys.sealing();
    },
  }));
  return mine;
}

function keysAtHand(rows: readonly KeyRow[], keyOf: (id: string) => Secret<Buffer>): KeysAtHand {
  const of = (purpose: Purpose) => {
    const known = rows.filter((row) => row.purpose === purpose);
    const current = known.find((row) => row.current_at !== null && row.retired_at === null);
    if (current === undefined) throw new LubartError('key.not_found', { details: { purpose } });
    return [current, ...known.filter((row) => row !== current)];
  };
  const opening: OpenKey[] = of('sealing').map(({ id, mark }) => ({ mark, key: keyOf(id) }));
  const indexes = of('index').map(({ id, mark }) => openSearchKey(mark, keyOf(id)));
  return { sealing: () => opening[0]!, opening, index: indexes[0]!, indexes };
}

async function makeKey(
  tx: Transaction,
  root: RootKey,
  organizationId: string,
  purpose: Purpose,
  at: Date,
  currentAt: Date | null,
): Promise<{ row: KeyRow; key: Secret<Buffer> }> {
  const key = new Secret(randomBytes(32));
  const id = newId();
  const wrapped = root.wrap(key, belongsTo(organizationId, id, purpose));
  const mark = randomInt(1, 2 ** 31);
  const row: KeyRow = { id, purpose, mark, wrapped, created_at: at, current_at: currentAt, retired_at: null };
  await insertKey(tx, organizationId, row);
  return { row, key };
}

/** A root key that another process has taken into use meanwhile lies in the key file: it is read anew before anything is refused. */
async function unwrapRow(
  root: RootKey,
  database: Database,
  organizationId: string,
  row: KeyRow,
): Promise<Secret<Buffer>> {
  const place = belongsTo(organizationId, row.id, row.purpose);
  try {
    try {
      return root.unwrap(row.wrapped, place);
    } catch (error) {
      if (root.reload === undefined || !hasCode(error, 'sealed.cannot_open')) throw error;
      await root.reload();
      return root.unwrap(row.wrapped, place);
    }
  } catch (error) {
    const retired = await database.read(systemReach(organizationId), (tx) => findRetiredRoots(tx, organizationId));
    // Attack: the key file of last year put back, to make what was sealed since unreadable or to find the old key in use again.
    throw new LubartError(retired.includes(root.fingerprint) ? 'start.keys_older' : 'start.keys_wrong', {
      field: 'LUBART_KEYS',
      details: { fingerprint: root.fingerprint },
      cause: error,
    });
  }
}

const belongsTo = (organizationId: string, id: string, purpose: string) =>
  `organization_keys/${organizationId}/${id}/${purpose}`;
