/** Import of a spreadsheet: upload, look, map, start, watch, revert. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, Uuid, oneOf } from './shapes.ts';

const Id = Type.Object({ id: Uuid });
const closed = { additionalProperties: false };

export const importKinds = ['contacts', 'companies'] as const;
export type ImportKind = (typeof importKinds)[number];

/** uploading → ready → running → finished | cancelled | failed; finished or cancelled → reverting → reverted. */
export const importStates = [
  'uploading',
  'ready',
  'running',
  'finished',
  'cancelled',
  'failed',
  'reverting',
  'reverted',
] as const;
export type ImportState = (typeof importStates)[number];

export const contactImportFields = [
  'lastName',
  'firstName',
  'middleName',
  'fullName',
  'phones',
  'emails',
  'position',
  'companyName',
  'companyEdrpou',
  'address',
  'birthday',
  'source',
  'ownerName',
  'departmentName',
  'stage',
  'expectedAmount',
  'tags',
  'notes',
  'legalBasis',
  'consentGivenOn',
  'nextStepOn',
  'nextStepText',
] as const;
export const companyImportFields = [
  'name',
  'edrpou',
  'address',
  'phones',
  'emails',
  'site',
  'ownerName',
  'departmentName',
  'stage',
  'expectedAmount',
  'tags',
  'notes',
] as const;
export type ContactImportField = (typeof contactImportFields)[number];
export type CompanyImportField = (typeof companyImportFields)[number];

/** Column number (from 0) → field. Columns that are not named are left out. */
export const Mapping = Type.Record(Type.String({ pattern: '^\\d{1,4}$' }), Type.String({ maxLength: 40 }));

export const ImportPlan = Type.Object(
  {
    mapping: Mapping,
    /** How the file is read; what was detected when absent. */
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    encoding: Type.Optional(oneOf(['utf-8', 'windows-1251', 'utf-16le', 'utf-16be'] as const)),
    headingRow: Type.Optional(Type.Boolean()),
    sheet: Type.Optional(Type.String({ maxLength: 200 })),
    /** Which values make two rows the same client, and what happens then. */
    duplicates: Type.Object(
      {
        by: Type.Array(oneOf(['phone', 'email', 'edrpou'] as const), { maxItems: 3 }),
        then: oneOf(['skip', 'update', 'create'] as const),
      },
      closed,
    ),
    /** For rows that do not say it themselves. */
    defaults: Type.Object(
      {
        ownerId: Type.Optional(Uuid),
        departmentId: Type.Optional(Uuid),
        stage: Type.Optional(Type.String({ maxLength: 20 })),
        source: Type.Optional(Type.String({ maxLength: 200 })),
        legalBasis: Type.Optional(Type.String({ maxLength: 30 })),
        tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 10 })),
      },
      closed,
    ),
  },
  closed,
);

export const ImportView = Type.Object({
  id: Uuid,
  kind: oneOf(importKinds),
  state: oneOf(importStates),
  fileName: Type.String(),
  sizeBytes: Type.Integer(),
  createdAt: Instant,
  startedAt: Nullable(Instant),
  finishedAt: Nullable(Instant),
  personId: Uuid,
  rowsRead: Type.Integer(),
  rowsCreated: Type.Integer(),
  rowsUpdated: Type.Integer(),
  rowsSkipped: Type.Integer(),
  rowsRejected: Type.Integer(),
  /** Part of the file that is done, 0…1. */
  progress: Type.Number(),
  rowsPerSecond: Nullable(Type.Number()),
  remainingSeconds: Nullable(Type.Number()),
  /** After a revert: what went and what stayed because it was edited since. */
  revertedRows: Type.Integer(),
  keptRows: Type.Integer(),
  /** Error code of a failed import. */
  failure: Nullable(Type.String()),
  plan: Nullable(ImportPlan),
  abilities: Type.Object({
    start: Type.Boolean(),
    cancel: Type.Boolean(),
    revert: Type.Boolean(),
  }),
});

