/** Between a row of the database and a record’s fields: opening, sealing, and what the blind index is made of. */
import type { AbilitiesView, RecordHead, SharedMarkView } from '#contract';
import type { OrganizationSeals, RecordSeal, SearchRecord } from '#protections/encryption';
import { tokensOf } from '#protections/encryption';
import { orderKey } from '#ukraine';
import type { Fields, RecordKind } from './kind.ts';
import type { NameOrder } from './name-order.ts';
import { bucketOf } from './name-order.ts';
import { rememberOpened } from './opened-records.ts';

/** A row as it is read; plain fields stand beside these under their column names. */
export type RecordRow = {
  id: string;
  version: number;
  created_at: Date;
  updated_at: Date;
  archived_at: Date | null;
  name_bucket: number;
  record_key: Buffer;
  sealed: Buffer;
} & Record<string, unknown>;

export type OpenedRecord = {
  row: RecordRow;
  fields: Fields;
  /** The asker sees it because it was shared, and only so. */
  shared?: SharedMarkView | undefined;
};

const sealedPart = 'fields';

/** Opens a row. @throws sealed.cannot_open when row, key and bytes do not belong together */
export function openRow(kind: RecordKind, seals: OrganizationSeals, row: RecordRow): OpenedRecord {
  const { id, record_key: recordKey, sealed } = row;
  const place = { table: kind.table, id, recordKey, sealed };
  const open = () => seals.record(kind.table, id, recordKey).open<Fields>(sealedPart, sealed);
  return withPlainFields(kind, row, rememberOpened(seals, place, open));
}

/** Opens a row whose seal is at hand already. */
export function openWith(kind: RecordKind, seal: RecordSeal, row: RecordRow): OpenedRecord {
  return withPlainFields(kind, row, seal.open<Fields>(sealedPart, row.sealed));
}

function withPlainFields(kind: RecordKind, row: RecordRow, sealedFields: Fields): OpenedRecord {
  const fields: Fields = { ...kind.blank, ...sealedFields };
  for (const { field, column } of kind.plainFields) fields[field] = row[column];
  return { row, fields };
}

/** The sealed fields as bytes for the row; what is blank is left out. */
export function sealFields(kind: RecordKind, seal: RecordSeal, fields: Fields): Buffer {
  const kept: Fields = {};
  for (const field of kind.sealedFields) if (!isBlank(fields[field])) kept[field] = fields[field];
  return seal.seal(sealedPart, kept);
}

export const isBlank = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** What can be searched for in a record. */
export function searchRecordOf(kind: RecordKind, fields: Fields): SearchRecord {
  const found: SearchRecord = { words: [], phones: [], emails: [], codes: [] };
  for (const [name, declared] of kind.searchedFields) {
    const value = fields[name];
    if (isBlank(value)) continue;
    if (declared.search === 'words') found.words.push(value as string);
    else if (declared.search === 'code') found.codes.push(value as string);
    else if (declared.search === 'phone')
      for (const phone of value as { number: string }[]) found.phones.push(phone.number);
    else for (const email of value as { address: string }[]) found.emails.push(email.address);
  }
  return found;
}

/** Tokens, and the mark of the index key that made them. */
export type Tokens = { readonly key: number; readonly all: readonly number[] };

export function searchTokens(kind: RecordKind, seals: OrganizationSeals, fields: Fields): Tokens {
  const { searchKey } = seals;
  return { key: searchKey.mark, all: tokensOf(searchKey, searchRecordOf(kind, fields)) };
}

export function nameBucket(kind: RecordKind, order: NameOrder, fields: Fields): number {
  return bucketOf(order, orderKey(kind.nameOf(fields)));
}

export function headOf(row: RecordRow): RecordHead {
  return {
    id: row.id,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    archivedAt: row.archived_at?.toISOString() ?? null,
  };
}

/** A record as a line of a list. */
export function lineOf({ row, fields, shared }: OpenedRecord): RecordHead & Fields {
  return { ...headOf(row), ...fields, ...(shared === undefined ? {} : { shared }) };
}

export function viewOf(
  opened: OpenedRecord,
  abilities: AbilitiesView,
): RecordHead & Fields & { abilities: AbilitiesView } {
  return { ...lineOf(opened), abilities };
}
