/**
 * After somebody moved, left or was closed, or a department moved: who may lead no more leads no more, and whoever stood in for them
 * stands in no more. Called in the transaction of the change, under its locks; returns what ended, for its audit entry.
 */
import type { Transaction } from '#database';
import { listDepartments } from '../department-store.ts';
import { lineOf } from '../department-tree.ts';
import { listPeople } from '../people-store.ts';
import { listHeldRoles } from '../role-store.ts';
import { endDeputy, listDeputies } from './deputy-store.ts';
import { departmentsLedBy, headsFrom } from './find-heads.ts';
import { deleteHead, listNamedHeads } from './head-store.ts';

export type Settled = { headshipsEnded?: number; deputiesEnded?: number };

/** `moved`: whoever works elsewhere now; the deputy was for the old place. */
export async function settleHeads(
  tx: Transaction,
  organizationId: string,
  now: Date,
  moved?: string,
): Promise<Settled> {
  const departments = await listDepartments(tx, organizationId);
  const rows = await listPeople(tx, organizationId);
  const people = new Map(rows.map((person) => [person.id, person]));
  const isActive = (id: string) => people.get(id)?.deactivated_at === null;
  const before = await listNamedHeads(tx, organizationId);
  const mayLead = ({ departmentId, personId }: (typeof before)[number]) =>
    isActive(personId) && lineOf(departments, departmentId).includes(people.get(personId)?.department_id ?? '');
  const lost = before.filter((head) => !mayLead(head));
  for (const head of lost) await deleteHead(tx, organizationId, head);
  const held = await listHeldRoles(tx, organizationId, now);
  const heads = headsFrom({ departments, people: rows, held, named: before.filter(mayLead) });
  const over = (await listDeputies(tx, organizationId, now, true)).filter(
    ({ headId, deputyId }) =>
      headId === moved || !isActive(deputyId) || departmentsLedBy(heads, departments, headId).length === 0,
  );
  for (const { id } of over) await endDeputy(tx, organizationId, id, now);
  return {
    ...(lost.length > 0 && { headshipsEnded: lost.length }),
    ...(over.length > 0 && { deputiesEnded: over.length }),
  };
}