export const ImportLook = Type.Object({
  format: oneOf(['csv', 'xlsx'] as const),
  encoding: Type.String(),
  delimiter: Nullable(Type.String()),
  headingRow: Type.Boolean(),
  sheets: Type.Array(Type.String()),
  sheet: Nullable(Type.String()),
  /** The product whose export this looks like, or null. */
  product: Nullable(Type.String()),
  columns: Type.Array(
    Type.Object({
      index: Type.Integer(),
      heading: Type.String(),
      field: Nullable(Type.String()),
      confidence: oneOf(['sure', 'likely', 'none'] as const),
      samples: Type.Array(Type.String()),
    }),
  ),
});

/** One row of the file as it will be: `fields` as in ContactRow/CompanyRow (only those that the file gives). */
export const PreviewRow = Type.Object({
  line: Type.Integer(),
  outcome: oneOf(['create', 'update', 'skip', 'reject'] as const),
  fields: Type.Record(Type.String(), Type.Unknown()),
  problems: Type.Array(Type.Object({ field: Nullable(Type.String()), code: Type.String(), message: Type.String() })),
});

export const importRoutes = {
  'GET /api/v1/imports': {
    permission: 'contact.import',
    summary: 'Imports, newest first',
    response: Type.Object({ imports: Type.Array(ImportView) }),
  },
  'POST /api/v1/imports': {
    permission: 'contact.import',
    summary: 'Announce a file',
    body: Type.Object(
      {
        kind: oneOf(importKinds),
        fileName: Type.String({ minLength: 1, maxLength: 300 }),
        sizeBytes: Type.Integer({ minimum: 0, maximum: 8_589_934_592 }),
      },
      closed,
    ),
    response: ImportView,
  },
  'PUT /api/v1/imports/:id/file': {
    permission: 'contact.import',
    summary: 'The bytes of the file (application/octet-stream); kept sealed',
    params: Id,
    stream: 'request',
    response: ImportView,
  },
  'GET /api/v1/imports/:id': { permission: 'contact.import', summary: 'How it goes', params: Id, response: ImportView },
  'GET /api/v1/imports/:id/look': {
    permission: 'contact.import',
    summary: 'What the file is, its columns, and a guess what they mean',
    params: Id,
    query: Type.Object(
      {
        delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
        encoding: Type.Optional(Type.String({ maxLength: 20 })),
        sheet: Type.Optional(Type.String({ maxLength: 200 })),
      },
      closed,
    ),
    response: ImportLook,
  },
  'POST /api/v1/imports/:id/preview': {
    permission: 'contact.import',
    summary: 'The first rows as they will be',
    params: Id,
    body: ImportPlan,
    response: Type.Object({ rows: Type.Array(PreviewRow) }),
  },
  'POST /api/v1/imports/:id/start': {
    permission: 'contact.import',
    summary: 'Start',
    params: Id,
    body: ImportPlan,
    response: ImportView,
  },
  'POST /api/v1/imports/:id/cancel': {
    permission: 'contact.import',
    summary: 'Stop after the present batch; what is in stays in (revert takes it out)',
    params: Id,
    response: ImportView,
  },
  'POST /api/v1/imports/:id/revert': {
    permission: 'contact.import',
    summary: 'Created rows go, updated rows return to what they were, unless edited since',
    params: Id,
    response: ImportView,
  },
  'GET /api/v1/imports/:id/rejected': {
    permission: 'contact.import',
    summary: 'The rejected rows as CSV, each with its reason',
    params: Id,
    stream: 'response',
  },
} as const satisfies RouteTable;

export type ImportPlanValue = Type.Static<typeof ImportPlan>;
export type ImportViewValue = Type.Static<typeof ImportView>;
export type ImportLookValue = Type.Static<typeof ImportLook>;
export type PreviewRowValue = Type.Static<typeof PreviewRow>;
