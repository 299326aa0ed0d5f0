/**
 * Whoever comes in, as the door knows them: everything its steps ask about, read once and together in the act that lets in, so
 * that all of them judge the same moment and the database is waited for once.
 */
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { Visitor } from '#http';
import type { PersonRow, RoleRow } from '#protections/access';
import { findPersonRow, referenceOf, rolesOfPerson } from '#protections/access';
import type { Demands, FactorStanding } from './demands/demand.ts';
import { demandsFrom, readStanding } from './demands/read-standing.ts';
import type { KnownBrowser } from './devices/device-store.ts';
import { findDevice } from './devices/device-store.ts';
import type { KeptRules } from './rules.ts';
import { readRules } from './rules.ts';
import type { Holder } from './sign-in-store.ts';
import { listClosedDomains } from './sso/provider-store.ts';

export type Entrant = {
  person: PersonRow | undefined;
  /** Everything that gives rights, the baseline among them. */
  roles: readonly RoleRow[];
  rules: KeptRules;
  demands: Demands;
  standing: FactorStanding | undefined;
  /** The browser, when it is the person’s, however long ago it was used. */
  device: KnownBrowser | undefined;
  /** Domains of e-mail whose people come in by their provider alone. */
  closedDomains: readonly string[];
};

/** `finding`: the row of the person, where it is read anyhow. */
export async function readEntrant(
  tx: Transaction,
  holder: Holder,
  browser: Visitor['browser'],
  now: Date,
  finding?: Promise<PersonRow | undefined>,
): Promise<Entrant> {
  const { organizationId, personId } = holder;
  const [person, roles, rules, standing, device, closedDomains] = await allSent([
    finding ?? findPersonRow(tx, organizationId, personId),
    rolesOfPerson(tx, organizationId, personId, now),
    readRules(tx, organizationId),
    readStanding(tx, organizationId, personId, now),
    findDevice(tx, holder, browser),
    listClosedDomains(tx, organizationId),
  ]);
  return { person, roles, rules, demands: demandsFrom(rules.factors), standing, device, closedDomains };
}

/** By what rules name roles. Nobody is given the baseline, so no rule names it. */
export const heldReferences = ({ roles }: Pick<Entrant, 'roles'>): string[] =>
  roles.filter(({ key }) => key !== 'baseline').map(referenceOf);
