/**
 * Somebody works in another department from this moment. The clients go along (their department changes too), or stay in the old
 * department and are handed over by rule; one transaction.
 */
import type { HandOverRule, LeavingView } from '#contract';
import { LubartError } from '#kernel';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { Actor } from '../actor.ts';
import { lockDepartments } from '../department-store.ts';
import { findPersonRow, lockPeople, updatePerson } from '../people-store.ts';
import { settleHeads } from '../heads/settle-heads.ts';
import { chooseHeirs, requireHeirs, requireSight } from './choose-heirs.ts';
import type { LeavingDeps } from './leave-person.ts';
import { handOver, named, sumOf } from './leave-person.ts';
import { requireEntitled } from './require-entitled.ts';

export type Move = {
  dryRun: boolean;
  departmentId: string;
  clients: 'along' | 'stay';
  handOver?: HandOverRule | undefined;
};

/** @throws leaving.own, leaving.no_heir, leaving.heir_gone, leaving.heir_blind, person.not_found, department.not_found, access.denied, request.invalid */
export async function movePerson(deps: LeavingDeps, actor: Actor, id: string, asked: Move): Promise<LeavingView> {
  const { organizationId } = actor;
  const { departmentId } = asked;
  const seals = await deps.keyring.of(organizationId);
  const view = await deps.database.act(systemReach(organizationId, 'all'), async (tx): Promise<LeavingView> => {
    const now = deps.clock.now();
    const whose = { organizationId, personId: id, at: now };
    const seen = await findPersonRow(tx, organizationId, id);
    if (seen === undefined) throw new LubartError('person.not_found');
    const rule = asked.clients === 'stay' ? asked.handOver : undefined;
    const leaver = { organizationId, personId: id, departmentId: seen.department_id, now };
    const chosen = rule === undefined ? [] : await chooseHeirs(tx, leaver, rule);
    const locked = await lockPeople(tx, organizationId, [id, actor.personId, ...chosen], now);
    const { person, requireReach, requirePlace } = await requireEntitled(tx, locked, actor, id, now);
    if (!(await lockDepartments(tx, organizationId)).some((department) => department.id === departmentId)) {
      throw new LubartError('department.not_found', { field: 'departmentId' });
    }
    // Attack: who answers for one department puts a friend into another. The person’s own place is no excuse: nobody’s id.
    requireReach('', departmentId);
    if (departmentId !== person.department_id) requirePlace(departmentId);
    const owned = await deps.records.count(tx, whose);
    const heirs = rule === undefined ? [] : requireHeirs(locked, chosen, rule.rule, person.department_id);
    for (const heir of heirs) requireReach(heir.id, heir.department_id);
    await requireSight(tx, organizationId, heirs, owned);
    if (asked.dryRun) return { steps: [], ...owned, heirs: heirs.map((heir) => named(seals, heir)), done: false };
    if (asked.clients === 'stay' && heirs.length === 0 && owned.contacts + owned.companies > 0) {
      throw new LubartError('request.invalid', { field: 'handOver' });
    }
    const { sealed, deactivated_at: deactivatedAt } = person;
    await updatePerson(tx, organizationId, id, { departmentId, sealed, deactivatedAt });
    const settled = await settleHeads(tx, organizationId, now, id);
    const takers = asked.clients === 'along' ? [{ ...person, department_id: departmentId }] : heirs;
    const got = takers.length === 0 ? [] : await handOver(tx, deps, seals, actor, whose, takers);
    const total = sumOf(got);
    const facts = {
      departmentBefore: person.department_id,
      departmentAfter: departmentId,
      clients: asked.clients,
      ...total,
      ...settled,
    };
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.moved',
      subjectKind: 'person',
      subjectIds: [id],
      facts,
    });
    if (deactivatedAt === null && departmentId !== person.department_id) await deps.moved?.(tx, seals, actor, id);
    return { steps: [], ...total, heirs: got, done: true };
  });
  if (view.done) deps.ties.forgetSessions();
  return view;
}
