/**
 * Somebody leaves: one act, all or nothing. Who carries it out first sees the numbers (`dryRun` goes the same way and stops before
 * the first change), then everything is ended in one transaction, the clients go to others, and a certificate stays.
 */
import type { HandOverRule, LeavingView } from '#contract';
import type { Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Actor } from '../actor.ts';
import type { ChangeDeps } from '../change-person.ts';
import type { LockedPerson } from '../people-store.ts';
import { findPersonRow, isActiveOwner, lockPeople, updatePerson } from '../people-store.ts';
import type { PersonSecret } from '../person.ts';
import { personPlace } from '../person.ts';
import { chooseHeirs, requireHeirs, requireSight } from './choose-heirs.ts';
import type { CertificateStep } from './leaving-store.ts';
import { insertLeaving } from './leaving-store.ts';
import type { LeavingStep, Owned, RecordHandOver, Whose } from './leaving-step.ts';
import { requireEntitled } from './require-entitled.ts';

export type LeavingDeps = ChangeDeps & { steps: readonly LeavingStep[]; records: RecordHandOver };

/**
 * @throws leaving.own, leaving.already, leaving.no_heir, leaving.heir_gone, leaving.heir_blind, person.not_found, person.last_owner, access.denied,
 *   request.invalid
 */
export async function leavePerson(
  deps: LeavingDeps,
  actor: Actor,
  id: string,
  asked: { dryRun: boolean; handOver?: HandOverRule | undefined },
): Promise<LeavingView> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  // All rows: what the leaver owns outside the actor’s reach must go too. Rights are checked by hand, under the lock.
  const view = await deps.database.act(systemReach(organizationId, 'all'), async (tx) => {
    const now = deps.clock.now();
    const whose = { organizationId, personId: id, at: now };
    const chosen = await chosenHeirs(tx, whose, asked.handOver);
    const locked = await lockPeople(tx, organizationId, [id, actor.personId, ...chosen], now);
    const { person, requireReach } = await requireEntitled(tx, locked, actor, id, now);
    requireOwnerStays(locked, person);
    const steps = await countAll(tx, deps.steps, whose);
    const owned = await deps.records.count(tx, whose);
    requireSomethingLeft(person, steps, owned);
    const heirs =
      asked.handOver === undefined ? [] : requireHeirs(locked, chosen, asked.handOver.rule, person.department_id);
    for (const heir of heirs) requireReach(heir.id, heir.department_id);
    await requireSight(tx, organizationId, heirs, owned);
    if (asked.dryRun) return { steps, ...owned, heirs: heirs.map((heir) => named(seals, heir)), done: false };
    if (heirs.length === 0 && owned.contacts + owned.companies > 0) {
      throw new LubartError('request.invalid', { field: 'handOver' });
    }
    const deactivatedAt = person.deactivated_at ?? now;
    await updatePerson(tx, organizationId, id, {
      departmentId: person.department_id,
      sealed: person.sealed,
      deactivatedAt,
    });
    const ended = await endAll(tx, deps, whose);
    const got = heirs.length === 0 ? [] : await handOver(tx, deps, seals, actor, whose, heirs);
    const total = sumOf(got);
    const numbers = Object.fromEntries(ended.map(({ name, count }) => [name, count]));
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.left',
      subjectKind: 'person',
      subjectIds: [id],
      facts: { ...numbers, ...total, heirs: heirs.length },
    });
    await insertLeaving(tx, seals, {
      id: newId(),
      personId: id,
      doneBy: actor.personId,
      at: now,
      numbers: { steps: ended, ...total },
      secret: { personName: nameOf(seals, person), byName: actor.name, heirs: got },
    });
    return { steps: ended.map(({ name, count }) => ({ name, count })), ...total, heirs: got, done: true };
  });
  if (view.done) deps.ties.forgetSessions();
  return view;
}

async function chosenHeirs(tx: Transaction, whose: Whose, rule: HandOverRule | undefined): Promise<string[]> {
  if (rule === undefined) return [];
  const row = await findPersonRow(tx, whose.organizationId, whose.personId);
  if (row === undefined) throw new LubartError('person.not_found');
  return chooseHeirs(tx, { ...whose, departmentId: row.department_id, now: whose.at }, rule);
}

function requireOwnerStays(locked: readonly LockedPerson[], person: LockedPerson): void {
  if (!isActiveOwner(person)) return;
  if (!locked.some((other) => other.id !== person.id && isActiveOwner(other)))
    throw new LubartError('person.last_owner');
}

/** A second leaving of the same person would write a second, empty certificate. */
function requireSomethingLeft(person: LockedPerson, steps: readonly { count: number }[], owned: Owned): void {
  const left = steps.some(({ count }) => count > 0) || owned.contacts + owned.companies > 0;
  if (person.deactivated_at !== null && !left) throw new LubartError('leaving.already');
}

async function countAll(tx: Transaction, steps: readonly LeavingStep[], whose: Whose): Promise<LeavingView['steps']> {
  const counted: LeavingView['steps'] = [];
  for (const step of steps) counted.push({ name: step.name, count: await step.count(tx, whose) });
  return counted;
}

async function endAll(tx: Transaction, deps: LeavingDeps, whose: Whose): Promise<CertificateStep[]> {
  const ended: CertificateStep[] = [];
  for (const step of deps.steps) {
    const count = await step.end(tx, whose);
    ended.push({ name: step.name, count, at: deps.clock.now().toISOString() });
  }
  return ended;
}

/** Gives the records and says who got how many. */
export async function handOver(
  tx: Transaction,
  deps: LeavingDeps,
  seals: OrganizationSeals,
  actor: Actor,
  whose: Whose,
  heirs: readonly LockedPerson[],
): Promise<LeavingView['heirs']> {
  const places = heirs.map((heir) => ({ personId: heir.id, departmentId: heir.department_id }));
  const got = await deps.records.give(tx, seals, doerOf(actor), whose, places);
  return heirs.map((heir, at) => ({ ...named(seals, heir), ...got[at] }));
}

export const nameOf = (seals: OrganizationSeals, person: { id: string; sealed: Buffer }): string =>
  seals.open<PersonSecret>(personPlace(person.id), person.sealed).name;

export const named = (seals: OrganizationSeals, heir: LockedPerson) => ({
  id: heir.id,
  name: nameOf(seals, heir),
  contacts: 0,
  companies: 0,
});

export function sumOf(list: readonly Owned[]): Owned {
  const sum = (kind: keyof Owned) => list.reduce((total, one) => total + one[kind], 0);
  return { contacts: sum('contacts'), companies: sum('companies') };
}
