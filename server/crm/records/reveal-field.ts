/**
 * One masked value is shown whole: for a reason, which is sealed under the client’s key in the entry that says who looked; and
 * not too often. Reveals of the last hour stand in one row per person and are counted and compared in one statement, so that a
 * thousand at once are still thirty. What is hidden stays hidden.
 */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { Act } from './change-record.ts';
import { closedFields, rightTo } from './field-rights.ts';
import type { RecordKind } from './kind.ts';
import { openWith } from './record-row.ts';
import { findRow } from './record-store.ts';

/** Values that one person may be shown within an hour, over both kinds. */
export const revealsPerHourMax = 30;
const hourMillis = 3_600_000;

/** @throws access.denied, reveal.too_many, *.not_found */
export async function revealField(act: Act, id: string, asked: { field: string; reason: string }): Promise<unknown> {
  const { kind, deps, actor, reach, seals } = act;
  const reason = asked.reason.trim();
  if (reason.length < 3) throw new LubartError('request.invalid', { field: 'reason' });
  return deps.database.act(reach, async (tx) => {
    await countReveal(tx, actor, deps.clock.now());
    const row = await findRow(tx, kind, reach.organizationId, id);
    if (row === undefined) throw new LubartError(kind.error('not_found'));
    const seal = seals.record(kind.table, row.id, row.record_key);
    const { fields } = openWith(kind, seal, row);
    const holder = { ownerId: fields['ownerId'] as string, departmentId: fields['departmentId'] as string };
    // Attack: a reveal that reaches further than the reading it belongs to.
    if (!reaches(actor, kind.permission('read'), holder)) throw new LubartError(kind.error('not_found'));
    requireMasked(kind, actor, asked.field);
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: kind.event('revealed'),
      subjectKind: kind.name,
      subjectIds: [id],
      facts: { field: asked.field },
      changes: { under: seal, list: [{ field: 'reason', before: null, after: reason }] },
    });
    return fields[asked.field];
  });
}

/** @throws access.denied for what is hidden, request.invalid for what needs no revealing */
function requireMasked(kind: RecordKind, actor: Actor, field: string): void {
  const right = rightTo(closedFields(kind, actor), field);
  if (right === 'hidden') throw new LubartError('access.denied', { field: 'field' });
  if (right === undefined) throw new LubartError('request.invalid', { field: 'field' });
}

/** Counted before anything is looked at; what fails later is taken off with its transaction. @throws reveal.too_many */
async function countReveal(tx: Transaction, { organizationId, personId }: Actor, now: Date): Promise<void> {
  const over = new Date(now.getTime() - hourMillis);
  const counted = await tx`
    INSERT INTO reveals AS r (organization_id, person_id, moments) VALUES (${organizationId}, ${personId}, ARRAY[${now}::timestamptz])
    ON CONFLICT (organization_id, person_id) DO UPDATE
      SET moments = ARRAY(SELECT m FROM unnest(r.moments) AS m WHERE m > ${over}) || ${now}::timestamptz
      WHERE (SELECT count(*) FROM unnest(r.moments) AS m WHERE m > ${over}) < ${revealsPerHourMax}
    RETURNING person_id`;
  if (counted.length === 0) throw new LubartError('reveal.too_many', { details: { max: revealsPerHourMax } });
}
