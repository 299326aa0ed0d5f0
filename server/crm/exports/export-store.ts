/** The only SQL on exports, export_chunks and export_rules. */
import type { ExportFormat, ExportProtection, ExportRules, ExportState } from '#contract';
import { defaultExportRules } from '#contract';
import type { Transaction } from '#database';
import { writeVersionedRules } from '#database';
import type { OrganizationSeals, RecordSeal } from '#protections/encryption';

export type ExportRow = {
  id: string;
  person_id: string;
  kind: 'contact' | 'company';
  format: ExportFormat;
  protection: ExportProtection;
  state: ExportState;
  rows_out: number;
  size_bytes: string;
  created_at: Date;
  expires_at: Date;
  fetched_at: Date | null;
  reason_sealed: Buffer | null;
};

export type NewExport = Pick<ExportRow, 'id' | 'person_id' | 'kind' | 'format' | 'protection'> & {
  reason: string | null;
  at: Date;
  expiresAt: Date;
};

export const reasonPlace = (id: string) => `exports/${id}/reason`;

/** A new export and the seal of its pieces. */
export async function insertExport(tx: Transaction, seals: OrganizationSeals, given: NewExport): Promise<RecordSeal> {
  const { id, person_id, kind, format, protection, reason, at, expiresAt } = given;
  const seal = seals.newRecord('exports', id);
  await tx`
    INSERT INTO exports (organization_id, id, person_id, kind, format, protection, state, created_at, expires_at, record_key,
      reason_sealed)
    VALUES (${seals.organizationId}, ${id}, ${person_id}, ${kind}, ${format}, ${protection}, 'preparing', ${at}, ${expiresAt},
      ${seal.wrapped}, ${reason === null ? null : seals.seal(reasonPlace(id), reason)})`;
  return seal;
}

const columns = (tx: Transaction) => tx`
  id, person_id, kind, format, protection, state, rows_out, size_bytes, created_at, expires_at, fetched_at, reason_sealed`;

export async function findExport(tx: Transaction, organizationId: string, id: string): Promise<ExportRow | undefined> {
  const [row] = await tx<ExportRow[]>`
    SELECT ${columns(tx)} FROM exports WHERE organization_id = ${organizationId} AND id = ${id}`;
  return row;
}

/** Newest first; of one person, or of everybody (null). */
export async function listExports(
  tx: Transaction,
  organizationId: string,
  since: Date,
  personId: string | null,
): Promise<ExportRow[]> {
  return tx<ExportRow[]>`
    SELECT ${columns(tx)} FROM exports WHERE organization_id = ${organizationId} AND created_at >= ${since}
      ${personId === null ? tx`` : tx`AND person_id = ${personId}`}
    ORDER BY created_at DESC, id DESC LIMIT 500`;
}

/** How many files the person made since then; what failed does not count. Two who ask at once are counted one after another. */
export async function countExports(
  tx: Transaction,
  organizationId: string,
  personId: string,
  since: Date,
): Promise<number> {
  await tx`SELECT 1 FROM people WHERE organization_id = ${organizationId} AND id = ${personId} FOR NO KEY UPDATE`;
  const [row] = await tx<{ n: number }[]>`
    SELECT count(*)::int AS n FROM exports WHERE organization_id = ${organizationId} AND person_id = ${personId}
      AND created_at > ${since} AND state <> 'failed'`;
  return row!.n;
}

export async function insertExportChunk(
  tx: Transaction,
  organizationId: string,
  given: { exportId: string; number: number; sealed: Buffer },
): Promise<void> {
  await tx`
    INSERT INTO export_chunks (organization_id, export_id, number, sealed)
    VALUES (${organizationId}, ${given.exportId}, ${given.number}, ${given.sealed})`;
}

export async function readExportChunk(
  tx: Transaction,
  organizationId: string,
  exportId: string,
  number: number,
): Promise<Buffer | undefined> {
  const [row] = await tx<{ sealed: Buffer }[]>`
    SELECT sealed FROM export_chunks
    WHERE organization_id = ${organizationId} AND export_id = ${exportId} AND number = ${number}`;
  return row?.sealed;
}

/** The file is whole. False when it was given up or erased meanwhile. */
export async function readyExport(
  tx: Transaction,
  organizationId: string,
  given: { id: string; rows: number; sizeBytes: number },
): Promise<boolean> {
  const rows = await tx`
    UPDATE exports SET state = 'ready', rows_out = ${given.rows}, size_bytes = ${given.sizeBytes}
    WHERE organization_id = ${organizationId} AND id = ${given.id} AND state = 'preparing' RETURNING id`;
  return rows.length === 1;
}

