/** Sends a prepared file, once: with the first byte its key is gone from the database, whatever becomes of the connection. */
import type { FileAnswer } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { requireStandingNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { kyivDay } from '#crm/records';
import type { ExportDeps } from './export-deps.ts';
import type { ExportRow } from './export-store.ts';
import { deleteChunks, findExport, takeExport } from './export-store.ts';
import { firstPiece, readPieces } from './kept-file.ts';
import { fileOf } from './protect.ts';
import { systemReach } from '#protections/encryption';

export const fileOfExport = ({ kind, format, protection, created_at: at }: ExportRow) =>
  fileOf({ format, protection }, kind === 'contact' ? 'contacts' : 'companies', kyivDay(at));

/** One’s own, in whatever state. @throws export.not_found */
export async function requireOwnExport(
  deps: Pick<ExportDeps, 'database'>,
  actor: Actor,
  id: string,
): Promise<ExportRow> {
  const { organizationId, personId } = actor;
  const row = await deps.database.read(systemReach(organizationId), (tx) => findExport(tx, organizationId, id));
  if (row === undefined || row.person_id !== personId) throw new LubartError('export.not_found');
  return row;
}

/** @throws export.not_found, export.over (fetched, given up, too late), session.expired */
export async function sendExport(deps: ExportDeps, actor: Actor, id: string): Promise<FileAnswer> {
  const { organizationId } = actor;
  const row = await requireOwnExport(deps, actor, id);
  const seals = await deps.keyring.of(organizationId);
  const seal = await deps.database.act(systemReach(organizationId), async (tx) => {
    // Attack: who was dismissed a moment ago still fetches what was prepared before.
    await requireStandingNow(tx, actor);
    const taken = await takeExport(tx, seals, id, deps.clock.now());
    if (taken === undefined) throw new LubartError('export.over');
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'export.fetched',
      subjectKind: 'export',
      subjectIds: [id],
      facts: { kind: row.kind, protection: row.protection, rows: row.rows_out },
    });
    return taken;
  });
  const place = { organizationId, exportId: id, seal, from: firstPiece[row.protection] };
  const bytes = async function* () {
    yield* readPieces(deps.database, place, Number(row.size_bytes));
    await deps.database.act(systemReach(organizationId), (tx) => deleteChunks(tx, organizationId, id));
  };
  return { ...fileOfExport(row), bytes: bytes() };
}
