/** Exports over HTTP: asked for by the right to export, listed, fetched and given up by whoever asked; watched by security. */
import type { companyRoutes, contactRoutes, ExportRules, exportRoutes, ExportViewValue } from '#contract';
import type { RecordRoom } from '#crm/records';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { requireEntitledNow, requireRolesOnce } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { ExportDeps } from './export-deps.ts';
import { markOfExport } from './export-rows.ts';
import type { ExportRow } from './export-store.ts';
import {
  deleteChunks,
  endExports,
  listExports,
  readExportRules,
  reasonPlace,
  writeExportRules,
} from './export-store.ts';
import type { Asked } from './prepare-export.ts';
import { prepareExport } from './prepare-export.ts';
import { fileOfExport, requireOwnExport, sendExport } from './send-export.ts';

export type ExportHandlers = Handlers<typeof exportRoutes> &
  Pick<Handlers<typeof contactRoutes>, 'POST /api/v1/contacts/export'> &
  Pick<Handlers<typeof companyRoutes>, 'POST /api/v1/companies/export'>;

const day = 86_400_000;
const daysListed = 30;

export function exportHandlers(deps: ExportDeps): ExportHandlers {
  const { database } = deps;
  const since = (days: number) => new Date(deps.clock.now().getTime() - days * day);
  const viewOf = async (actor: Actor, rows: readonly ExportRow[]): Promise<ExportViewValue[]> => {
    const seals = await deps.keyring.of(actor.organizationId);
    const names = await deps.names(actor.organizationId);
    return rows.map((row) => viewOfExport(seals, row, names.person(row.person_id), deps.clock.now()));
  };
  const prepare = async (room: RecordRoom, actor: Actor, reach: Parameters<typeof prepareExport>[3], asked: Asked) => {
    const { row, password } = await prepareExport(deps, room, actor, reach, asked);
    const [view] = await viewOf(actor, [row]);
    return { export: view!, password };
  };
  return {
    'POST /api/v1/contacts/export': ({ actor, reach, body: { filters = {}, ...how } }) =>
      prepare(deps.contacts, actor, reach, { ...how, filters }),
    'POST /api/v1/companies/export': ({ actor, reach, body: { filters = {}, ...how } }) =>
      prepare(deps.companies, actor, reach, { ...how, filters }),
    'GET /api/v1/exports': async ({ actor }) => {
      const { organizationId, personId } = actor;
      const rows = await database.read(systemReach(organizationId), (tx) =>
        listExports(tx, organizationId, since(daysListed), personId),
      );
      return { exports: await viewOf(actor, rows) };
    },
    'GET /api/v1/exports/:id/file': ({ actor, params }) => sendExport(deps, actor, params.id),
    'DELETE /api/v1/exports/:id': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      await requireOwnExport(deps, actor, id);
      const seals = await deps.keyring.of(organizationId);
      await database.act(systemReach(organizationId), async (tx) => {
        const ended = await endExports(tx, organizationId, { id });
        if (ended.length === 0) throw new LubartError('export.over');
        await deleteChunks(tx, organizationId, id);
        const what = { event: 'export.given_up', subjectKind: 'export', subjectIds: [id] } as const;
        await deps.auditLog.record(tx, seals, doerOf(actor), what);
      });
      const [view] = await viewOf(actor, [await requireOwnExport(deps, actor, id)]);
      return view!;
    },
    'GET /api/v1/security/exports': async ({ actor }) => {
      const { organizationId } = actor;
      const { rows, kept } = await database.read(systemReach(organizationId), async (tx) => ({
        rows: await listExports(tx, organizationId, since(daysListed), null),
        kept: await readExportRules(tx, organizationId),
      }));
      return { exports: await viewOf(actor, rows), ...asRules(kept) };
    },
    'PUT /api/v1/security/export-rules': async ({ actor, body: { version, rules } }) => {
      const { organizationId } = actor;
      requireRolesOnce(rules.roles, 'roles');
      const seals = await deps.keyring.of(organizationId);
      return database.act(systemReach(organizationId), async (tx) => {
        const at = deps.clock.now();
        // Attack: who was dismissed or lost the right a moment ago opens the gate for a friend.
        await requireEntitledNow(tx, actor, 'security.update', at);
        const before = await readExportRules(tx, organizationId);
        const written = await writeExportRules(tx, organizationId, { version, rules, at });
        if (!written) throw new LubartError('security.version_conflict');
        const { organization, roles } = rules;
        await deps.auditLog.record(tx, seals, doerOf(actor), {
          event: 'export.rules_changed',
          facts: { before: before.rules.organization, after: organization, roles: roles.length },
        });
        return {
          rules: { organization: { ...organization }, roles: roles.map((one) => ({ ...one })) },
          version: version + 1,
        };
      });
    },
  };
}

const asRules = ({ rules, version }: { rules: ExportRules; version: number }) => ({
  rules: { organization: { ...rules.organization }, roles: rules.roles.map((one) => ({ ...one })) },
  version,
});

function viewOfExport(seals: OrganizationSeals, row: ExportRow, name: string, now: Date): ExportViewValue {
  const over = row.state === 'ready' && row.expires_at <= now;
  return {
    id: row.id,
    kind: row.kind,
    format: row.format,
    protection: row.protection,
    state: over ? 'ended' : row.state,
    fileName: fileOfExport(row).fileName,
    mark: markOfExport(row.id),
    person: { id: row.person_id, name },
    rows: row.rows_out,
    sizeBytes: Number(row.size_bytes),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    fetchedAt: row.fetched_at?.toISOString() ?? null,
    reason: row.reason_sealed === null ? null : seals.open<string>(reasonPlace(row.id), row.reason_sealed),
  };
}
