/**
 * A role for hours or days. Somebody asks with a reason; somebody else, who could give this role for good, approves; it ends by
 * itself, or before its time by either of them. Nothing of it changes a session: rights are read anew with every request
 * (person_roles.until), so every session of the person follows.
 */
import type { EventName } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { doerOf, systemDoer } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Actor } from '../actor.ts';
import { requireStandingNow, selfNow } from '../entitled-now.ts';
import { listDepartments } from '../department-store.ts';
import { readHeads } from '../heads/find-heads.ts';
import { isUniqueViolation, lockPeople } from '../people-store.ts';
import { reaches } from '../policy.ts';
import { listRoles, resolveRoles, rolesOfPerson } from '../role-store.ts';
import type { RoleRow } from '../role.ts';
import { markOf } from '../role.ts';
import { readStandings } from '../standings.ts';
import type { ElevationRow } from './elevation-store.ts';
import {
  approveElevation,
  closeElevation,
  endElevation,
  expireElevations,
  findElevation,
  insertElevation,
  stateOf,
} from './elevation-store.ts';
import type { House } from './judge-answer.ts';
import { reasonAgainst } from './judge-answer.ts';

export type ElevationNotice =
  | { what: 'asked'; person: string; role: RoleRow; hours: number }
  | { what: 'approved'; by: string; role: RoleRow; until: Date }
  | { what: 'refused' | 'ended'; by: string; role: RoleRow };

export type ElevationDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  /** Writes letters in the transaction of the act. */
  tellElevation?(
    tx: Transaction,
    seals: OrganizationSeals,
    personIds: readonly string[],
    notice: ElevationNotice,
  ): Promise<void>;
};

export const reasonPlace = (id: string) => `elevations/${id}/reason`;

/** @throws role.not_found, elevation.role_denied, elevation.already_held, elevation.already_asked, session.expired, request.invalid */
export async function askElevation(
  deps: ElevationDeps,
  actor: Actor,
  asked: { role: string; hours: number; reason: string },
): Promise<string> {
  const { organizationId, personId } = actor;
  const reason = asked.reason.trim();
  if (reason.length < 3) throw new LubartError('request.invalid', { field: 'reason' });
  const seals = await deps.keyring.of(organizationId);
  const id = newId();
  await deps.database
    .act(systemReach(organizationId), async (tx) => {
      const at = deps.clock.now();
      await requireStandingNow(tx, actor);
      const [role] = resolveRoles(await listRoles(tx, organizationId), [asked.role]) ?? [];
      if (role === undefined) throw new LubartError('role.not_found', { field: 'role' });
      // Attack: an owner for an hour makes an owner for ever.
      if (role.key === 'owner') throw new LubartError('elevation.role_denied', { field: 'role' });
      if ((await rolesOfPerson(tx, organizationId, personId, at)).some((held) => held.id === role.id)) {
        throw new LubartError('elevation.already_held', { field: 'role' });
      }
      const sealed = seals.seal(reasonPlace(id), reason);
      await insertElevation(tx, { organizationId, id, personId, roleId: role.id, hours: asked.hours, sealed, at });
      await note(deps, tx, seals, actor, 'elevation.asked', personId, {
        elevation: id,
        ...sayRole(role),
        hours: asked.hours,
      });
      const house = await readHouse(tx, organizationId, at);
      const answering = house.standings.filter((one) => reasonAgainst(house, one.personId, personId, role) === null);
      const told = answering.map((one) => one.personId);
      await deps.tellElevation?.(tx, seals, told, { what: 'asked', person: actor.name, role, hours: asked.hours });
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? new LubartError('elevation.already_asked', { cause: error }) : error;
    });
  return id;
}

/** @throws elevation.not_found, elevation.not_waiting, elevation.own, elevation.led, elevation.beyond_own, elevation.already_held, access.denied */
export async function answerElevation(
  deps: ElevationDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  approve: boolean,
): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const at = deps.clock.now();
    const { row, role } = await requireAnswerable(tx, actor, id, at);
    const by = actor.name;
    if (!approve) {
      if (!(await closeElevation(tx, organizationId, id, { at, refusedBy: actor.personId }))) throw notWaiting();
      await note(deps, tx, seals, actor, 'elevation.refused', row.person_id, { elevation: id, ...sayRole(role) });
      await deps.tellElevation?.(tx, seals, [row.person_id], { what: 'refused', by, role });
      return;
    }
    const approved = await approveElevation(tx, { organizationId, row, by: actor.personId, at });
    if (approved === undefined) throw new LubartError('elevation.already_held');
    const until = approved.until!;
    const facts = { elevation: id, ...sayRole(role), hours: row.hours, until: until.toISOString() };
    await note(deps, tx, seals, actor, 'elevation.approved', row.person_id, facts);
    await deps.tellElevation?.(tx, seals, [row.person_id], { what: 'approved', by, role, until });
  });
}

