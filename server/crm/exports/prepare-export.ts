/**
 * Prepares a file: rights and limits → what stands where the file is closed → rows, page by page, each page with its entry → closed
 * and sealed pieces → ready. Whoever asked is told the password once; it is kept nowhere.
 */
import type { ExportFormat } from '#contract';
import { exportHours } from '#contract';
import type { RecordRoom } from '#crm/records';
import { writeCsv, writeXlsx } from '#crm/import-export/spreadsheet';
import type { Reach } from '#database';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { may, requireEntitledNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { ExportDeps } from './export-deps.ts';
import type { ExportRows } from './export-rows.ts';
import { exportRows } from './export-rows.ts';
import type { ExportRow } from './export-store.ts';
import {
  countExports,
  deleteChunks,
  endExports,
  findExport,
  insertExport,
  readExportRules,
  readyExport,
} from './export-store.ts';
import { limitsFor } from './export-rules.ts';
import { firstPiece, keepPieces, readPieces } from './kept-file.ts';
import type { AskedProtection, Protection } from './protect.ts';
import { protectionOf } from './protect.ts';

export type Asked = AskedProtection & { filters: Parameters<typeof exportRows>[4]['filters'] };

const day = 86_400_000;

/** @throws access.denied, export.* */
export async function prepareExport(
  deps: ExportDeps,
  room: RecordRoom,
  actor: Actor,
  reach: Reach,
  asked: Asked,
): Promise<{ row: ExportRow; password: string | null }> {
  const { organizationId } = reach;
  requirePlainRight(actor, room, asked);
  const protection = await protectionOf(asked);
  const seals = await deps.keyring.of(organizationId);
  const names = await deps.names(organizationId);
  const id = newId();
  const at = deps.clock.now();
  const { seal, rowsMax } = await deps.database.act(reach, async (tx) => {
    // Attack: who was dismissed or lost the right a moment ago takes the clients along.
    const self = await requireEntitledNow(tx, actor, room.kind.permission('export'), at);
    requirePlainRight(self, room, asked);
    const { rules } = await readExportRules(tx, organizationId);
    const limits = limitsFor(rules, self);
    const made = await countExports(tx, organizationId, actor.personId, new Date(at.getTime() - day));
    if (made >= limits.perDay) throw new LubartError('export.too_many', { details: { max: limits.perDay } });
    const given = {
      id,
      person_id: actor.personId,
      kind: room.kind.name,
      format: asked.format,
      protection: asked.protection,
      reason: asked.protection === 'plain' ? asked.reason!.trim() : null,
      at,
      expiresAt: new Date(at.getTime() + exportHours * 3_600_000),
    };
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'export.begun',
      subjectKind: 'export',
      subjectIds: [id],
      facts: { kind: room.kind.name, format: asked.format, protection: asked.protection },
    });
    return { seal: await insertExport(tx, seals, given), rowsMax: limits.rows };
  });
  try {
    const table = exportRows(deps, room, actor, reach, { exportId: id, filters: asked.filters, rowsMax, names });
    const counted = { rows: 0 };
    const place = { organizationId, exportId: id, seal };
    const sizeBytes = await closeAndKeep(deps, place, protection, bytesOf(asked.format, table, counted));
    await deps.database.act(reach, async (tx) => {
      const stands = await readyExport(tx, organizationId, { id, rows: counted.rows, sizeBytes });
      if (!stands) throw new LubartError('export.over');
      await deps.auditLog.record(tx, seals, doerOf(actor), {
        event: 'export.prepared',
        subjectKind: 'export',
        subjectIds: [id],
        facts: {
          kind: room.kind.name,
          format: asked.format,
          protection: asked.protection,
          rows: counted.rows,
          sizeBytes,
        },
      });
    });
    const row = await deps.database.read(reach, (tx) => findExport(tx, organizationId, id));
    return { row: row!, password: protection.password };
  } catch (error) {
    await deps.database.act(reach, async (tx) => {
      const failed = await endExports(tx, organizationId, { id }, 'failed');
      await deleteChunks(tx, organizationId, id);
      if (failed.length === 0) return;
      const about = { subjectKind: 'export', subjectIds: [id] };
      await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'export.failed', ...about });
    });
    throw error;
  }
}

/** Attack: whoever may export makes the file plain by himself. */
function requirePlainRight(
  actor: Pick<Actor, 'grants' | 'standIn'>,
  { kind }: RecordRoom,
  { protection }: Asked,
): void {
  const permission = kind.permission('export-plain');
  if (protection === 'plain' && !may(actor, permission))
    throw new LubartError('access.denied', { details: { permission } });
}

async function* counting<T>(rows: AsyncIterable<T>, counted: { rows: number }): AsyncGenerator<T> {
  for await (const row of rows) {
    counted.rows += 1;
    yield row;
  }
}

function bytesOf(format: ExportFormat, { columns, rows }: ExportRows, counted: { rows: number }) {
  const all = counting(rows, counted);
  if (format === 'xlsx') return writeXlsx(all, { columns });
  const withHeadings = async function* () {
    yield columns.map(({ heading }) => heading);
    yield* all;
  };
  return writeCsv(withHeadings());
}

/** Pieces of the closed table; where it gets another form at the end, that form takes their place. Returns its length. */
async function closeAndKeep(
  { database }: ExportDeps,
  place: Omit<Parameters<typeof keepPieces>[1], 'from'>,
  protection: Protection,
  bytes: AsyncIterable<Uint8Array>,
): Promise<number> {
  const closed = await keepPieces(database, { ...place, from: 0 }, protection.close(bytes));
  if (protection.finish === undefined) return closed.bytes;
  const kept = () => readPieces(database, { ...place, from: 0 }, closed.bytes);
  const finished = protection.finish(kept, closed.bytes);
  // Beside the first ones, since those are still being read.
  const { bytes: sizeBytes } = await keepPieces(database, { ...place, from: firstPiece.password }, finished);
  const { organizationId, exportId } = place;
  await database.act(systemReach(organizationId), (tx) =>
    deleteChunks(tx, organizationId, exportId, firstPiece.password),
  );
  return sizeBytes;
}
