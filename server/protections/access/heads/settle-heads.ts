/**
 * After somebody moved, left or was closed, or a department moved: who may lead no more leads no more, and whoever stood in for them
 * stands in no more. Called in the transaction of the change, under its locks; returns what ended, for its audit entry.
 */
import type { Transaction } from '#database';
import { listDepartments } from '../department-store.ts';
import { lineOf } from '../department-tree.ts';
import { listPeople } from '../people-store.ts';
import { deleteHead, listNamedHeads } from './head-store.ts';

export type Settled = { headshipsEnded?: number };

export async function settleHeads(tx: Transaction, organizationId: string, _now: Date): Promise<Settled> {
  const departments = await listDepartments(tx, organizationId);
  const people = new Map((await listPeople(tx, organizationId)).map((person) => [person.id, person]));
  const lost = (await listNamedHeads(tx, organizationId)).filter(({ departmentId, personId }) => {
    const person = people.get(personId);
    if (person === undefined || person.deactivated_at !== null) return true;
    return !lineOf(departments, departmentId).includes(person.department_id);
  });
  for (const head of lost) await deleteHead(tx, organizationId, head);
  return lost.length > 0 ? { headshipsEnded: lost.length } : {};
}
