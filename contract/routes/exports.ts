/** Files of clients on their way out: prepared under protection, fetched once, or given up. */
import Type from 'typebox';
import { exportFormats, exportProtections, exportStates } from '../exports.ts';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const Id = Type.Object({ id: Uuid });

const Limits = {
  rows: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  perDay: Type.Integer({ minimum: 1, maximum: 1000 }),
};

export const ExportRulesShape = Type.Object(
  {
    organization: Type.Object(Limits, { additionalProperties: false }),
    roles: Type.Array(
      Type.Object({ role: Type.String({ minLength: 1, maxLength: 64 }), ...Limits }, { additionalProperties: false }),
      { maxItems: 100 },
    ),
  },
  { additionalProperties: false },
);

/** How a file is asked for, beside the filters. */
export const exportAsked = {
  format: oneOf(exportFormats),
  protection: oneOf(exportProtections),
  recipient: Type.Optional(Type.String({ maxLength: 4000 })),
  reason: Type.Optional(Type.String({ maxLength: 500 })),
};

export const ExportView = Type.Object({
  id: Uuid,
  kind: oneOf(['contact', 'company']),
  format: oneOf(exportFormats),
  protection: oneOf(exportProtections),
  state: oneOf(exportStates),
  fileName: Type.String(),
  /** What stands in every row of the file: by it a copy is traced to this export. */
  mark: Type.String(),
  person: Type.Object({ id: Uuid, name: Type.String() }),
  rows: Type.Integer(),
  sizeBytes: Type.Integer(),
  createdAt: Instant,
  expiresAt: Instant,
  fetchedAt: Nullable(Instant),
  /** Why it was taken without protection; null for whoever may not know, and where nothing was asked. */
  reason: Nullable(Type.String()),
});
export type ExportViewValue = Type.Static<typeof ExportView>;

/** The password is told here and nowhere else. */
export const PreparedExport = Type.Object({
  export: ExportView,
  password: Nullable(Type.String()),
});

export type PreparedExportView = Type.Static<typeof PreparedExport>;

export const exportRoutes = {
  'GET /api/v1/exports': {
    permission: 'signed-in',
    summary: 'One’s own files that wait or were fetched lately',
    response: Type.Object({ exports: Type.Array(ExportView) }),
  },
  'GET /api/v1/exports/:id/file': {
    permission: 'signed-in',
    summary: 'One’s own prepared file, once',
    params: Id,
    stream: 'response',
  },
  'DELETE /api/v1/exports/:id': {
    permission: 'signed-in',
    summary: 'Give up a prepared file: its key is destroyed',
    params: Id,
    response: ExportView,
  },
  'GET /api/v1/security/exports': {
    permission: 'security.read',
    summary: 'What left in the last 30 days, by whom and how, and the rules',
    response: Type.Object({
      exports: Type.Array(ExportView),
      rules: ExportRulesShape,
      version: Type.Integer(),
    }),
  },
  'PUT /api/v1/security/export-rules': {
    permission: 'security.update',
    summary: 'How much may leave at once and in a day',
    body: Type.Object(
      { version: Type.Integer({ minimum: 0 }), rules: ExportRulesShape },
      { additionalProperties: false },
    ),
    response: Type.Object({ rules: ExportRulesShape, version: Type.Integer() }),
  },
} as const satisfies RouteTable;
