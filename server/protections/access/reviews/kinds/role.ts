/** Roles for good, and roles for a time. */
import { LubartError } from '#kernel';
import type { RoleTakingDeps } from '#protections/access';
import { listGivenRoles, listRoles, restoreRole, rightsOf, withdrawRole } from '#protections/access';
import type { RightKind } from './kind.ts';

export function roleKinds(deps: RoleTakingDeps): RightKind[] {
  return [roleKind(deps, 'role'), roleKind(deps, 'temporary-role')];
}

function roleKind(deps: RoleTakingDeps, name: 'role' | 'temporary-role'): RightKind {
  return {
    name,
    list: async (tx, organizationId, now, personId) => {
      const given = await listGivenRoles(tx, organizationId, now, personId);
      return given
        .filter(({ until }) => (until === null) === (name === 'role'))
        .map((role) => ({
          kind: name,
          personId: role.personId,
          subjectId: role.id,
          snapshot: {
            roleKey: role.key,
            name: role.name,
            ...rightsOf(role),
            until: role.until?.toISOString() ?? null,
            givenBy: role.givenBy,
            givenAt: role.givenAt.toISOString(),
            version: role.version,
          },
        }));
    },
    withdraw: (tx, seals, taking) => withdrawRole(tx, deps, seals, { ...taking, roleId: taking.subjectId }),
    giveBack: async (tx, seals, taking) => {
      const { snapshot, subjectId, at } = taking;
      const roles = await listRoles(tx, seals.organizationId, true);
      const role = roles.find(({ id, version }) => id === subjectId && version === snapshot.version);
      const until = snapshot.until === null ? null : new Date(snapshot.until);
      // Attack: the role was widened meanwhile, and a second thought gives what nobody was asked about.
      if (role === undefined || (until !== null && until <= at)) throw new LubartError('review.changed_since');
      const was = { role, givenBy: snapshot.givenBy, givenAt: new Date(snapshot.givenAt), until };
      return restoreRole(tx, deps, seals, { ...taking, roleId: subjectId }, was);
    },
  };
}
