/**
 * Who may answer a request for a role. Judged by what the answering person has for good: what was given for a time gives nothing
 * on. Nobody answers for themselves, and nobody for the one who leads them: whoever asks could order the answer.
 */
import type { ErrorCode } from '#contract';
import type { Actor } from '../actor.ts';
import { actorRights, isOwner } from '../actor.ts';
import { lineOf } from '../department-tree.ts';
import type { Heads } from '../heads/find-heads.ts';
import { mayGiveRoleIn, reaches } from '../policy.ts';
import type { RoleRow } from '../role.ts';
import type { Standing } from '../standings.ts';

export type House = {
  standings: readonly Standing[];
  heads: Heads;
  departments: readonly { id: string; parent_id: string | null }[];
};

/** What somebody has for good, and in the place of an absent head. */
export function lastingRights(standing: Standing): Pick<Actor, 'roles' | 'grants' | 'fieldRights' | 'standIn'> {
  const rows = standing.rows.filter(({ until }) => until === undefined || until === null);
  return { ...actorRights(rows, 'uk'), ...(standing.standIn === undefined ? {} : { standIn: standing.standIn }) };
}

/** Why this person may not approve this role for that person; null when nothing speaks against it. */
export function reasonAgainst(
  house: House,
  approverId: string,
  askerId: string,
  role: RoleRow,
): Extract<ErrorCode, 'access.denied' | 'elevation.own' | 'elevation.led' | 'elevation.beyond_own'> | null {
  const approver = house.standings.find(({ personId }) => personId === approverId);
  const asker = house.standings.find(({ personId }) => personId === askerId);
  // Attack: who asks approves.
  if (approverId === askerId) return 'elevation.own';
  if (approver === undefined || asker === undefined || !approver.active || !asker.active) return 'access.denied';
  const rights = lastingRights(approver);
  const { personId, departmentIds } = approver;
  const self = { ...rights, personId, departmentIds };
  const within = reaches(self, 'elevation.approve', { ownerId: askerId, departmentId: asker.departmentId });
  if (!within) return 'access.denied';
  if (!isOwner(rights) && isLedBy(house, approver, askerId)) return 'elevation.led';
  return mayGiveRoleIn(self, role, asker.departmentId) ? null : 'elevation.beyond_own';
}

const isLedBy = ({ heads, departments }: House, person: Standing, leaderId: string) =>
  lineOf(departments, person.departmentId).some((id) =>
    (heads.get(id) ?? []).some((head) => head.personId === leaderId),
  );
