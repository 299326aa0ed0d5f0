/**
 * A head who will be away names who stands in, from one day to another; an owner names for a head who fell ill. It ends by itself,
 * by either of the two, or when the head leaves or moves. What it gives is said in stand-in.ts.
 */
import type { DeputyView } from '#contract';
import type { Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Actor } from '../actor.ts';
import { actorRights, isOwner } from '../actor.ts';
import type { DepartmentDeps } from '../change-departments.ts';
import { listDepartments } from '../department-store.ts';
import { requireStandingNow } from '../entitled-now.ts';
import type { LockedPerson } from '../people-store.ts';
import { lockPeople } from '../people-store.ts';
import type { PersonSecret } from '../person.ts';
import { personPlace } from '../person.ts';
import { may } from '../policy.ts';
import { rolesOfPerson } from '../role-store.ts';
import type { DeputyRow } from './deputy-store.ts';
import { endDeputy, insertDeputy, listDeputies } from './deputy-store.ts';
import { departmentsLedBy, readHeads } from './find-heads.ts';

export type DeputyNotice = { head: string; deputy: string; from: Date; until: Date; by: string; ended: boolean };

export type DeputyDeps = DepartmentDeps & {
  /** A letter to each of these people, in the transaction of the act. */
  tellDeputy?(
    tx: Transaction,
    seals: OrganizationSeals,
    personIds: readonly string[],
    notice: DeputyNotice,
  ): Promise<void>;
};

export const deputyDaysMax = 92;

export type NamedDeputy = { headId?: string | undefined; deputyId: string; fromDay: string; untilDay: string };

/** @throws person.not_found, deputy.not_head, deputy.period_invalid, deputy.overlaps, access.denied, session.expired, request.invalid */
export async function nameDeputy(deps: DeputyDeps, actor: Actor, asked: NamedDeputy): Promise<DeputyView> {
  const { organizationId } = actor;
  const headId = asked.headId ?? actor.personId;
  const { deputyId } = asked;
  if (headId === deputyId) throw new LubartError('request.invalid', { field: 'deputyId' });
  requirePeriod(asked, deps.clock.now());
  const seals = await deps.keyring.of(organizationId);
  return deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    const locked = await lockPeople(tx, organizationId, [headId, deputyId, actor.personId], at);
    await requireOwnPlace(tx, locked, actor, headId, at);
    await requireStandingNow(tx, actor);
    const head = requireActive(locked, headId, 'headId');
    const deputy = requireActive(locked, deputyId, 'deputyId');
    const led = departmentsLedBy(
      await readHeads(tx, organizationId, at),
      await listDepartments(tx, organizationId),
      headId,
    );
    // Attack: who leads nobody lends a colleague what they have themselves.
    if (led.length === 0) throw new LubartError('deputy.not_head');
    const id = newId();
    const { fromDay, untilDay } = asked;
    const row = await insertDeputy(tx, {
      organizationId,
      id,
      headId,
      deputyId,
      fromDay,
      untilDay,
      by: actor.personId,
      at,
    });
    const others = (await listDeputies(tx, organizationId, at)).filter(
      (other) => other.id !== id && other.headId === headId && other.from < row.until && row.from < other.until,
    );
    if (others.length > 0) throw new LubartError('deputy.overlaps', { field: 'fromDay' });
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'deputy.named',
      subjectKind: 'person',
      subjectIds: [deputyId],
      facts: { headId, from: fromDay, until: untilDay, departments: led.length },
    });
    await tell(deps, tx, seals, actor, row, [head, deputy], false);
    return viewOf(row, at);
  });
}

