/** Whose places people take at this moment. A deputy gets what the head has, never what the head stands in for: there is no chain. */
import type { Transaction } from '#database';
import { listDepartments } from '../department-store.ts';
import { listPeople } from '../people-store.ts';
import { listHeldRoles, listRoles } from '../role-store.ts';
import { listStanding } from './deputy-store.ts';
import { departmentsLedBy, headsFrom } from './find-heads.ts';
import { listNamedHeads } from './head-store.ts';
import type { StandsFor } from './stand-in.ts';

/** By the deputy’s id; of one person when one is named. */
export async function readStandIns(
  tx: Transaction,
  organizationId: string,
  now: Date,
  deputyId?: string,
): Promise<ReadonlyMap<string, readonly StandsFor[]>> {
  const standing = await listStanding(tx, organizationId, now, deputyId);
  if (standing.length === 0) return new Map();
  const departments = await listDepartments(tx, organizationId);
  const held = await listHeldRoles(tx, organizationId, now);
  const people = await listPeople(tx, organizationId);
  const heads = headsFrom({ departments, people, held, named: await listNamedHeads(tx, organizationId) });
  const everybodys = (await listRoles(tx, organizationId)).filter(({ key }) => key === 'baseline');
  const places = standing.map(({ headId, deputyId: id }) => ({
    id,
    headId,
    rows: [...everybodys, ...held.filter(({ personId }) => personId === headId)],
    departmentIds: departmentsLedBy(heads, departments, headId),
  }));
  return Map.groupBy(places, ({ id }) => id);
}
