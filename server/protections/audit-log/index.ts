export type { Change, Doer, EntryBody, EntryRow, Happening } from './entry.ts';
export { changesPart, doerOf, makeEntry } from './entry.ts';
export type { AuditPage, FindRecordSeal, OpenedEntry } from './read-entries.ts';
export { listEntries, openEntry } from './read-entries.ts';
export type { AuditLog } from './record-entry.ts';
export { openAuditLog } from './record-entry.ts';
export { auditHandlers } from './routes.ts';
