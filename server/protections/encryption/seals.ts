/**
 * What the rest of Lubart holds instead of keys: seals. An organization’s seals close what is the organization’s own, and give
 * out the seal of a record; a record’s seal closes that record and what hangs on it. Destroying the wrapped key of a record
 * erases the record everywhere, backups and audit log included.
 */
import { randomFillSync } from 'node:crypto';
import { open, seal } from './seal.ts';
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
  readonly searchKey: SearchKey;
  /** Seals a value under the organization’s own key; `place` is table/id/column. */
  seal(place: string, value: unknown): Buffer;
  open<T>(place: string, sealed: Buffer): T;
  /** A new random key for a new record. */
  newRecord(table: string, id: string): RecordSeal;
  /** The seal of a stored record. @throws sealed.cannot_open when `wrapped` belongs to another row */
  record(table: string, id: string, wrapped: Buffer): RecordSeal;
};

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

/** The seals of an organization from its two opened keys (32 bytes each). */
export function sealsFrom(organizationId: string, sealing: Buffer, index: Buffer): OrganizationSeals {
  return {
    organizationId,
    searchKey: makeIndexKey(index),
    seal: (place, value) => seal(sealing, toBytes(value), `${organizationId}/${place}`),
    open: (place, sealed) => fromBytes(open(sealing, sealed, `${organizationId}/${place}`)),
    newRecord: (table, id) => {
      const key = takeKey();
      const row = `${organizationId}/${table}/${id}`;
      return recordSeal(row, key, seal(sealing, key, `${row}/record_key`));
    },
    record: (table, id, wrapped) => {
      const row = `${organizationId}/${table}/${id}`;
      return recordSeal(row, open(sealing, wrapped, `${row}/record_key`), wrapped);
    },
  };
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
