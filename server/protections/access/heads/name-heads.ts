/**
 * Naming the heads of a department. It gives no right, but others turn to a head and a head may name a deputy: nobody names
 * themselves but an owner, and the right is looked at again under the lock.
 */
import type { Reach } from '#database';
import { LubartError } from '#kernel';
import { doerOf } from '#protections/audit-log';
import type { Actor } from '../actor.ts';
import { isOwner } from '../actor.ts';
import type { DepartmentDeps } from '../change-departments.ts';
import { requireStillEntitled } from '../entitled-now.ts';
import { lockDepartments } from '../department-store.ts';
import { lineOf } from '../department-tree.ts';
import type { LockedPerson } from '../people-store.ts';
import { lockPeople } from '../people-store.ts';
import { deleteHead, insertHeads, listNamedHeads } from './head-store.ts';

/** @throws department.not_found, person.not_found, department.head_elsewhere, person.own_role, access.denied */
export async function nameHeads(
  deps: DepartmentDeps,
  actor: Actor,
  reach: Reach,
  departmentId: string,
  personIds: readonly string[],
): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const at = deps.clock.now();
    const locked = await lockPeople(tx, organizationId, [...personIds, actor.personId], at);
    const self = await requireStillEntitled(tx, locked, actor, 'department.update', at);
    const tree = await lockDepartments(tx, organizationId);
    const line = lineOf(tree, departmentId);
    if (line.length === 0) throw new LubartError('department.not_found');
    const before = (await listNamedHeads(tx, organizationId)).filter((head) => head.departmentId === departmentId);
    const named = personIds.filter((id) => !before.some(({ personId }) => personId === id));
    const removed = before.filter(({ personId }) => !personIds.includes(personId));
    for (const id of named) requireMayLead(locked, line, id);
    // Attack: who may change departments makes themselves the one whom others turn to.
    if (named.includes(actor.personId) && !isOwner(self)) throw new LubartError('person.own_role');
    if (named.length + removed.length === 0) return;
    for (const head of removed) await deleteHead(tx, organizationId, head);
    await insertHeads(tx, { organizationId, departmentId, personIds: named, by: actor.personId, at });
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'department.heads_changed',
      subjectKind: 'department',
      subjectIds: [departmentId],
      facts: { named, removed: removed.map(({ personId }) => personId) },
    });
  });
}

/** Attack: a head who works elsewhere would lead people without ever seeing them. */
function requireMayLead(locked: readonly LockedPerson[], line: readonly string[], id: string): void {
  const person = locked.find((candidate) => candidate.id === id);
  const field = 'personIds';
  if (person === undefined || person.deactivated_at !== null) throw new LubartError('person.not_found', { field });
  if (!line.includes(person.department_id)) throw new LubartError('department.head_elsewhere', { field });
}
