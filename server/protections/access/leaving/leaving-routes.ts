/** Routes of leaving and moving. The act looks at rights again under its lock; here the reach only says that there are some. */
import type { leavingRoutes } from '#contract';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '../actor.ts';
import type { PeopleDirectory } from '../people-directory.ts';
import { findPersonRow } from '../people-store.ts';
import { reaches } from '../policy.ts';
import type { LeavingDeps } from './leave-person.ts';
import { leavePerson, nameOf } from './leave-person.ts';
import { findLeaving } from './leaving-store.ts';
import { movePerson } from './move-person.ts';
import { findSleepers } from './sleeping.ts';

export function leavingHandlers(deps: LeavingDeps & { directory: PeopleDirectory }): Handlers<typeof leavingRoutes> {
  const { database, keyring, directory, clock } = deps;
  const changed = async <T>(actor: Actor, changing: Promise<T>): Promise<T> => {
    const view = await changing;
    directory.forget(actor.organizationId);
    return view;
  };
  return {
    'POST /api/v1/people/:id/leave': ({ actor, params, body }) =>
      changed(actor, leavePerson(deps, actor, params.id, body)),
    'POST /api/v1/people/:id/move': ({ actor, params, body }) =>
      changed(actor, movePerson(deps, actor, params.id, body)),
    'GET /api/v1/people/:id/leaving': async ({ actor, reach, params }) => {
      const seals = await keyring.of(actor.organizationId);
      return database.read(reach, async (tx) => {
        const person = await findPersonRow(tx, actor.organizationId, params.id);
        if (person === undefined) throw new LubartError('person.not_found');
        if (!reaches(actor, 'person.leave', { ownerId: person.id, departmentId: person.department_id })) {
          throw new LubartError('access.denied', { details: { permission: 'person.leave' } });
        }
        const certificate = await findLeaving(tx, seals, params.id);
        if (certificate === undefined) throw new LubartError('leaving.not_found');
        return certificate;
      });
    },
    'GET /api/v1/people/sleeping': async ({ actor, reach }) => {
      const { organizationId } = actor;
      const seals = await keyring.of(organizationId);
      return database.read(reach, async (tx) => {
        const { sleeping, leftActive } = await findSleepers(tx, organizationId, deps.ties, clock.now());
        return {
          sleeping: sleeping.map((person) => {
            const lastSeenAt = person.last_seen_at?.toISOString() ?? null;
            return { id: person.id, name: nameOf(seals, person), lastSeenAt };
          }),
          leftActive: leftActive.map(({ person, sessions, roles }) => {
            return { id: person.id, name: nameOf(seals, person), sessions, roles };
          }),
          invitations: await deps.ties.unansweredInvitations(tx, seals),
        };
      });
    },
  };
}
