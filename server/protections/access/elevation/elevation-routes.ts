/** Temporary roles over HTTP, and how each request is shown. */
import type { elevationRoutes, ElevationView } from '#contract';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import type { Actor } from '../actor.ts';
import type { PeopleDirectory } from '../people-directory.ts';
import { reaches } from '../policy.ts';
import { listRoles } from '../role-store.ts';
import type { StoredRole } from '../role-store.ts';
import { markOf } from '../role.ts';
import type { ElevationRow } from './elevation-store.ts';
import { findElevation, listOpenElevations, listOwnElevations, stateOf } from './elevation-store.ts';
import type { ElevationDeps } from './elevations.ts';
import { answerElevation, askElevation, endEarly, giveBackElevation, readHouse, reasonPlace } from './elevations.ts';
import type { House } from './judge-answer.ts';
import { reasonAgainst } from './judge-answer.ts';

export type ElevationHandlers = Handlers<typeof elevationRoutes>;
type Deps = ElevationDeps & { directory: PeopleDirectory; ties: { forgetSessions(): void } };
type Known = {
  roles: readonly StoredRole[];
  house: House;
  names: ReadonlyMap<string, string>;
  seals: OrganizationSeals;
};

export function elevationHandlers(deps: Deps): ElevationHandlers {
  const { database, keyring, clock, directory } = deps;
  const known = async (
    actor: Actor,
    rowsOf: (tx: Parameters<Parameters<typeof database.read>[1]>[0]) => Promise<ElevationRow[]>,
  ) => {
    const { organizationId } = actor;
    const seals = await keyring.of(organizationId);
    const names = new Map((await directory.list(organizationId)).map(({ id, name }) => [id, name]));
    const reach = { organizationId, personId: actor.personId, departmentIds: [], scope: 'none' as const };
    return database.read(reach, async (tx) => {
      const rows = await rowsOf(tx);
      const house = await readHouse(tx, organizationId, clock.now());
      return { rows, seals, names, house, roles: await listRoles(tx, organizationId) };
    });
  };
  const view = (actor: Actor, row: ElevationRow, given: Known) => elevationView(actor, row, given, clock.now());
  const one = async (actor: Actor, id: string): Promise<ElevationView> => {
    const found = await known(actor, async (tx) => [(await findElevation(tx, actor.organizationId, id))!]);
    return view(actor, found.rows[0]!, found);
  };
  /** Rights are others now: nothing that is kept of sessions and colleagues is true any more. */
  const changed = async (actor: Actor, changing: Promise<void>): Promise<void> => {
    await changing;
    deps.ties.forgetSessions();
    directory.forget(actor.organizationId);
  };
  return {
    'GET /api/v1/profile/elevations': async ({ actor }) => {
      const found = await known(actor, (tx) => listOwnElevations(tx, actor.organizationId, actor.personId));
      const held = new Set(actor.roles.map(({ id }) => id));
      const askable = found.roles.filter(({ id, key }) => key !== 'owner' && key !== 'baseline' && !held.has(id));
      return {
        elevations: found.rows.map((row) => view(actor, row, found)),
        roles: askable.map((role) => ({ ...markOf(role, actor.language) })),
      };
    },
    'POST /api/v1/profile/elevations': async ({ actor, body }) => one(actor, await askElevation(deps, actor, body)),
    'POST /api/v1/profile/elevations/:id/end': async ({ actor, params }) => {
      await changed(actor, giveBackElevation(deps, actor, params.id));
      return {};
    },
    'GET /api/v1/elevations': async ({ actor }) => {
      const found = await known(actor, (tx) => listOpenElevations(tx, actor.organizationId, clock.now()));
      const within = found.rows.filter((row) => {
        const person = found.house.standings.find(({ personId }) => personId === row.person_id);
        return (
          person !== undefined &&
          reaches(actor, 'elevation.approve', { ownerId: person.personId, departmentId: person.departmentId })
        );
      });
      return { elevations: within.map((row) => view(actor, row, found)) };
    },
    'POST /api/v1/elevations/:id/approve': async ({ actor, reach, params }) => {
      await changed(actor, answerElevation(deps, actor, reach, params.id, true));
      return one(actor, params.id);
    },
    'POST /api/v1/elevations/:id/refuse': async ({ actor, reach, params }) => {
      await changed(actor, answerElevation(deps, actor, reach, params.id, false));
      return one(actor, params.id);
    },
    'POST /api/v1/elevations/:id/end': async ({ actor, reach, params }) => {
      await changed(actor, endEarly(deps, actor, reach, params.id));
      return {};
    },
  };
}

function elevationView(
  actor: Actor,
  row: ElevationRow,
  { roles, house, names, seals }: Known,
  now: Date,
): ElevationView {
  const role = roles.find(({ id }) => id === row.role_id);
  if (role === undefined) throw new LubartError('role.not_found');
  const named = (id: string) => ({ id, name: names.get(id) ?? '' });
  const state = stateOf(row, now);
  return {
    id: row.id,
    person: named(row.person_id),
    role: { ...markOf(role, actor.language) },
    hours: row.hours,
    reason: seals.open<string>(reasonPlace(row.id), row.sealed),
    askedAt: row.asked_at.toISOString(),
    state,
    until: row.until?.toISOString() ?? null,
    answeredBy: row.answered_by === null ? null : named(row.answered_by),
    mayAnswer: state === 'waiting' && reasonAgainst(house, actor.personId, row.person_id, role) === null,
  };
}
