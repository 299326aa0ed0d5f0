/** Puts many invented records into the database by the means an import uses: sealed and indexed in slices, one statement each. */
import type { Database } from '#database';
import { allSent } from '#database';
import type { Actor } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Fields, NameOrder, RecordKind, RowParts } from '#crm/records';
import { insertRows, nameBucket, orderFromSample, sealFields, searchTokens, writeNameOrder } from '#crm/records';
import { newIdAt } from '#kernel';

export type NewRecord = { fields: Fields; createdAt: Date };

export type StoreDeps = {
  database: Database;
  auditLog: AuditLog;
  seals: OrganizationSeals;
  actor: Actor;
  now: () => Date;
};

/** Subjects an audit entry names. */
const rowsPerSlice = 500;

/** Returns the new ids, in the order of the given records. The kind must have no records yet: its alphabet is cut anew. */
export async function storeRecords(
  deps: StoreDeps,
  kind: RecordKind,
  records: readonly NewRecord[],
): Promise<string[]> {
  const { database, auditLog, seals, actor } = deps;
  const { organizationId } = seals;
  const order = orderFromSample(records.map(({ fields }) => kind.nameOf(fields)));
  const reach = systemReach(organizationId, 'all');
  await database.act(reach, (tx) => writeNameOrder(tx, seals, kind.name, order, deps.now()));
  const ids: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  for (let at = 0; at < records.length; at += rowsPerSlice) {
    const rows = records.slice(at, at + rowsPerSlice).map((record) => makeRow(kind, seals, order, record));
    ids.push(...rows.map(({ id }) => id));
    await writing; // the next slice was sealed while this one was written
    writing = database.act(reach, async (tx) => {
      await allSent([
        insertRows(tx, kind, organizationId, rows),
        auditLog.record(tx, seals, doerOf(actor), {
          event: kind.event('created'),
          subjectKind: kind.name,
          subjectIds: rows.map(({ id }) => id),
          facts: { demo: true },
        }),
      ]);
    });
    writing.catch(() => {}); // awaited before the next slice and at the end
  }
  await writing;
  return ids;
}

function makeRow(
  kind: RecordKind,
  seals: OrganizationSeals,
  order: NameOrder,
  { fields: given, createdAt }: NewRecord,
): RowParts {
  const fields = { ...kind.blank, ...given };
  const id = newIdAt(createdAt.getTime());
  const seal = seals.newRecord(kind.table, id);
  return {
    id,
    fields,
    nameBucket: nameBucket(kind, order, fields),
    sealed: sealFields(kind, seal, fields),
    recordKey: seal.wrapped,
    tokens: searchTokens(kind, seals, fields),
    at: createdAt,
  };
}
