/**
 * What a move in the tree would change, before it is made: whose clients go along, and who sees them then and did not before. Names
 * of colleagues and numbers of clients, never a client.
 */
import type { DepartmentMoveView, PersonMoveView } from '#contract';
import type { Reach } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '../actor.ts';
import { listDepartments } from '../department-store.ts';
import { branchOf, lineOf, makesRing } from '../department-tree.ts';
import type { ExplainDeps } from '../explain-access.ts';
import { toldTo } from '../explain-access.ts';
import { listPeople } from '../people-store.ts';
import { reaches } from '../policy.ts';
import type { RecordKindName } from '../role.ts';
import type { Standing } from '../standings.ts';
import { reachOfStanding, readStandings, standingAt } from '../standings.ts';
import { listNamedHeads } from './head-store.ts';

/** @throws department.not_found, request.invalid (a ring, or the company itself) */
export async function previewDepartmentMove(
  deps: ExplainDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  parentId: string,
): Promise<DepartmentMoveView> {
  const { organizationId } = actor;
  const { tree, standings, people, heads } = await readAll(deps, reach);
  const moved = tree.find((department) => department.id === id);
  if (moved === undefined) throw new LubartError('department.not_found');
  if (!tree.some((department) => department.id === parentId)) {
    throw new LubartError('department.not_found', { field: 'parentId' });
  }
  if (moved.parent_id === null || makesRing(tree, id, parentId)) {
    throw new LubartError('request.invalid', { field: 'parentId', details: { reason: 'ring' } });
  }
  const after = tree.map((department) => (department.id === id ? { ...department, parent_id: parentId } : department));
  const branch = branchOf(tree, id);
  const homes = new Map(people.map((person) => [person.id, person.department_id]));
  const lost = heads.filter(
    (head) =>
      branch.includes(head.departmentId) && !lineOf(after, head.departmentId).includes(homes.get(head.personId)!),
  );
  const inBranch: Reach = { organizationId, personId: null, departmentIds: branch, scope: 'department' };
  const nameOf = await namesOf(deps, organizationId);
  return {
    people: people.filter((one) => one.deactivated_at === null && branch.includes(one.department_id)).length,
    contacts: await countedFor(deps, actor, 'contact', inBranch),
    companies: await countedFor(deps, actor, 'company', inBranch),
    ...changeOf(
      standings,
      standings.map((one) => standingAt(one, after, one.departmentId)),
      id,
      nameOf,
    ),
    headsLost: [...new Set(lost.map(({ personId }) => personId))].map(nameOf),
  };
}

/** @throws person.not_found, department.not_found, access.denied: the same that the move would say */
export async function previewPersonMove(
  deps: ExplainDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  departmentId: string,
): Promise<PersonMoveView> {
  const { organizationId } = actor;
  const { tree, standings, heads } = await readAll(deps, reach);
  const was = standings.find(({ personId }) => personId === id);
  if (was === undefined) throw new LubartError('person.not_found');
  if (!tree.some((department) => department.id === departmentId)) {
    throw new LubartError('department.not_found', { field: 'departmentId' });
  }
  // Attack: who answers for one department looks into another by asking what a move would change.
  const places = [
    { ownerId: id, departmentId: was.departmentId },
    { ownerId: '', departmentId },
  ];
  if (!places.every((place) => reaches(actor, 'person.leave', place))) {
    throw new LubartError('access.denied', { details: { permission: 'person.leave' } });
  }
  const is = standingAt(was, tree, departmentId);
  const nameOf = await namesOf(deps, organizationId);
  const sees = async (kind: RecordKindName) => ({
    before: await seenBy(deps, actor, kind, was),
    after: await seenBy(deps, actor, kind, is),
  });
  const own: Reach = { organizationId, personId: id, departmentIds: [], scope: 'own' };
  const before = seeing(standings, was.departmentId).filter((personId) => personId !== id);
  const after = seeing(standings, departmentId).filter((personId) => personId !== id);
  return {
    sees: { contacts: await sees('contact'), companies: await sees('company') },
    contacts: await countedFor(deps, actor, 'contact', own),
    companies: await countedFor(deps, actor, 'company', own),
    gain: after.filter((personId) => !before.includes(personId)).map(nameOf),
    lose: before.filter((personId) => !after.includes(personId)).map(nameOf),
    headsLost: heads.some((head) => head.personId === id && !lineOf(tree, head.departmentId).includes(departmentId))
      ? [nameOf(id)]
      : [],
  };
}

const readAll = (deps: ExplainDeps, reach: Reach) =>
  deps.database.read(reach, async (tx) => ({
    tree: await listDepartments(tx, reach.organizationId),
    standings: await readStandings(tx, reach.organizationId, deps.clock.now()),
    people: await listPeople(tx, reach.organizationId),
    heads: await listNamedHeads(tx, reach.organizationId),
  }));

async function namesOf(deps: ExplainDeps, organizationId: string) {
  const names = new Map((await deps.directory.list(organizationId)).map((person) => [person.id, person.name]));
  return (id: string) => ({ id, name: names.get(id) ?? '' });
}

async function seenBy(deps: ExplainDeps, actor: Actor, kind: RecordKindName, standing: Standing) {
  const reach = reachOfStanding(standing, `${kind}.read`);
  return reach === undefined ? { count: 0, more: false } : countedFor(deps, actor, kind, reach);
}

const countedFor = async (deps: ExplainDeps, actor: Actor, kind: RecordKindName, reach: Reach) =>
  toldTo(actor, kind, reach, await deps.countRecords(kind, reach));

/** Everybody active to whom the clients of a department are open. */
function seeing(standings: readonly Standing[], departmentId: string): string[] {
  return standings
    .filter((standing) => {
      const reach = standing.active ? reachOfStanding(standing, 'contact.read') : undefined;
      if (reach === undefined) return false;
      return reach.scope === 'all' || (reach.scope === 'department' && reach.departmentIds.includes(departmentId));
    })
    .map(({ personId }) => personId);
}

function changeOf(
  was: readonly Standing[],
  is: readonly Standing[],
  departmentId: string,
  nameOf: (id: string) => { id: string; name: string },
): Pick<DepartmentMoveView, 'gain' | 'lose'> {
  const [before, after] = [seeing(was, departmentId), seeing(is, departmentId)];
  return {
    gain: after.filter((id) => !before.includes(id)).map(nameOf),
    lose: before.filter((id) => !after.includes(id)).map(nameOf),
  };
}
