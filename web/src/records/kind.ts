/**
 * What contacts and companies have in common, so that lists, pages, forms and conflicts are written once. Each kind
 * says how it is called, grouped and reached (`contacts/kind.ts`, `companies/kind.ts`); fields come from the declaration.
 */
import type {
  BulkActValue,
  ErasureReason,
  ErasureView,
  ExportProtection,
  Permission,
  PreparedExportView,
  RecordDeclaration,
  RecordHead,
  Words,
} from '../contract.ts';
import type { ListSearch } from '../app/search.ts';
import type { Closed } from './closed.ts';

export type Values = Record<string, unknown>;
export type Shared = { byId: string; right: 'read' | 'edit'; until: string };
export type Row = RecordHead & Values & { shared?: Shared };
export type Abilities = { update: boolean; archive: boolean; reassign: boolean; share: boolean };
export type View = Row & { abilities: Abilities; closed: Closed };
export type Page = { rows: Row[]; next: string | null; total?: number; totalCap?: number };
export type Verb =
  | 'read'
  | 'create'
  | 'update'
  | 'archive'
  | 'reassign'
  | 'erase'
  | 'import'
  | 'export'
  | 'export-plain'
  | 'reveal'
  | 'bulk';
/** How a file of clients is asked for, beside the filters. */
export type ExportHow = { format: 'csv' | 'xlsx'; protection: ExportProtection; recipient?: string; reason?: string };
export type GroupName = 'groupName' | 'groupReach' | 'groupWork' | 'groupNext' | 'groupLaw' | 'groupNotes';

export type ListQuery = Omit<ListSearch, 'trash'> & {
  archived?: true;
  cursor?: string;
  limit: number;
  count?: boolean;
};

/** One column of the list: a declared field, or one of the head’s dates, or the name. */
export type Column = { id: string; width: number; grow?: number; shown: boolean };

export type RecordKind = {
  name: 'contact' | 'company';
  plural: 'contacts' | 'companies';
  path: '/contacts' | '/companies';
  declaration: RecordDeclaration;
  groups: readonly { title: GroupName; fields: readonly string[] }[];
  columns: readonly Column[];
  filters: readonly ('stage' | 'ownerId' | 'departmentId' | 'tag' | 'created' | 'withoutNextStep')[];
  /** Empty when nothing says what to call it. */
  nameOf: (row: Values) => string;
  /** A second line for narrow lists and the palette. */
  hintOf: (row: Values) => string;
  labels: (words: Words) => Readonly<Record<string, string>>;
  permission: (verb: Verb) => Permission;
  list: (query: ListQuery, signal: AbortSignal) => Promise<Page>;
  find: (
    text: string,
    limit: number,
    archived: boolean,
    signal: AbortSignal,
  ) => Promise<{ rows: Row[]; more: boolean }>;
  open: (id: string) => Promise<View>;
  create: (values: Values) => Promise<View>;
  update: (id: string, version: number, changes: Values) => Promise<View>;
  archive: (id: string) => Promise<View>;
  restore: (id: string) => Promise<View>;
  /** All or none. */
  bulk: (
    act: BulkActValue,
    records: { id: string; version: number }[],
  ) => Promise<{ changed: number; unchanged: number }>;
  erase: (id: string, reason: ErasureReason) => Promise<ErasureView>;
  prepareExport: (filters: ListSearch, how: ExportHow) => Promise<PreparedExportView>;
};

/** What the list asks the server for. */
export function listQueryOf(search: ListSearch): Omit<ListQuery, 'limit'> {
  const { trash, ...rest } = search;
  return trash === true ? { ...rest, archived: true } : rest;
}
