/** Whether the actor may let this person leave or move, by the rights and the place in the tree that stand under the lock. */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '../actor.ts';
import { isOwner } from '../actor.ts';
import { lastingRights, selfNow } from '../entitled-now.ts';
import type { LockedPerson } from '../people-store.ts';
import { reaches, seesWherePlaced } from '../policy.ts';

export type Entitled = {
  person: LockedPerson;
  requireReach(ownerId: string, departmentId: string): void;
  requirePlace(departmentId: string): void;
};

/** @throws leaving.own, person.not_found, access.denied */
export async function requireEntitled(
  tx: Transaction,
  locked: readonly LockedPerson[],
  actor: Actor,
  id: string,
  now: Date,
): Promise<Entitled> {
  // Attack: who is dismissed tomorrow writes today’s certificate of it.
  if (id === actor.personId) throw new LubartError('leaving.own');
  const person = locked.find((candidate) => candidate.id === id);
  if (person === undefined) throw new LubartError('person.not_found');
  const self = await selfNow(tx, locked, actor, 'person.leave', now);
  const denied = () => new LubartError('access.denied', { details: { permission: 'person.leave' } });
  const requireReach = (ownerId: string, departmentId: string) => {
    if (!reaches(self, 'person.leave', { ownerId, departmentId })) throw denied();
  };
  const mover = { ...(await lastingRights(tx, actor)), departmentIds: self.departmentIds };
  const requirePlace = (departmentId: string) => {
    // Attack: who may only move people, or sees more for a few hours, puts a friend who heads one department over the whole company.
    if (!person.roles.every((role) => seesWherePlaced(mover, role, departmentId))) throw denied();
  };
  requireReach(id, person.department_id);
  // Attack: the officer of security removes the owners and is alone.
  if (person.roles.some(({ key }) => key === 'owner') && !isOwner(self)) throw denied();
  return { person, requireReach, requirePlace };
}
