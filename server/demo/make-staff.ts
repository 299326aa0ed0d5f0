/** Departments and people of the demo, in one transaction; they join as they would by invitation, only without the letters. */
import { allSent } from '#database';
import { newId } from '#kernel';
import type { Actor } from '#protections/access';
import { insertDepartment } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Lubart } from '../lubart.ts';
import type { DemoPerson } from './staff.ts';
import { demoAddressOf, demoColleagues, demoCompanyName, demoDepartments } from './staff.ts';

export type Placed = { person: DemoPerson; personId: string; departmentId: string; otpauthUri: string };

/** Returns everybody but the owner. */
export async function makeStaff(
  lubart: Pick<Lubart, 'database' | 'auditLog' | 'signIn' | 'people'>,
  seals: OrganizationSeals,
  owner: Actor,
  password: string,
): Promise<Placed[]> {
  const { organizationId } = seals;
  const departments = new Map(demoDepartments.map((name) => [name, newId()]));
  const placed = await lubart.database.act(systemReach(organizationId), async (tx) => {
    const record = (
      event: 'department.created' | 'person.joined',
      kind: string,
      id: string,
      facts: Record<string, unknown>,
    ) => lubart.auditLog.record(tx, seals, doerOf(owner), { event, subjectKind: kind, subjectIds: [id], facts });
    for (const [name, id] of departments) {
      await insertDepartment(tx, { organizationId, id, parentId: owner.departmentId, name, at: new Date() });
      await record('department.created', 'department', id, { parentId: owner.departmentId, demo: true });
    }
    return allSent(
      demoColleagues.map(async (person) => {
        const departmentId = person.department === null ? owner.departmentId : departments.get(person.department)!;
        const { name, role } = person;
        const input = {
          name,
          email: demoAddressOf(person),
          password,
          role,
          departmentId,
          organizationName: demoCompanyName,
        };
        const { personId, otpauthUri } = await lubart.signIn.createPerson(tx, seals, input);
        await record('person.joined', 'person', personId, { role, demo: true });
        return { person, personId, departmentId, otpauthUri };
      }),
    );
  });
  lubart.people.forget(organizationId);
  return placed;
}
