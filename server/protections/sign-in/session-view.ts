/** What a signed-in person is told about oneself: who, where, and what one may do. */
import type { SessionView } from '#contract';
import { permissions } from '#contract';
import type { Transaction } from '#database';
import { allSent } from '#database';
import { LubartError } from '#kernel';
import { openOrganizationName, rightsWithPlaces, scopeOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { DemandView } from './demands/session-demand.ts';
import { readDemandView, readProof } from './demands/session-demand.ts';
import type { Entrant } from './entrant.ts';
import { readEntrant } from './entrant.ts';

export async function readSessionView(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  sessionId: string | null,
  now: Date,
): Promise<SessionView> {
  const [entrant, proof] = await allSent([
    readEntrant(tx, seals, personId, null, now),
    sessionId === null ? undefined : readProof(tx, seals.organizationId, sessionId),
  ]);
  const demand = await readDemandView(tx, seals.organizationId, entrant, proof, now);
  return viewSession(seals, entrant, demand);
}

/** The same of whom the door has just read. @throws session.expired when nobody is there */
export function viewSession(seals: OrganizationSeals, entrant: Entrant, demand: DemandView): SessionView {
  const { organization, person, roles, places, department } = entrant;
  if (person === undefined) throw new LubartError('session.expired');
  const rights = rightsWithPlaces(roles, person.language, [], places);
  return {
    organization: { id: seals.organizationId, name: openOrganizationName(seals, organization) },
    person: {
      id: person.id,
      name: person.name,
      email: person.email,
      roles: rights.roles.map((role) => ({ ...role })),
      department: department === undefined ? null : { ...department },
    },
    language: person.language,
    permissions: permissions
      .map((permission) => ({ permission, scope: scopeOf(rights, permission) }))
      .filter(({ scope }) => scope !== 'none'),
    demand: demand === null ? null : demand(person.language),
    fields: (['contact', 'company'] as const).flatMap((record) =>
      Object.entries(rights.fieldRights[record]).map(([field, right]) => ({ record, field, right })),
    ),
  };
}
