/** Who was overlooked: accounts that nobody uses, leavers who still have something, invitations that nobody accepted. */
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInTies } from '../change-person.ts';
import type { PersonRow } from '../people-store.ts';
import { listPeople } from '../people-store.ts';
import { listHeldRoles } from '../role-store.ts';

/** An active person who was not here for so long sleeps. */
export const sleepingDaysMin = 30;

export type Sleepers = {
  sleeping: PersonRow[];
  leftActive: { person: PersonRow; sessions: number; roles: number }[];
};

export async function findSleepers(
  tx: Transaction,
  organizationId: string,
  ties: Pick<SignInTies, 'openSessionsByPerson'>,
  now: Date,
): Promise<Sleepers> {
  const people = await listPeople(tx, organizationId);
  const sessions = await ties.openSessionsByPerson(tx, organizationId);
  const roles = Map.groupBy(await listHeldRoles(tx, organizationId, now), ({ personId }) => personId);
  const since = now.getTime() - sleepingDaysMin * 24 * 3_600_000;
  return {
    sleeping: people.filter(
      (person) => person.deactivated_at === null && (person.last_seen_at ?? person.created_at).getTime() <= since,
    ),
    leftActive: people
      .filter(({ deactivated_at }) => deactivated_at !== null)
      .map((person) => ({ person, sessions: sessions.get(person.id) ?? 0, roles: roles.get(person.id)?.length ?? 0 }))
      .filter((left) => left.sessions + left.roles > 0),
  };
}

export type Unanswered = { id: string; name: string; createdAt: string; expiresAt: string };
export type FindUnanswered = (tx: Transaction, seals: OrganizationSeals) => Promise<Unanswered[]>;
