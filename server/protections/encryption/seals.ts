/**
 * What the rest of Lubart holds instead of keys: seals. An organization’s seals close what is the organization’s own, and give
 * out the seal of a record; a record’s seal closes that record and what hangs on it. Destroying the wrapped key of a record
 * erases the record everywhere, backups and audit log included.
 */
import { randomFillSync } from 'node:crypto';
import type { Secret } from '#kernel';
import { LubartError } from '#kernel';
import { markOf, open, seal } from './seal.ts';
import type { SearchKey } from './search/index.ts';
import { makeIndexKey } from './search/index.ts';

/** The seal of one record. `part` names what is sealed: 'fields', 'audit/<entry id>' … */
export type RecordSeal = {
  /** The record’s key as it is stored: wrapped by the organization’s key and bound to the row. */
  readonly wrapped: Buffer;
  seal(part: string, value: unknown): Buffer;
  open<T>(part: string, sealed: Buffer): T;
  sealBytes(part: string, bytes: Buffer): Buffer;
  openBytes(part: string, sealed: Buffer): Buffer;
};

export type OrganizationSeals = {
  readonly organizationId: string;
  /** The index key that new tokens are made by. */
  readonly searchKey: OpenSearchKey;
  /** All keys by which a record may be indexed at this moment; more than one only while keys are rotated. */
  readonly searchKeys: readonly OpenSearchKey[];
  /** Seals a value under the organization’s own key; `place` is table/id/column. */
  seal(place: string, value: unknown): Buffer;
  /**
   * The same, in base64, for a value that stands in many places: sealed once, and given again as it is for as long as that key is the one
   * that seals. Whoever reads sees where it is the same value. The cipher is asked once, so its nonce is used once (NIST SP 800-38D §8).
   */
  sealOften(place: string, value: string): string;
  open<T>(place: string, sealed: Buffer): T;
  /** The same value under the key that seals now; for rotation. */
  sealAnew(place: string, sealed: Buffer): Buffer;
  /** A new random key for a new record. */
  newRecord(table: string, id: string): RecordSeal;
  /** The seal of a stored record. @throws sealed.cannot_open when `wrapped` belongs to another row */
  record(table: string, id: string, wrapped: Buffer): RecordSeal;
};

/** Values that are kept as they were sealed; beyond it all of them are sealed anew. */
const keptMax = 1_000;

const toBytes = (value: unknown) => Buffer.from(JSON.stringify(value), 'utf8');
const fromBytes = <T>(bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as T;

const keyPool = Buffer.alloc(32 * 256);
let keyPoolAt = keyPool.length;

function takeKey(): Buffer {
  if (keyPoolAt >= keyPool.length) {
    randomFillSync(keyPool);
    keyPoolAt = 0;
  }
  const key = Buffer.from(keyPool.subarray(keyPoolAt, keyPoolAt + 32));
  keyPool.fill(0, keyPoolAt, keyPoolAt + 32);
  keyPoolAt += 32;
  return key;
}

/** A key of an organization that is open. `mark` stands in what it sealed; 0: it seals in the form without a mark. */
export type OpenKey = { readonly mark: number; readonly key: Secret<Buffer> };
export type OpenSearchKey = SearchKey & { readonly mark: number };

/**
 * The keys that an organization’s seals work with at this moment. Seals are held for long (an import holds them for hours), so they
 * look here each time: a key that came is known to everybody at once.
 */
export type KeysAtHand = {
  /** The key that seals now. @throws key.stale when it is not known whether it still is the one */
  sealing(): OpenKey;
  /** All keys that may have sealed something, the one that seals now first. */
  readonly opening: readonly OpenKey[];
  readonly index: OpenSearchKey;
  /** All keys that records may be found by. */
  readonly indexes: readonly OpenSearchKey[];
};

export const openSearchKey = (mark: number, key: Secret<Buffer>): OpenSearchKey => ({
  ...makeIndexKey(key.expose()),
  mark,
});

/** The seals of an organization from two keys that never change (32 bytes each). */
export function sealsFrom(organizationId: string, sealing: Secret<Buffer>, index: Secret<Buffer>): OrganizationSeals {
  const [key, search] = [{ mark: 0, key: sealing }, openSearchKey(0, index)];
  return sealsOver(organizationId, () => ({ sealing: () => key, opening: [key], index: search, indexes: [search] }));
}

/** The seals of an organization over keys that may be rotated. */
export function sealsOver(organizationId: string, keys: () => KeysAtHand): OrganizationSeals {
  const close = (plain: Buffer, place: string) => {
    const { key, mark } = keys().sealing();
    return seal(key.expose(), plain, place, mark === 0 ? undefined : mark);
  };
  const kept = new Map<string, { under: Secret<Buffer>; sealed: string }>();
  const closeOften = (value: string, place: string): string => {
    // Attack: what was kept from before a rotation, given on when that key is to be destroyed. Which key seals is asked each time.
    const { key } = keys().sealing();
    const name = `${place}/${value}`;
    const known = kept.get(name);
    if (known?.under === key) return known.sealed;
    const sealed = close(toBytes(value), place).toString('base64');
    if (kept.size >= keptMax) kept.clear();
    kept.set(name, { under: key, sealed });
    return sealed;
  };
  const unseal = (sealed: Buffer, place: string) => openByMark(keys().opening, sealed, place);
  return {
    organizationId,
    get searchKey() {
      return keys().index;
    },
    get searchKeys() {
      return keys().indexes;
    },
    seal: (place, value) => close(toBytes(value), `${organizationId}/${place}`),
    sealOften: (place, value) => closeOften(value, `${organizationId}/${place}`),
    open: (place, sealed) => fromBytes(unseal(sealed, `${organizationId}/${place}`)),
    newRecord: (table, id) => {
      const key = takeKey();
      const row = `${organizationId}/${table}/${id}`;
      return recordSeal(row, key, close(key, `${row}/record_key`));
    },
    record: (table, id, wrapped) => {
      const row = `${organizationId}/${table}/${id}`;
      return recordSeal(row, unseal(wrapped, `${row}/record_key`), wrapped);
    },
    sealAnew: (place, sealed) => close(unseal(sealed, `${organizationId}/${place}`), `${organizationId}/${place}`),
  };
}

/** What carries no mark was sealed before keys had one: by any of them, as far as its bytes tell. */
function openByMark(keys: readonly OpenKey[], sealed: Buffer, place: string): Buffer {
  const mark = markOf(sealed);
  const fitting = mark === undefined ? keys : keys.filter((key) => key.mark === mark);
  for (const [at, { key }] of fitting.entries()) {
    try {
      return open(key.expose(), sealed, place);
    } catch (error) {
      if (at === fitting.length - 1) throw error;
    }
  }
  throw new LubartError('sealed.cannot_open', { details: { reason: 'no key of this mark' } });
}

function recordSeal(row: string, key: Buffer, wrapped: Buffer): RecordSeal {
  return {
    wrapped,
    seal: (part, value) => seal(key, toBytes(value), `${row}/${part}`),
    open: (part, sealed) => fromBytes(open(key, sealed, `${row}/${part}`)),
    sealBytes: (part, bytes) => seal(key, bytes, `${row}/${part}`),
    openBytes: (part, sealed) => open(key, sealed, `${row}/${part}`),
  };
}
