/**
 * Records change hands when their owner leaves or moves: by the thousand, inside the transaction of that act. Owner and department
 * stand plain in the rows, so nothing is unsealed; the search index follows in the same statement. Each batch leaves an entry with
 * the ids, so that the history of every client says when and through whom it came to another.
 */
import type { Transaction } from '#database';
import type { AuditLog, Doer } from '#protections/audit-log';
import type { Heir, Owned, RecordHandOver, Whose } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { RecordKind } from './kind.ts';
import { companyKind, contactKind } from './kind.ts';
import { Statement } from './statement.ts';

/** Records in one statement, and ids in one entry. */
export const handOverRowsMax = 1000;

const kinds: readonly (readonly [keyof Owned, RecordKind])[] = [
  ['contacts', contactKind],
  ['companies', companyKind],
];

export function openHandOver(auditLog: AuditLog): RecordHandOver {
  return {
    count: async (tx, whose) => ({
      contacts: await countOwned(tx, contactKind, whose),
      companies: await countOwned(tx, companyKind, whose),
    }),
    give: async (tx, seals, doer, whose, heirs) => {
      const got = heirs.map((): Owned => ({ contacts: 0, companies: 0 }));
      for (const [name, kind] of kinds) {
        const total = await countOwned(tx, kind, whose);
        for (const [at, heir] of heirs.entries()) {
          const part = Math.floor((total * (at + 1)) / heirs.length) - Math.floor((total * at) / heirs.length);
          got[at]![name] = await giveOne({ tx, auditLog, seals, doer, whose }, kind, heir, part);
        }
      }
      return got;
    },
  };
}

async function countOwned(tx: Transaction, kind: RecordKind, whose: Whose): Promise<number> {
  const query = new Statement().add(`SELECT count(*)::int AS n FROM ${kind.table}`);
  query.add(
    ` WHERE organization_id = ${query.value(whose.organizationId)} AND owner_id = ${query.value(whose.personId)}`,
  );
  const [row] = await query.rows<{ n: number }>(tx);
  return row!.n;
}

type Giving = { tx: Transaction; auditLog: AuditLog; seals: OrganizationSeals; doer: Doer; whose: Whose };

/** Gives up to `part` records to one heir, batch by batch; who only changes department keeps all. Returns how many. */
async function giveOne(giving: Giving, kind: RecordKind, heir: Heir, part: number): Promise<number> {
  const { tx, auditLog, seals, doer, whose } = giving;
  let given = 0;
  while (given < part) {
    const ids = await giveBatch(tx, kind, whose, heir, Math.min(handOverRowsMax, part - given));
    if (ids.length === 0) break;
    given += ids.length;
    await auditLog.record(tx, seals, doer, {
      event: `${kind.name}.handed_over`,
      subjectKind: kind.name,
      subjectIds: ids,
      facts: { ownerBefore: whose.personId, ownerAfter: heir.personId, department: heir.departmentId },
    });
  }
  return given;
}

async function giveBatch(
  tx: Transaction,
  kind: RecordKind,
  whose: Whose,
  heir: Heir,
  limit: number,
): Promise<readonly string[]> {
  const query = new Statement();
  const organization = query.value(whose.organizationId);
  const owner = query.value(heir.personId);
  const department = query.value(heir.departmentId);
  query.add(`WITH batch AS (SELECT id FROM ${kind.table} WHERE organization_id = ${organization}
      AND owner_id = ${query.value(whose.personId)}
      AND (owner_id <> ${owner}::uuid OR department_id <> ${department}::uuid) ORDER BY id LIMIT ${query.value(limit)} FOR UPDATE),
    indexed AS (UPDATE ${kind.name}_search s SET owner_id = ${owner}, department_id = ${department}
      FROM batch WHERE s.organization_id = ${organization} AND s.record_id = batch.id)
    UPDATE ${kind.table} r SET owner_id = ${owner}, department_id = ${department}, version = r.version + 1,
      updated_at = ${query.value(whose.at)}
    FROM batch WHERE r.organization_id = ${organization} AND r.id = batch.id RETURNING r.id`);
  return (await query.rows<{ id: string }>(tx)).map(({ id }) => id);
}