/** The request as it stands under the locks: of both people first, as everybody does who changes rights. */
async function requireAnswerable(
  tx: Transaction,
  actor: Actor,
  id: string,
  now: Date,
): Promise<{ row: ElevationRow; role: RoleRow }> {
  const { organizationId } = actor;
  const seen = await findElevation(tx, organizationId, id);
  if (seen === undefined) throw new LubartError('elevation.not_found');
  const locked = await lockPeople(tx, organizationId, [seen.person_id, actor.personId], now);
  await selfNow(tx, locked, actor, 'elevation.approve', now);
  const row = (await findElevation(tx, organizationId, id, true))!;
  const role = (await listRoles(tx, organizationId, true)).find((one) => one.id === row.role_id);
  if (role === undefined) throw new LubartError('elevation.not_found');
  const against = reasonAgainst(await readHouse(tx, organizationId, now), actor.personId, row.person_id, role);
  if (against !== null) throw new LubartError(against, { details: { permission: 'elevation.approve' } });
  // Attack: an approval sent again, or of what was withdrawn meanwhile, or of last month’s request.
  if (stateOf(row, now) !== 'waiting') throw notWaiting();
  return { row, role };
}

/** By whoever asked: what waits is withdrawn, what holds is given back. @throws elevation.not_found, elevation.not_waiting */
export async function giveBackElevation(deps: ElevationDeps, actor: Actor, id: string): Promise<void> {
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    await lockPeople(tx, organizationId, [personId], at);
    const row = await findElevation(tx, organizationId, id, true);
    if (row === undefined || row.person_id !== personId) throw new LubartError('elevation.not_found');
    const active = stateOf(row, at) === 'active';
    const done = active
      ? await endElevation(tx, organizationId, row, { at, by: personId })
      : await closeElevation(tx, organizationId, id, { at, refusedBy: null });
    if (!done) throw notWaiting();
    const event = active ? 'elevation.ended' : 'elevation.withdrawn';
    await note(deps, tx, seals, actor, event, personId, { elevation: id, ...(active && { why: 'given back' }) });
  });
}

/** By whoever may approve for this person. To end asks less than to give. @throws elevation.not_found, elevation.not_waiting, access.denied */
export async function endEarly(deps: ElevationDeps, actor: Actor, reach: Reach, id: string): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const at = deps.clock.now();
    const seen = await findElevation(tx, organizationId, id);
    if (seen === undefined) throw new LubartError('elevation.not_found');
    const locked = await lockPeople(tx, organizationId, [seen.person_id, actor.personId], at);
    const person = locked.find((one) => one.id === seen.person_id)!;
    const self = await selfNow(tx, locked, actor, 'elevation.approve', at);
    const within = reaches(self, 'elevation.approve', { ownerId: person.id, departmentId: person.department_id });
    if (!within) throw new LubartError('access.denied', { details: { permission: 'elevation.approve' } });
    const row = (await findElevation(tx, organizationId, id, true))!;
    if (!(await endElevation(tx, organizationId, row, { at, by: actor.personId }))) throw notWaiting();
    await note(deps, tx, seals, actor, 'elevation.ended', row.person_id, { elevation: id, why: 'ended early' });
    const role = (await listRoles(tx, organizationId)).find((one) => one.id === row.role_id)!;
    await deps.tellElevation?.(tx, seals, [row.person_id], { what: 'ended', by: actor.name, role });
  });
}

/** Records in the log what ended by itself; the right itself ended with its moment. */
export async function noteExpiredElevations(
  deps: Pick<ElevationDeps, 'database' | 'keyring' | 'auditLog' | 'clock'>,
  organizationId: string,
): Promise<number> {
  const seals = await deps.keyring.of(organizationId);
  return deps.database.act(systemReach(organizationId), async (tx) => {
    const ended = await expireElevations(tx, organizationId, deps.clock.now());
    for (const row of ended) {
      const doer = systemDoer(organizationId);
      const facts = { elevation: row.id, why: 'expired', until: row.until!.toISOString() };
      const subject = { subjectKind: 'person', subjectIds: [row.person_id] };
      await deps.auditLog.record(tx, seals, doer, { event: 'elevation.ended', ...subject, facts });
    }
    return ended.length;
  });
}

export async function readHouse(tx: Transaction, organizationId: string, now: Date): Promise<House> {
  return {
    standings: await readStandings(tx, organizationId, now),
    heads: await readHeads(tx, organizationId, now),
    departments: await listDepartments(tx, organizationId),
  };
}

const notWaiting = () => new LubartError('elevation.not_waiting');
const sayRole = (role: RoleRow) => ({ role: role.key ?? markOf(role, 'en').name });

async function note(
  deps: ElevationDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  event: EventName,
  personId: string,
  facts: Record<string, unknown>,
): Promise<void> {
  await deps.auditLog.record(tx, seals, doerOf(actor), { event, subjectKind: 'person', subjectIds: [personId], facts });
}
