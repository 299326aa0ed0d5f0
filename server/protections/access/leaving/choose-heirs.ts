/**
 * To whom the clients of somebody go. People are chosen before the lock and proved after it: who was dismissed in between, or works
 * elsewhere now, gets nothing.
 */
import type { HandOverRule } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import { actorRights } from '../actor.ts';
import { nearestHeads } from '../heads/find-heads.ts';
import type { LockedPerson } from '../people-store.ts';
import { listPeople } from '../people-store.ts';
import { may } from '../policy.ts';
import { listHeldRoles, listRoles } from '../role-store.ts';
import type { Owned } from './leaving-step.ts';

/** Nobody when the rule finds nobody. @throws request.invalid */
export async function chooseHeirs(
  tx: Transaction,
  leaver: { organizationId: string; personId: string; departmentId: string; now: Date },
  { rule, personId }: HandOverRule,
): Promise<string[]> {
  const { organizationId } = leaver;
  if (rule === 'person') {
    // Attack: to hand one’s clients to the very person who leaves would leave them where they were.
    if (personId === undefined || personId === leaver.personId) {
      throw new LubartError('request.invalid', { field: 'handOver.personId' });
    }
    return [personId];
  }
  if (rule === 'head') {
    const [head] = await nearestHeads(tx, organizationId, leaver.departmentId, leaver.now, leaver.personId);
    return head === undefined ? [] : [head];
  }
  const held = Map.groupBy(await listHeldRoles(tx, organizationId, leaver.now), (role) => role.personId);
  const others = (await listPeople(tx, organizationId)).filter(
    ({ id, deactivated_at }) => deactivated_at === null && id !== leaver.personId,
  );
  const able = others.filter(({ id }) => may(actorRights(held.get(id) ?? [], 'en'), 'contact.read'));
  return able.filter(({ department_id }) => department_id === leaver.departmentId).map(({ id }) => id);
}

/**
 * Whoever leads, or is chosen, need not be allowed to see a client. Attack: clients put where nobody who has them looks after them.
 * @throws leaving.heir_blind
 */
export async function requireSight(
  tx: Transaction,
  organizationId: string,
  heirs: readonly LockedPerson[],
  owned: Owned,
): Promise<void> {
  if (heirs.length === 0) return;
  const everybodys = (await listRoles(tx, organizationId)).filter(({ key }) => key === 'baseline');
  for (const { roles } of heirs) {
    const rights = actorRights([...everybodys, ...roles], 'en');
    const isBlind =
      (owned.contacts > 0 && !may(rights, 'contact.read')) || (owned.companies > 0 && !may(rights, 'company.read'));
    if (isBlind) throw new LubartError('leaving.heir_blind', { field: 'handOver.personId' });
  }
}

/**
 * The chosen as they stand under the lock.
 * @throws leaving.no_heir, person.not_found, leaving.heir_gone
 */
export function requireHeirs(
  locked: readonly LockedPerson[],
  ids: readonly string[],
  rule: HandOverRule['rule'],
  departmentId: string,
): LockedPerson[] {
  if (ids.length === 0) throw new LubartError('leaving.no_heir', { field: 'handOver' });
  const field = 'handOver.personId';
  return ids.map((id) => {
    const heir = locked.find((person) => person.id === id);
    if (heir === undefined) throw new LubartError('person.not_found', { field });
    const moved = rule === 'evenly' && heir.department_id !== departmentId;
    if (heir.deactivated_at !== null || moved) throw new LubartError('leaving.heir_gone', { field });
    return heir;
  });
}