/** Ended by the head, by the deputy, or by an owner. @throws deputy.not_found, access.denied, session.expired */
export async function endDeputyship(deps: DeputyDeps, actor: Actor, id: string): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    const row = (await listDeputies(tx, organizationId, at)).find((candidate) => candidate.id === id);
    if (row === undefined) throw new LubartError('deputy.not_found');
    const people = await lockPeople(tx, organizationId, [row.headId, row.deputyId, actor.personId], at);
    if (actor.personId !== row.deputyId) await requireOwnPlace(tx, people, actor, row.headId, at);
    await requireStandingNow(tx, actor);
    if (!(await endDeputy(tx, organizationId, id, at))) throw new LubartError('deputy.not_found');
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'deputy.ended',
      subjectKind: 'person',
      subjectIds: [row.deputyId],
      facts: { headId: row.headId },
    });
    const told = people.filter((person) => person.id === row.headId || person.id === row.deputyId);
    await tell(deps, tx, seals, actor, row, told, true);
  });
}

/** One’s own, in either part; who may change departments sees all. */
export async function readDeputies(
  deps: DeputyDeps,
  actor: Actor,
): Promise<{ deputies: DeputyView[]; leads: boolean }> {
  const { organizationId, personId } = actor;
  return deps.database.read(systemReach(organizationId), async (tx) => {
    const now = deps.clock.now();
    const rows = await listDeputies(tx, organizationId, now);
    const isSeen = (row: DeputyRow) =>
      row.headId === personId || row.deputyId === personId || may(actor, 'department.update');
    const heads = await readHeads(tx, organizationId, now);
    const leads = [...heads.values()].flat().some((head) => head.personId === personId);
    return { deputies: rows.filter(isSeen).map((row) => viewOf(row, now)), leads };
  });
}

/** A head for oneself, an owner for anybody. @throws access.denied */
async function requireOwnPlace(
  tx: Transaction,
  locked: readonly LockedPerson[],
  actor: Actor,
  headId: string,
  now: Date,
): Promise<void> {
  if (headId === actor.personId) return;
  const isHere = locked.some((person) => person.id === actor.personId && person.deactivated_at === null);
  // Attack: who may change departments gives a friend the clients of a head.
  const rows = await rolesOfPerson(tx, actor.organizationId, actor.personId, now);
  if (!isHere || !isOwner(actorRights(rows, actor.language))) {
    throw new LubartError('access.denied', { details: { permission: 'department.update' } });
  }
}

function requireActive(locked: readonly LockedPerson[], id: string, field: string): LockedPerson {
  const person = locked.find((candidate) => candidate.id === id);
  if (person === undefined || person.deactivated_at !== null) throw new LubartError('person.not_found', { field });
  return person;
}

const dayMillis = 86_400_000;
const kyivDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' });

function requirePeriod({ fromDay, untilDay }: NamedDeputy, now: Date): void {
  const [from, until] = [readDay(fromDay, 'fromDay'), readDay(untilDay, 'untilDay')];
  if (fromDay < kyivDay.format(now)) throw new LubartError('deputy.period_invalid', { field: 'fromDay' });
  // Attack: a stand-in for ever is a right for ever.
  if (until < from || until - from >= deputyDaysMax * dayMillis) {
    throw new LubartError('deputy.period_invalid', { field: 'untilDay' });
  }
}

function readDay(day: string, field: string): number {
  const at = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
  if (!isDay) throw new LubartError('deputy.period_invalid', { field });
  return at.getTime();
}

async function tell(
  deps: DeputyDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  row: DeputyRow,
  people: readonly LockedPerson[],
  ended: boolean,
): Promise<void> {
  const nameOf = (id: string) => {
    const person = people.find((candidate) => candidate.id === id);
    return person === undefined ? '' : seals.open<PersonSecret>(personPlace(id), person.sealed).name;
  };
  const told = people.filter((person) => person.deactivated_at === null).map(({ id }) => id);
  const { from, until } = row;
  const notice = { head: nameOf(row.headId), deputy: nameOf(row.deputyId), from, until, by: actor.name, ended };
  await deps.tellDeputy?.(tx, seals, told, notice);
}

const viewOf = ({ id, headId, deputyId, from, until }: DeputyRow, now: Date): DeputyView => ({
  id,
  headId,
  deputyId,
  from: from.toISOString(),
  until: until.toISOString(),
  standing: from <= now,
});
