/** Routes of people, departments and the organization. Rights were checked by the frame; here reach travels on. */
import type {
  DepartmentView,
  PersonView,
  elevationRoutes,
  headRoutes,
  leavingRoutes,
  peopleRoutes,
  roleRoutes,
} from '#contract';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import { doerOf } from '#protections/audit-log';
import type { Actor } from './actor.ts';
import { changeDepartment, createDepartment, removeDepartment } from './change-departments.ts';
import { elevationHandlers } from './elevation/elevation-routes.ts';
import type { ElevationDeps } from './elevation/elevations.ts';
import type { DeputyDeps } from './heads/name-deputy.ts';
import { endDeputyship, nameDeputy, readDeputies } from './heads/name-deputy.ts';
import { nameHeads } from './heads/name-heads.ts';
import { changePerson } from './change-person.ts';
import { requireEntitledNow } from './entitled-now.ts';
import { changeRole, createRole, readRoles, removeRole, resetRole } from './change-roles.ts';
import type { LeavingDeps } from './leaving/leave-person.ts';
import { leavingHandlers } from './leaving/leaving-routes.ts';
import { nameOrganization, readOrganization } from './organization.ts';
import type { DirectoryDepartment, DirectoryPerson, PeopleDirectory } from './people-directory.ts';
import { readLine } from './person.ts';
import { may } from './policy.ts';
import { markOf } from './role.ts';

export type AccessHandlers = Pick<
  Handlers<typeof peopleRoutes> &
    Handlers<typeof roleRoutes> &
    Handlers<typeof leavingRoutes> &
    Handlers<typeof headRoutes> &
    Handlers<typeof elevationRoutes>,
  | 'GET /api/v1/people'
  | 'PATCH /api/v1/people/:id'
  | 'GET /api/v1/departments'
  | 'POST /api/v1/departments'
  | 'PATCH /api/v1/departments/:id'
  | 'DELETE /api/v1/departments/:id'
  | 'GET /api/v1/organization'
  | 'PATCH /api/v1/organization'
  | keyof typeof roleRoutes
  | keyof typeof leavingRoutes
  | keyof typeof headRoutes
  | keyof typeof elevationRoutes
>;

export type AccessDeps = DeputyDeps & ElevationDeps & LeavingDeps & { directory: PeopleDirectory };

export function accessHandlers(deps: AccessDeps): AccessHandlers {
  const { database, keyring, auditLog, directory } = deps;
  const department = async (actor: Actor, id: string): Promise<DepartmentView> => {
    directory.forget(actor.organizationId);
    const found = (await directory.departments(actor.organizationId)).find((candidate) => candidate.id === id);
    if (found === undefined) throw new LubartError('department.not_found');
    return departmentView(found);
  };
  /** After a change of the tree: who sees what may be different now. */
  const treeChanged = (actor: Actor) => {
    directory.forget(actor.organizationId);
    deps.ties.forgetSessions();
  };
  /** Whoever has the role has other rights at once. */
  const rolesChanged = async <T>(actor: Actor, changing: Promise<T>): Promise<T> => {
    const changed = await changing;
    treeChanged(actor);
    return changed;
  };
  return {
    ...leavingHandlers(deps),
    ...elevationHandlers(deps),
    'GET /api/v1/people': async ({ actor }) => {
      directory.forget(actor.organizationId);
      return { people: (await directory.list(actor.organizationId)).map((person) => personView(person, actor)) };
    },
    'PATCH /api/v1/people/:id': async ({ actor, reach, params, body }) => {
      await changePerson(deps, actor, reach, params.id, body);
      directory.forget(actor.organizationId);
      const person = await directory.find(actor.organizationId, params.id);
      if (person === undefined) throw new LubartError('person.not_found');
      return personView(person, actor);
    },
    'GET /api/v1/departments': async ({ actor }) => {
      directory.forget(actor.organizationId);
      return { departments: (await directory.departments(actor.organizationId)).map(departmentView) };
    },
    'POST /api/v1/departments': async ({ actor, reach, body }) => {
      const id = await createDepartment(deps, actor, reach, body);
      treeChanged(actor);
      return department(actor, id);
    },
    'PATCH /api/v1/departments/:id': async ({ actor, reach, params, body }) => {
      await changeDepartment(deps, actor, reach, params.id, body);
      treeChanged(actor);
      return department(actor, params.id);
    },
    'PUT /api/v1/departments/:id/heads': async ({ actor, reach, params, body }) => {
      await nameHeads(deps, actor, reach, params.id, body.personIds);
      treeChanged(actor);
      return department(actor, params.id);
    },
    'GET /api/v1/deputies': ({ actor }) => readDeputies(deps, actor),
    'POST /api/v1/deputies': async ({ actor, body }) => {
      const named = await nameDeputy(deps, actor, body);
      deps.ties.forgetSessions();
      return named;
    },
    'DELETE /api/v1/deputies/:id': async ({ actor, params }) => {
      await endDeputyship(deps, actor, params.id);
      deps.ties.forgetSessions();
      return {};
    },
    'DELETE /api/v1/departments/:id': async ({ actor, reach, params }) => {
      await removeDepartment(deps, actor, reach, params.id);
      treeChanged(actor);
      return {};
    },
    'GET /api/v1/roles': async ({ actor, reach }) => ({ roles: await readRoles(deps, actor, reach) }),
    'POST /api/v1/roles': async ({ actor, reach, body }) => rolesChanged(actor, createRole(deps, actor, reach, body)),
    'PATCH /api/v1/roles/:id': async ({ actor, reach, params, body }) =>
      rolesChanged(actor, changeRole(deps, actor, reach, params.id, body)),
    'POST /api/v1/roles/:id/reset': async ({ actor, reach, params }) =>
      rolesChanged(actor, resetRole(deps, actor, reach, params.id)),
    'DELETE /api/v1/roles/:id': async ({ actor, reach, params }) => {
      await rolesChanged(actor, removeRole(deps, actor, reach, params.id));
      return {};
    },
    'GET /api/v1/organization': async ({ actor, reach }) => {
      const seals = await keyring.of(actor.organizationId);
      return database.read(reach, (tx) => readOrganization(tx, seals));
    },
    'PATCH /api/v1/organization': async ({ actor, reach, body }) => {
      const seals = await keyring.of(actor.organizationId);
      const name = readLine(body.name, 'name');
      return database.act(reach, async (tx) => {
        await requireEntitledNow(tx, actor, 'organization.update', deps.clock.now());
        await nameOrganization(tx, seals, name);
        await auditLog.record(tx, seals, doerOf(actor), {
          event: 'organization.updated',
          subjectKind: 'organization',
          subjectIds: [actor.organizationId],
          facts: { fields: ['name'] },
        });
        return readOrganization(tx, seals);
      });
    },
  };
}

const departmentView = ({ heads, ...department }: DirectoryDepartment): DepartmentView => ({
  ...department,
  heads: heads.map((head) => ({ ...head })),
});

/** E-mails of colleagues are for those who may change them; one’s own is one’s own. */
export function personView(person: DirectoryPerson, actor: Actor): PersonView {
  const { id, name, departmentId, active, lastSeenAt } = person;
  const roles = person.roles.map((role) => ({ ...markOf(role, actor.language) }));
  const email = may(actor, 'person.update') || id === actor.personId ? person.email : null;
  return { id, name, email, roles, departmentId, active, lastSeenAt: lastSeenAt?.toISOString() ?? null };
}
