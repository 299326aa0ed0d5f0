/** The SQL of imports themselves: their state and the sealed bytes of their file. */
import type { ImportKind, ImportPlanValue, ImportState } from '#contract';
import type { Transaction } from '#database';
import type { OrganizationSeals, RecordSeal } from '#protections/encryption';

/** What is personal of an import: the name of its file, and the plan with its defaults. */
export type ImportSecret = {
  fileName: string;
  plan: ImportPlanValue | null;
  failureLine: number | null;
  /** The request that started it, or had it reverted. */
  request?: string;
};

export type Import = {
  id: string;
  personId: string;
  kind: ImportKind;
  state: ImportState;
  sizeBytes: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  cancelAsked: boolean;
  failure: string | null;
  revertedRows: number;
  keptRows: number;
  secret: ImportSecret;
  seal: RecordSeal;
};

const secretPart = 'import';

function fromRow(seals: OrganizationSeals, row: Record<string, unknown>): Import {
  const id = row['id'] as string;
  const seal = seals.record('imports', id, row['record_key'] as Buffer);
  return {
    id,
    personId: row['person_id'] as string,
    kind: row['kind'] as ImportKind,
    state: row['state'] as ImportState,
    sizeBytes: Number(row['size_bytes']),
    createdAt: row['created_at'] as Date,
    startedAt: row['started_at'] as Date | null,
    finishedAt: row['finished_at'] as Date | null,
    cancelAsked: row['cancel_asked_at'] !== null,
    failure: row['failure'] as string | null,
    revertedRows: row['reverted_rows'] as number,
    keptRows: row['kept_rows'] as number,
    secret: seal.open<ImportSecret>(secretPart, row['sealed'] as Buffer),
    seal,
  };
}

export async function insertImport(
  tx: Transaction,
  seals: OrganizationSeals,
  made: { id: string; personId: string; kind: ImportKind; fileName: string; sizeBytes: number; at: Date },
): Promise<void> {
  const seal = seals.newRecord('imports', made.id);
  const secret: ImportSecret = { fileName: made.fileName, plan: null, failureLine: null };
  await tx`INSERT INTO imports (organization_id, id, person_id, kind, state, size_bytes, created_at, record_key, sealed)
    VALUES (${seals.organizationId}, ${made.id}, ${made.personId}, ${made.kind}, 'uploading', ${made.sizeBytes}, ${made.at},
      ${seal.wrapped}, ${seal.seal(secretPart, secret)})`;
}

/** The import, locked when it is about to change. */
export async function findImport(
  tx: Transaction,
  seals: OrganizationSeals,
  id: string,
  lock = false,
): Promise<Import | undefined> {
  const rows = lock
    ? await tx`SELECT * FROM imports WHERE organization_id = ${seals.organizationId} AND id = ${id} FOR UPDATE`
    : await tx`SELECT * FROM imports WHERE organization_id = ${seals.organizationId} AND id = ${id}`;
  return rows[0] === undefined ? undefined : fromRow(seals, rows[0]);
}

/** The newest imports; of one person, or of everybody (null). */
export async function listImports(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string | null,
): Promise<Import[]> {
  const rows = await tx`
    SELECT * FROM imports WHERE organization_id = ${seals.organizationId}
      AND (${personId}::uuid IS NULL OR person_id = ${personId}) ORDER BY id DESC LIMIT 100`;
  return rows.map((row) => fromRow(seals, row));
}

export async function listImportsInState(
  tx: Transaction,
  organizationId: string,
  states: ImportState[],
): Promise<{ id: string; state: ImportState }[]> {
  const rows =
    await tx`SELECT id, state FROM imports WHERE organization_id = ${organizationId} AND state = ANY (${states})`;
  return rows.map((row) => ({ id: row['id'] as string, state: row['state'] as ImportState }));
}

export type ImportChange = Partial<{
  state: ImportState;
  sizeBytes: number;
  startedAt: Date;
  finishedAt: Date;
  cancelAskedAt: Date;
  failure: string | null;
  revertedRows: number;
  keptRows: number;
  secret: ImportSecret;
}>;

export async function changeImport(
  tx: Transaction,
  organizationId: string,
  found: Import,
  change: ImportChange,
): Promise<void> {
  const { secret, sizeBytes, ...plain } = change;
  const columns: Record<string, unknown> = Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
  if (sizeBytes !== undefined) columns['size_bytes'] = sizeBytes;
  if (secret !== undefined) columns['sealed'] = found.seal.seal(secretPart, secret);
  await tx`UPDATE imports SET ${tx(columns as Record<string, never>)} WHERE organization_id = ${organizationId} AND id = ${found.id}`;
}

export async function insertChunk(
  tx: Transaction,
  organizationId: string,
  found: Import,
  number: number,
  bytes: Buffer,
): Promise<void> {
  await tx`INSERT INTO import_chunks (organization_id, import_id, number, sealed)
    VALUES (${organizationId}, ${found.id}, ${number}, ${found.seal.sealBytes(`chunk/${number}`, bytes)})`;
}

export async function readChunk(
  tx: Transaction,
  organizationId: string,
  found: Import,
  number: number,
): Promise<Buffer | undefined> {
  const rows = await tx`SELECT sealed FROM import_chunks
    WHERE organization_id = ${organizationId} AND import_id = ${found.id} AND number = ${number}`;
  return rows[0] === undefined ? undefined : found.seal.openBytes(`chunk/${number}`, rows[0]['sealed']);
}

export async function deleteChunks(tx: Transaction, organizationId: string, importId: string): Promise<void> {
  await tx`DELETE FROM import_chunks WHERE organization_id = ${organizationId} AND import_id = ${importId}`;
}
