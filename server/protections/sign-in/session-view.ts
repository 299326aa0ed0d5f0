/** What a signed-in person is told about oneself: who, where, and what one may do. */
import type { SessionView } from '#contract';
import { permissions } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import {
  findPersonRow,
  personPlace,
  readOrganization,
  rightsWithPlaces,
  rolesOfPerson,
  scopeOf,
} from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { readDemandView } from './demands/session-demand.ts';
import { placesOf } from './session-store.ts';

export async function readSessionView(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  sessionId: string | null,
  now: Date,
): Promise<SessionView> {
  const { organizationId } = seals;
  const organization = await readOrganization(tx, seals);
  const row = await findPersonRow(tx, organizationId, personId);
  if (row === undefined) throw new LubartError('session.expired');
  const places = await placesOf(tx, organizationId, personId, now);
  const roles = await rolesOfPerson(tx, organizationId, personId, now);
  const rights = rightsWithPlaces(roles, row.language, [], places);
  const { name, email } = seals.open<PersonSecret>(personPlace(personId), row.sealed);
  const [department] = await tx<{ id: string; name: string }[]>`
    SELECT id, name FROM departments WHERE organization_id = ${organizationId} AND id = ${row.department_id}`;
  return {
    organization: { id: organization.id, name: organization.name },
    person: {
      id: personId,
      name,
      email,
      roles: rights.roles.map((role) => ({ ...role })),
      department: department === undefined ? null : { ...department },
    },
    language: row.language,
    permissions: permissions
      .map((permission) => ({ permission, scope: scopeOf(rights, permission) }))
      .filter(({ scope }) => scope !== 'none'),
    demand: await readDemandView(tx, organizationId, personId, sessionId, row.language, now),
    fields: (['contact', 'company'] as const).flatMap((record) =>
      Object.entries(rights.fieldRights[record]).map(([field, right]) => ({ record, field, right })),
    ),
  };
}
