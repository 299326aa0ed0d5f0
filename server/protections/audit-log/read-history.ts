/**
 * What happened to one client, out of the log: the entries that changed it with before and after, newest first. They open with the
 * key of the client alone, so who destroyed it has ended the history as well. Which of it a reader may see is not known here.
 */
import type { EntryBody, EventName } from '#contract';
import type { Transaction } from '#database';
import type { OrganizationSeals, RecordSeal } from '#protections/encryption';
import type { Change } from './entry.ts';
import { changesPart, openName } from './entry.ts';
import type { HalfChange } from './split-entry.ts';
import { joinChanges } from './split-entry.ts';

export type PastChange = {
  entryId: string;
  at: Date;
  event: string;
  actorName: string;
  facts: Record<string, unknown>;
  changes: Change[];
};

const idsPerAsking = 500;

/** The reviewed function finds by subject; only entries of these events are read. */
export async function readHistory(
  tx: Transaction,
  seals: OrganizationSeals,
  seal: RecordSeal,
  about: { id: string; events: readonly EventName[] },
): Promise<PastChange[]> {
  const wanted = [...about.events, 'audit.continued'];
  const bodies: EntryBody[] = [];
  for (let before: string | null = null; ;) {
    const ids: string[] = (
      await tx`SELECT lubart_find_audit_entries AS id FROM lubart_find_audit_entries(${about.id}, ${before}, ${idsPerAsking})`
    ).map((row) => row['id'] as string);
    const rows = await tx`SELECT bytes FROM audit_entries
      WHERE organization_id = ${seals.organizationId} AND id = ANY (${ids}) AND event = ANY (${wanted}) AND outcome = 'done'
      ORDER BY id DESC`;
    for (const row of rows) bodies.push(JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody);
    if (ids.length < idsPerAsking) break;
    before = ids.at(-1)!;
  }
  const goesOn = Map.groupBy(
    bodies.filter(({ of }) => of !== undefined),
    ({ of }) => of!,
  );
  const open = ({ id, changes }: EntryBody) =>
    changes === null ? [] : seal.open<HalfChange[]>(changesPart(id), Buffer.from(changes, 'base64'));
  return bodies
    .filter(({ of }) => of === undefined)
    .map((body) => ({
      entryId: body.id,
      at: new Date(body.at),
      event: body.event,
      actorName: openName(seals, body) ?? '',
      facts: body.facts,
      changes: joinChanges([body, ...(goesOn.get(body.id) ?? []).toReversed()].flatMap(open)),
    }));
}
