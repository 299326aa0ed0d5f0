/** What a signed-in person is told about oneself: who, where, and what one may do. */
import type { SessionView } from '#contract';
import { permissions } from '#contract';
import type { Transaction } from '#database';
import { allSent } from '#database';
import { LubartError } from '#kernel';
import type { PersonSecret, StandsFor } from '#protections/access';
import { personPlace, readWorkplace, rightsWithPlaces, scopeOf } from '#protections/access';
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
  const [entrant, surroundings, proof] = await allSent([
    readEntrant(tx, { organizationId, personId }, null, now),
    readSurroundings(tx, seals, personId, now),
    sessionId === null ? undefined : readProof(tx, organizationId, sessionId),
  ]);
  return viewSession(tx, seals, personId, { entrant, surroundings, proof, now });
}

/** What is shown of somebody and no step of the door asks for: the organization, the department, whose places are taken. */
export type Surroundings = {
  organization: { id: string; name: string };
  places: readonly StandsFor[];
  department: { id: string; name: string } | undefined;
};

export async function readSurroundings(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  now: Date,
): Promise<Surroundings> {
  const [workplace, places] = await allSent([
    readWorkplace(tx, seals, personId),
    placesOf(tx, seals.organizationId, personId, now),
  ]);
  return { ...workplace, places };
}

/** The same of whom the door has just read. Sends at once what it still asks, and nothing after an answer: COMMIT may be behind it. */
export async function viewSession(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  {
    entrant,
    surroundings,
    proof,
    now,
  }: { entrant: Entrant; surroundings: Surroundings; proof: Proof | undefined; now: Date },
): Promise<SessionView> {
  const { person: row, roles } = entrant;
  const { organization, places, department } = surroundings;
  const demand = await readDemandView(tx, seals.organizationId, entrant, proof, now);
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
