/**
 * What an act goes by: what stands in the database while it is done, not what the session was believed to have up to a second before.
 * The row of the actor is held first. Whoever dismisses or moves people or changes their roles locks the rows of those people
 * (people-store.ts, lockPeople): they wait until the act is over, or the act waits for them and sees what they did.
 *
 * An act that changes people locks them all by lockPeople and asks `selfNow`; any other asks `requireEntitledNow`, before it locks
 * anything else. Never both in one act: two acts of one person would hold the row together and each wait for the other to let go.
 */
import type { Permission } from '#contract';
import type { Transaction } from '#database';
import { allSent } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from './actor.ts';
import { actorRights, isOwner, rightsWithPlaces } from './actor.ts';
import { listDepartments } from './department-store.ts';
import { branchOf } from './department-tree.ts';
import { readStandIns } from './heads/read-stand-ins.ts';
import type { LockedPerson, PersonRow } from './people-store.ts';
import { holdPerson, lockPerson } from './people-store.ts';
import { may } from './policy.ts';
import { rolesOfPerson } from './role-store.ts';

/** Who acts, as it stands now: whom they reach is asked of this. */
export type Self = Pick<Actor, 'personId' | 'departmentIds' | 'roles' | 'grants' | 'fieldRights' | 'standIn'>;
type Rights = Pick<Actor, 'roles' | 'grants' | 'fieldRights'>;

/** One question: its statements leave together, the holding first, so that what the others read stands. @throws access.denied, session.expired */
export async function requireEntitledNow(
  tx: Transaction,
  actor: Actor,
  permission: Permission,
  now: Date,
): Promise<Self> {
  const { organizationId, personId, language } = actor;
  const [person, rows, places, tree, isOpen] = await allSent([
    holdPerson(tx, organizationId, personId),
    rolesOfPerson(tx, organizationId, personId, now),
    readStandIns(tx, organizationId, now, personId),
    listDepartments(tx, organizationId),
    isSessionOpen(tx, actor),
  ]);
  const departmentIds = person === undefined ? [] : branchOf(tree, person.department_id);
  const rights = rightsWithPlaces(rows, language, departmentIds, places.get(personId) ?? []);
  requireEntitled(actor, { person, rights, isOpen }, permission);
  return { personId, departmentIds, ...rights };
}

/** The same where the actor is among those who are locked, with the place where they work. @throws access.denied, session.expired */
export async function selfNow(
  tx: Transaction,
  locked: readonly LockedPerson[],
  actor: Actor,
  permission: Permission,
  now: Date,
): Promise<Self> {
  // Attack: who was moved a moment ago and stands in for a head still reaches the department of before.
  const here = { ...actor, ...(await placeOf(tx, locked, actor)) };
  const { personId, departmentIds } = here;
  return { personId, departmentIds, ...(await requireStillEntitled(tx, locked, here, permission, now)) };
}

/** The same for acts that ask nothing of the place. @throws access.denied, session.expired */
export async function requireStillEntitled(
  tx: Transaction,
  locked: readonly LockedPerson[],
  actor: Actor,
  permission: Permission,
  now: Date,
): Promise<Omit<Self, 'personId' | 'departmentIds'>> {
  const person = locked.find(({ id }) => id === actor.personId);
  const [rights, isOpen] = await allSent([rightsAt(tx, actor, now), isSessionOpen(tx, actor)]);
  requireEntitled(actor, { person, rights, isOpen }, permission);
  return rights;
}

/** The actor as a whole, with what stands now in the place of what the session was believed to have. */
export function actorNow({ standIn: _, ...actor }: Actor, self: Self): Actor {
  return { ...actor, ...self };
}

/**
 * Where no permission is asked, because people act on what is their own: somebody who is dismissed, or whose session was ended, does
 * nothing any more. In an act that locks people it is asked after that. @throws session.expired
 */
export async function requireStandingNow(tx: Transaction, actor: Actor): Promise<void> {
  await requireStanding(tx, actor, holdPerson(tx, actor.organizationId, actor.personId));
}

/**
 * The same for what is one’s own and changed in turns: factors, the name. Attack: the last two factors taken away at one moment, each
 * request seeing the other one still there. @throws session.expired
 */
export async function lockStandingNow(tx: Transaction, actor: Actor): Promise<PersonRow> {
  return requireStanding(tx, actor, lockPerson(tx, actor.organizationId, actor.personId));
}

/** The same where the act locks its actor by a statement of its own, which was sent and is not waited for yet. @throws session.expired */
export async function requireStanding<P extends Pick<PersonRow, 'deactivated_at'>>(
  tx: Transaction,
  actor: Actor,
  locking: Promise<P | undefined>,
): Promise<P> {
  const [person, isOpen] = await allSent([locking, isSessionOpen(tx, actor)]);
  if (person === undefined || person.deactivated_at !== null || !isOpen) throw new LubartError('session.expired');
  return person;
}

type Standing = {
  person: Pick<PersonRow, 'deactivated_at'> | undefined;
  rights: Omit<Self, 'personId' | 'departmentIds'>;
  isOpen: boolean;
};

function requireEntitled(actor: Actor, { person, rights, isOpen }: Standing, permission: Permission): void {
  const isGone = person === undefined || person.deactivated_at !== null;
  if (isGone || !may(rights, permission) || isOwner(rights) !== isOwner(actor)) {
    throw new LubartError('access.denied', { details: { permission } });
  }
  // Attack: a stolen session is ended, and goes on for as long as another node still believes it.
  if (!isOpen) throw new LubartError('session.expired');
}

/**
 * Sessions are written by sign-in; here it is only asked whether this one was ended. An operator and a job have none; a program has
 * none either and is refused: its rights are fewer than those of its person, and no act that asks here is open to programs.
 */
async function isSessionOpen(
  tx: Transaction,
  { organizationId, personId, sessionId }: Pick<Actor, 'organizationId' | 'personId' | 'sessionId'>,
): Promise<boolean> {
  if (sessionId === null) return true;
  const rows = await tx`
    SELECT 1 FROM sessions
    WHERE organization_id = ${organizationId} AND id = ${sessionId} AND person_id = ${personId} AND ended_at IS NULL`;
  return rows.length === 1;
}

/** What the actor may do at a moment, this one or a later one: what was given for a time, or in the place of a head, ends with it. */
export async function rightsAt(
  tx: Transaction,
  { organizationId, personId, language, departmentIds }: Actor,
  at: Date,
): Promise<Omit<Self, 'personId' | 'departmentIds'>> {
  const [rows, places] = await allSent([
    rolesOfPerson(tx, organizationId, personId, at),
    readStandIns(tx, organizationId, at, personId),
  ]);
  return rightsWithPlaces(rows, language, departmentIds, places.get(personId) ?? []);
}

/** What the actor has for good. Attack: what one has for hours, given to a friend for good. */
export async function lastingRights(
  tx: Transaction,
  { organizationId, personId, language }: Pick<Actor, 'organizationId' | 'personId' | 'language'>,
): Promise<Rights> {
  return actorRights(await rolesOfPerson(tx, organizationId, personId, null), language);
}

/** Where the actor works, under the lock. */
export async function placeOf(
  tx: Transaction,
  locked: readonly LockedPerson[],
  { organizationId, personId }: Pick<Actor, 'organizationId' | 'personId'>,
): Promise<Pick<Actor, 'departmentIds'>> {
  const own = locked.find(({ id }) => id === personId)!.department_id;
  return { departmentIds: branchOf(await listDepartments(tx, organizationId), own) };
}
