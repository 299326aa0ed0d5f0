/** What a signed-in person is told about oneself: who, where, and what one may do. */
import type { SessionView } from '#contract';
import { permissions } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace, readOrganization, rightsWithPlaces, scopeOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { Proof } from './demands/demand.ts';
import { readDemandView, readProof } from './demands/session-demand.ts';
import type { Entrant } from './entrant.ts';
import { readEntrant } from './entrant.ts';
import { placesOf } from './session-store.ts';

export async function readSessionView(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  sessionId: string | null,
  now: Date,
): Promise<SessionView> {
  const { organizationId } = seals;
  const [entrant, proof] = await Promise.all([
    readEntrant(tx, { organizationId, personId }, null, now),
    sessionId === null ? undefined : readProof(tx, organizationId, sessionId),
  ]);
  return viewSession(tx, seals, personId, { entrant, proof, now });
}

/** The same of whom the door has just read. */
export async function viewSession(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  { entrant, proof, now }: { entrant: Entrant; proof: Proof | undefined; now: Date },
): Promise<SessionView> {
  const { organizationId } = seals;
  const { person: row, roles } = entrant;
  // Asked together, so that they travel together: everybody who comes in waits for this.
  const [organization, places, department, demand] = await Promise.all([
    readOrganization(tx, seals),
    placesOf(tx, organizationId, personId, now),
    findDepartmentOf(tx, organizationId, personId),
    readDemandView(tx, organizationId, entrant, proof, now),
  ]);
  if (row === undefined) throw new LubartError('session.expired');
  const rights = rightsWithPlaces(roles, row.language, [], places);
  const { name, email } = seals.open<PersonSecret>(personPlace(personId), row.sealed);
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
    demand: demand === null ? null : demand(row.language),
    fields: (['contact', 'company'] as const).flatMap((record) =>
      Object.entries(rights.fieldRights[record]).map(([field, right]) => ({ record, field, right })),
    ),
  };
}

async function findDepartmentOf(
  tx: Transaction,
  organizationId: string,
  personId: string,
): Promise<{ id: string; name: string } | undefined> {
  const [department] = await tx<{ id: string; name: string }[]>`
    SELECT d.id, d.name FROM people p
      JOIN departments d ON d.organization_id = p.organization_id AND d.id = p.department_id
    WHERE p.organization_id = ${organizationId} AND p.id = ${personId}`;
  return department;
}