/** Takes the file to send it, once: of two who ask at once, one gets the key. */
export async function takeExport(
  tx: Transaction,
  seals: OrganizationSeals,
  id: string,
  at: Date,
): Promise<RecordSeal | undefined> {
  const { organizationId } = seals;
  const [row] = await tx<{ record_key: Buffer }[]>`
    UPDATE exports new SET state = 'fetched', fetched_at = ${at}, record_key = NULL FROM exports old
    WHERE new.organization_id = ${organizationId} AND new.id = ${id} AND new.state = 'ready' AND new.expires_at > ${at}
      AND old.organization_id = new.organization_id AND old.id = new.id
    RETURNING old.record_key`;
  return row === undefined ? undefined : seals.record('exports', id, row.record_key);
}

/** Ends files that wait: their keys are destroyed. `failed` counts for nobody’s day. */
export async function endExports(
  tx: Transaction,
  organizationId: string,
  which: { id: string } | { personId: string } | { expiredAt: Date } | 'all',
  state: 'ended' | 'failed' = 'ended',
): Promise<string[]> {
  const chosen =
    which === 'all'
      ? tx`true`
      : 'id' in which
        ? tx`id = ${which.id}`
        : 'personId' in which
          ? tx`person_id = ${which.personId}`
          : tx`expires_at <= ${which.expiredAt}`;
  const rows = await tx<{ id: string }[]>`
    UPDATE exports SET state = ${state}, record_key = NULL
    WHERE organization_id = ${organizationId} AND state IN ('preparing', 'ready') AND ${chosen} RETURNING id`;
  return rows.map(({ id }) => id);
}

/** Pieces whose key is gone, and which nobody is being sent: the hour of a fetch is over. */
export async function sweepChunks(tx: Transaction, organizationId: string, fetchedBefore: Date): Promise<void> {
  await tx`
    DELETE FROM export_chunks c USING exports e
    WHERE c.organization_id = ${organizationId} AND e.organization_id = c.organization_id AND e.id = c.export_id
      AND e.record_key IS NULL AND (e.fetched_at IS NULL OR e.fetched_at < ${fetchedBefore})`;
}

/** With `before`: only pieces of smaller numbers. */
export async function deleteChunks(
  tx: Transaction,
  organizationId: string,
  exportId: string,
  before = 2 ** 31 - 1,
): Promise<void> {
  await tx`
    DELETE FROM export_chunks
    WHERE organization_id = ${organizationId} AND export_id = ${exportId} AND number < ${before}`;
}

export async function readExportRules(
  tx: Transaction,
  organizationId: string,
): Promise<{ version: number; rules: ExportRules }> {
  const [row] = await tx<{ version: number; rules: ExportRules }[]>`
    SELECT version, rules FROM export_rules WHERE organization_id = ${organizationId}`;
  return row ?? { version: 0, rules: defaultExportRules };
}

/** False when somebody else was faster. */
export function writeExportRules(
  tx: Transaction,
  organizationId: string,
  given: { version: number; rules: ExportRules; at: Date },
): Promise<boolean> {
  const place = { table: 'export_rules', rules: 'rules', moment: 'changed_at' };
  return writeVersionedRules(tx, place, { organizationId, ...given });
}

/** Files of the person that wait to be fetched. */
export async function countWaiting(tx: Transaction, organizationId: string, personId: string): Promise<number> {
  const [row] = await tx<{ n: number }[]>`
    SELECT count(*)::int AS n FROM exports
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND state IN ('preparing', 'ready')`;
  return row!.n;
}

/** Files that left without protection since then; people who took them. */
export async function countPlain(
  tx: Transaction,
  organizationId: string,
  since: Date,
): Promise<{ files: number; people: number }> {
  const [row] = await tx<{ files: number; people: number }[]>`
    SELECT count(*)::int AS files, count(DISTINCT person_id)::int AS people FROM exports
    WHERE organization_id = ${organizationId} AND protection = 'plain' AND created_at >= ${since} AND state <> 'failed'`;
  return row!;
}

/** Files whose time was over by then and whose key is still there. */
export async function countOverdue(tx: Transaction, organizationId: string, before: Date): Promise<number> {
  const [row] = await tx<{ n: number }[]>`
    SELECT count(*)::int AS n FROM exports
    WHERE organization_id = ${organizationId} AND record_key IS NOT NULL AND expires_at < ${before}`;
  return row!.n;
}
