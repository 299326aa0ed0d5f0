/** The manager who is measured, as the rooms of the server know who asks. */
import type { Actor } from '#protections/access';
import { combineRights, readyRights } from '#protections/access';
import type { Company } from './prepare-company.ts';

const managerRights = {
  roles: [],
  ...combineRights([readyRights.manager, readyRights.baseline]),
};

export function actorOf({ organizationId, manager }: Company): Actor {
  const { personId, departmentId } = manager;
  const who = {
    name: 'Менеджер 1',
    language: 'uk',
    address: '127.0.0.1',
    device: 'bench',
    requestId: 'bench',
    factors: [],
    provedAt: null,
  } as const;
  return {
    organizationId,
    personId,
    sessionId: null,
    departmentId,
    departmentIds: [departmentId],
    ...who,
    ...managerRights,
  };
}
