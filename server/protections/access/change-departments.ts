/** Making, renaming, moving and deleting departments. The tree has one root, no rings, and no two of one name side by side. */
import type { Permission } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { AuditLog, Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import type { Actor } from './actor.ts';
import { lastingRights, placeOf, requireStillEntitled } from './entitled-now.ts';
import type { DepartmentRow } from './department-store.ts';
import { deleteDepartment, insertDepartment, lockDepartments, updateDepartment } from './department-store.ts';
import { makesRing } from './department-tree.ts';
import { settleHeads } from './heads/settle-heads.ts';
import { isForeignKeyViolation, isUniqueViolation, lockPeople } from './people-store.ts';
import { readLine } from './person.ts';
import { reaches } from './policy.ts';

export type DepartmentDeps = { database: Database; keyring: Keyring; auditLog: AuditLog; clock: Clock };

/** @throws department.not_found (parent), department.name_taken, request.invalid */
export async function createDepartment(
  deps: DepartmentDeps,
  actor: Actor,
  reach: Reach,
  given: { name: string; parentId?: string | null | undefined },
): Promise<string> {
  const id = newId();
  const name = readLine(given.name, 'name');
  await alone(deps, actor, reach, async (tx, tree) => {
    const parentId = parentOf(tree, given.parentId ?? null);
    requireFreeName(tree, id, parentId, name);
    const { organizationId } = actor;
    await insertDepartment(tx, { organizationId, id, parentId, name, at: deps.clock.now() });
    return { event: 'department.created', subjectIds: [id], facts: { parentId } };
  });
  return id;
}

/** @throws department.not_found, department.name_taken, department.version_conflict, access.denied, request.invalid (a ring, or a root that would get a parent) */
export async function changeDepartment(
  deps: DepartmentDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  given: { name?: string | undefined; parentId?: string | null | undefined; version?: number | undefined },
): Promise<void> {
  await alone(deps, actor, reach, async (tx, tree, here) => {
    const before = getDepartment(tree, id, undefined);
    // Attack: two move one department; the second would undo what it never saw.
    if (given.version !== undefined && given.version !== before.version) {
      throw new LubartError('department.version_conflict');
    }
    const name = given.name === undefined ? before.name : readLine(given.name, 'name');
    const parentId = given.parentId === undefined ? before.parent_id : newParent(tree, before, given.parentId);
    if (name === before.name && parentId === before.parent_id) return null;
    if (parentId !== before.parent_id) await requireInSight(tx, actor, here, id);
    requireFreeName(tree, id, parentId, name);
    await updateDepartment(tx, { organizationId: actor.organizationId, id, parentId, name });
    const moved =
      parentId === before.parent_id
        ? {}
        : {
            parentBefore: before.parent_id,
            parentAfter: parentId,
            ...(await settleHeads(tx, actor.organizationId, deps.clock.now())),
          };
    return { event: 'department.updated', subjectIds: [id], facts: { renamed: name !== before.name, ...moved } };
  });
}

/**
 * Whoever works above a department sees its clients. Attack: somebody who may change the tree hangs the clients of another branch
 * under their own, or under a friend’s; for ever, having seen them for hours. @throws access.denied
 */
async function requireInSight(
  tx: Transaction,
  actor: Actor,
  here: Pick<Actor, 'departmentIds'>,
  departmentId: string,
): Promise<void> {
  const self = { personId: actor.personId, ...here, ...(await lastingRights(tx, actor)) };
  const sees = (permission: Permission) => reaches(self, permission, { ownerId: '', departmentId });
  if (!sees('contact.read') || !sees('company.read')) {
    throw new LubartError('access.denied', { details: { permission: 'department.update' } });
  }
}

/** @throws department.not_found, department.not_empty (people, clients, sub-departments; the root always) */
export async function removeDepartment(deps: DepartmentDeps, actor: Actor, reach: Reach, id: string): Promise<void> {
  await alone(deps, actor, reach, async (tx, tree) => {
    const before = getDepartment(tree, id, undefined);
    // Foreign keys see every row whatever the actor’s scope, and hold against rows that are being written right now. The root always
    // holds somebody, or a department in which somebody works.
    await deleteDepartment(tx, actor.organizationId, id, deps.clock.now());
    return { event: 'department.deleted', subjectIds: [id], facts: { parentId: before.parent_id } };
  });
}

/** Runs `work` as the only one who changes the tree, with the right that stands under the lock, and records what it did. */
async function alone(
  deps: DepartmentDeps,
  actor: Actor,
  reach: Reach,
  work: (
    tx: Transaction,
    tree: readonly DepartmentRow[],
    here: Pick<Actor, 'departmentIds'>,
  ) => Promise<Happening | null>,
): Promise<void> {
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  try {
    await deps.database.act(reach, async (tx) => {
      const at = deps.clock.now();
      const locked = await lockPeople(tx, organizationId, [personId], at);
      await requireStillEntitled(tx, locked, actor, 'department.update', at);
      const tree = await lockDepartments(tx, organizationId);
      const what = await work(tx, tree, await placeOf(tx, locked, actor));
      if (what !== null) await deps.auditLog.record(tx, seals, doerOf(actor), { ...what, subjectKind: 'department' });
    });
  } catch (error) {
    if (isForeignKeyViolation(error)) throw new LubartError('department.not_empty', { cause: error });
    if (isUniqueViolation(error)) throw new LubartError('department.name_taken', { field: 'name', cause: error });
    throw error;
  }
}

function getDepartment(tree: readonly DepartmentRow[], id: string, field: string | undefined): DepartmentRow {
  const found = tree.find((department) => department.id === id);
  if (found === undefined) throw new LubartError('department.not_found', field === undefined ? {} : { field });
  return found;
}

/** null means: directly under the company. */
function parentOf(tree: readonly DepartmentRow[], parentId: string | null): string {
  if (parentId !== null) return getDepartment(tree, parentId, 'parentId').id;
  const root = tree.find((department) => department.parent_id === null);
  if (root === undefined) throw new LubartError('department.not_found', { field: 'parentId' });
  return root.id;
}

function newParent(tree: readonly DepartmentRow[], before: DepartmentRow, wanted: string | null): string | null {
  if (before.parent_id === null) {
    if (wanted === null) return null;
    throw new LubartError('request.invalid', { field: 'parentId', details: { reason: 'root' } });
  }
  const parentId = parentOf(tree, wanted);
  if (makesRing(tree, before.id, parentId)) {
    throw new LubartError('request.invalid', { field: 'parentId', details: { reason: 'ring' } });
  }
  return parentId;
}

/** Compared here and not only by the index: lower() of the database may know Latin letters only. */
function requireFreeName(tree: readonly DepartmentRow[], id: string, parentId: string | null, name: string): void {
  const form = (text: string) => text.toLocaleLowerCase('uk');
  const taken = tree.some(
    (other) => other.id !== id && other.parent_id === parentId && form(other.name) === form(name),
  );
  if (taken) throw new LubartError('department.name_taken', { field: 'name' });
}
