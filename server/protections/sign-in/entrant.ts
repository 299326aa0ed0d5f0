/**
 * Whoever comes in, as the door knows them: everything its steps ask about, read at once in the act that lets in, so that all of them
 * judge the same moment and the database is asked once.
 */
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { PersonRow, PersonSecret, RoleRow, StandsFor } from '#protections/access';
import { findPersonRow, personPlace, referenceOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { Demands, FactorStanding } from './demands/demand.ts';
import { demandsFrom, readStanding } from './demands/read-standing.ts';
import type { KnownBrowser } from './devices/device-store.ts';
import type { EntrantRow } from './entrant-store.ts';
import { askEntrant } from './entrant-store.ts';
import type { KeptRules } from './rules.ts';
import { rulesFrom } from './rules.ts';
import { placesOf } from './session-store.ts';

export type Entrant = {
  /** The organization’s name, sealed: no step of the door asks for it. */
  organization: Buffer;
  person: (PersonRow & PersonSecret) | undefined;
  /** Where in the organization the person works. */
  department: { id: string; name: string } | undefined;
  /** Everything that gives rights, the baseline among them. */
  roles: readonly RoleRow[];
  /** The heads whose place the person takes at this moment. */
  places: readonly StandsFor[];
  rules: KeptRules;
  demands: Demands;
  standing: FactorStanding | undefined;
  /** The browser, when it is the person’s, however long ago it was used. */
  device: KnownBrowser | undefined;
  /** Domains of e-mail whose people come in by their provider alone. */
  closedDomains: readonly string[];
};

/** `finding`: the row of the person, where it is read anyhow. @throws organization.not_found */
export async function readEntrant(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  browser: Visitor['browser'],
  now: Date,
  finding?: Promise<PersonRow | undefined>,
): Promise<Entrant> {
  const { organizationId } = seals;
  const [person, row] = await allSent([
    openPerson(seals, personId, finding ?? findPersonRow(tx, organizationId, personId)),
    askEntrant(tx, { organizationId, personId }, browser, now),
  ]);
  if (row === undefined) throw new LubartError('organization.not_found');
  const rules = rulesFrom(row);
  const standing = person && standingOf(person, row);
  // The heads’ roles count too; there are few deputies, and nobody else is asked for more.
  const [places, asDeputy] = row.stands_in
    ? await allSent([placesOf(tx, organizationId, personId, now), readStanding(tx, organizationId, personId, now)])
    : [[], standing];
  return {
    organization: row.organization,
    person,
    department: row.department_id === null ? undefined : { id: row.department_id, name: row.department_name! },
    roles: row.held,
    places,
    rules,
    demands: demandsFrom(rules.factors),
    standing: asDeputy,
    device: row.device_id === null ? undefined : { id: row.device_id, last_used_at: row.device_used_at! },
    closedDomains: row.closed_domains,
  };
}

/** Opened when it comes, while the database still works at what was sent behind it. */
async function openPerson(
  seals: OrganizationSeals,
  personId: string,
  finding: Promise<PersonRow | undefined>,
): Promise<Entrant['person']> {
  const row = await finding;
  return row && { ...row, ...seals.open<PersonSecret>(personPlace(personId), row.sealed) };
}

const standingOf = ({ id, created_at: joinedAt }: PersonRow, row: EntrantRow): FactorStanding => ({
  personId: id,
  joinedAt,
  roles: row.held.flatMap((role) =>
    role.givenAt === null ? [] : [{ reference: referenceOf(role), givenAt: new Date(role.givenAt), lent: role.lent }],
  ),
  apps: row.apps,
  keys: row.keys,
  sms: row.sms,
  codesLeft: row.codes_left,
});

/** By what rules name roles. Nobody is given the baseline, so no rule names it. */
export const heldReferences = ({ roles }: Pick<Entrant, 'roles'>): string[] =>
  roles.filter(({ key }) => key !== 'baseline').map(referenceOf);
