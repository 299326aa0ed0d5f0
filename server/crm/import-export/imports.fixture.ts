/** Imports over the world of the cast: the handlers people call, and the jobs run by hand. */
import { Readable } from 'node:stream';
import type { CompanyImportField, ContactImportField, ImportKind, ImportPlanValue, ImportViewValue } from '#contract';
import { importRoutes } from '#contract';
import type { RecordRoom } from '#crm/records';
import { companyKind, contactKind, listPage, openRecordRoom } from '#crm/records';
import type { OpenedRecord } from '#crm/records';
import { reachOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { visitorFrom } from '#test/cast.ts';
import type { ImportDeps } from './import-deps.ts';
import { revertImport } from './revert-import.ts';
import { importHandlers } from './routes.ts';
import { runImport } from './run-import.ts';

export type Desk = {
  deps: ImportDeps;
  contacts: RecordRoom;
  companies: RecordRoom;
  /** What the queue was asked for. */
  asked: string[];
  call(key: keyof typeof importRoutes, who: CastMember, given?: object): Promise<never>;
  /** Announces and uploads a file; returns the id. */
  upload(who: CastMember, bytes: string | Uint8Array, kind?: ImportKind, fileName?: string): Promise<string>;
  /** Uploads, starts and runs to the end. */
  importRows(
    who: CastMember,
    rows: string[][],
    plan: Partial<ImportPlanValue>,
    kind?: ImportKind,
  ): Promise<ImportViewValue>;
  run(id: string, signal?: AbortSignal): Promise<void>;
  revert(id: string): Promise<void>;
  view(who: CastMember, id: string): Promise<ImportViewValue>;
  /** Every record of the organization, in the order of making. */
  all(room: RecordRoom, archived?: boolean): Promise<OpenedRecord[]>;
};

export const planOf = (
  fields: (ContactImportField | CompanyImportField)[],
  more: Partial<ImportPlanValue> = {},
): ImportPlanValue => ({
  mapping: Object.fromEntries(fields.map((field, index) => [String(index), field])),
  headingRow: false,
  duplicates: { by: ['phone', 'email'], then: 'create' },
  defaults: {},
  ...more,
});

export const csvOf = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';')}\r\n`).join('');

export async function textOf(file: { bytes: AsyncIterable<Uint8Array> }): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of file.bytes) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

export function openDesk(world: World, changed: Partial<ImportDeps> = {}): Desk {
  const { database, keyring, auditLog, clock, organizationId } = world;
  const records = { database, keyring, auditLog, clock, references: world.signIn.directory };
  const asked: string[] = [];
  const people = world.signIn.directory;
  const deps: ImportDeps = {
    database,
    keyring,
    auditLog,
    clock,
    contacts: openRecordRoom(contactKind, records),
    companies: openRecordRoom(companyKind, records),
    directory: async (id) => {
      const active = (await people.list(id)).filter((person) => person.active);
      const departments = await people.departments(id);
      return {
        personByName: (text) => active.find((person) => person.name === text || person.email === text),
        departmentByName: (text) => departments.find((department) => department.name === text)?.id,
        departmentOf: (personId) => active.find((person) => person.id === personId)?.departmentId,
        knowsDepartment: (departmentId) => departments.some((department) => department.id === departmentId),
      };
    },
    actorById: (id, personId) => world.signIn.actorById(id, personId),
    ask: async (what, _organizationId, importId) => void asked.push(`${what} ${importId}`),
    ...changed,
  };
  const handlers = importHandlers(deps) as unknown as Record<string, (call: object) => Promise<never>>;
  const call: Desk['call'] = (key, who, given = {}) =>
    handlers[key]!({
      actor: who.actor,
      reach: reachOf(who.actor, importRoutes[key].permission),
      visitor: visitorFrom('192.0.2.10'),
      query: {},
      ...given,
    });
  const view: Desk['view'] = (who, id) => call('GET /api/v1/imports/:id', who, { params: { id } });
  const run: Desk['run'] = (id, signal = new AbortController().signal) => runImport(deps, organizationId, id, signal);
  const upload: Desk['upload'] = async (who, bytes, kind = 'contacts', fileName = 'клієнти.csv') => {
    const body = { kind, fileName, sizeBytes: Buffer.byteLength(bytes) };
    const { id } = (await call('POST /api/v1/imports', who, { body })) as ImportViewValue;
    await call('PUT /api/v1/imports/:id/file', who, {
      params: { id },
      stream: Readable.from([Buffer.from(bytes as string)]),
    });
    return id;
  };
  return {
    deps,
    contacts: deps.contacts,
    companies: deps.companies,
    asked,
    call,
    upload,
    run,
    view,
    revert: (id) => revertImport(deps, organizationId, id, new AbortController().signal),
    importRows: async (who, rows, plan, kind = 'contacts') => {
      const id = await upload(who, csvOf(rows), kind);
      await call('POST /api/v1/imports/:id/start', who, { params: { id }, body: plan });
      await run(id);
      return view(who, id);
    },
    all: async (room, archived = false) => {
      const seals = await keyring.of(organizationId);
      const reach = systemReach(organizationId, 'all');
      const query = { filters: { archived }, sort: 'created' as const, cursor: undefined, limit: 100_000 };
      return (await database.read(reach, (tx) => listPage(tx, room.kind, seals, reach, query))).records;
    },
  };
}

export const countsOf = (view: ImportViewValue) => ({
  read: view.rowsRead,
  created: view.rowsCreated,
  updated: view.rowsUpdated,
  skipped: view.rowsSkipped,
  rejected: view.rowsRejected,
});
