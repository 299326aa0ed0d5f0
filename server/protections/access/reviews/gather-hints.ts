/**
 * What helps to answer about a right: when it was last of use, whether colleagues have the same, what was answered the last time. Read
 * for a whole campaign at once: one aggregated look into the log, whatever the number of people, and the rest from what stands.
 */
import type { Permission, ReviewOutcome } from '#contract';
import { grantLevels, permissions } from '#contract';
import type { Transaction } from '#database';
import { newIdAt } from '#kernel';
import type { PersonRow, Standing } from '#protections/access';
import { combineRights, scopeOf, sleepingDaysMin } from '#protections/access';
import { entriesWhere } from '#protections/audit-log';
import { day } from './deps.ts';
import type { House } from './choose-reviewer.ts';
import type { PreviousAnswer } from './item-store.ts';
import type { FoundRight } from './kinds/kind.ts';

export type Hints = {
  lastUsedAt: string | null;
  lastSeenAt: string | null;
  sleeping: boolean;
  peers: number;
  peersWith: number;
  unusual: boolean;
  wider: Permission[];
  previous: { outcome: ReviewOutcome; at: string } | null;
};

/** How far back use is looked for; two quarters. */
export const usedDaysMax = 183;
/** A right is unusual when no more than this part of at least two colleagues has it. */
const fewPart = 0.2;
const peersMin = 2;

/** Which permission an event of the log made use of. */
const permissionOfEvent: Readonly<Record<string, Permission>> = {
  ...Object.fromEntries(
    (['contact', 'company'] as const).flatMap((kind) => [
      ...['listed', 'found', 'opened'].map((verb) => [`${kind}.${verb}`, `${kind}.read`]),
      ...['archived', 'restored'].map((verb) => [`${kind}.${verb}`, `${kind}.archive`]),
      [`${kind}.created`, `${kind}.create`],
      [`${kind}.updated`, `${kind}.update`],
      [`${kind}.exported`, `${kind}.export`],
      [`${kind}.revealed`, `${kind}.reveal`],
    ]),
  ),
  'import.uploaded': 'contact.import',
  'import.started': 'contact.import',
  'person.invited': 'person.invite',
  'person.updated': 'person.update',
  'person.role_changed': 'person.update',
  'person.deactivated': 'person.update',
  'person.left': 'person.leave',
  'person.moved': 'person.leave',
  'recovery.approved': 'person.recover',
  'role.created': 'role.update',
  'role.updated': 'role.update',
  'role.deleted': 'role.update',
  'review.started': 'review.run',
  'review.closed': 'review.run',
  'review.answered': 'review.answer',
  'department.created': 'department.update',
  'department.updated': 'department.update',
  'department.deleted': 'department.update',
  'organization.updated': 'organization.update',
  'security.rules_changed': 'security.update',
  'audit.listed': 'audit.read',
  'audit.opened': 'audit.read',
};

export type Use = ReadonlyMap<string, ReadonlyMap<Permission, Date>>;

/** When each person last made use of each permission. One statement; ids carry their time, so only what is recent is read. */
export async function readUse(tx: Transaction, organizationId: string, now: Date, personId?: string): Promise<Use> {
  const rows = await tx<{ actor_id: string; event: string; at: Date }[]>`
    SELECT actor_id, event, max(at) AS at FROM ${entriesWhere(
      tx,
      organizationId,
      tx`id > ${newIdAt(now.getTime() - usedDaysMax * day)} AND outcome = 'done'
        AND ${personId === undefined ? tx`actor_id IS NOT NULL` : tx`actor_id = ${personId}`}`,
    )}
    GROUP BY actor_id, event`;
  const use = new Map<string, Map<Permission, Date>>();
  for (const { actor_id, event, at } of rows) {
    const permission = permissionOfEvent[event];
    if (permission === undefined) continue;
    const known = use.get(actor_id) ?? new Map<Permission, Date>();
    use.set(actor_id, known);
    if ((known.get(permission)?.getTime() ?? 0) < at.getTime()) known.set(permission, at);
  }
  return use;
}

export function hintsOf(
  right: FoundRight,
  known: {
    house: House;
    use: Use;
    people: readonly Pick<PersonRow, 'id' | 'created_at' | 'last_seen_at'>[];
    previous: readonly PreviousAnswer[];
    now: Date;
  },
): Hints {
  const { house, now } = known;
  const { personId, subjectId, kind } = right;
  const whom = house.standings.find((standing) => standing.personId === personId)!;
  const leads = [...house.heads.values()].some((heads) => heads.some((head) => head.personId === personId));
  const peers = house.standings.filter(
    (one) => one.active && one.departmentId === whom.departmentId && one.personId !== personId,
  );
  const peersWith = peers.filter(({ rows }) => rows.some(({ id }) => id === subjectId)).length;
  // That a head is the only head of a department is as it should be.
  const isRole = kind === 'role' || kind === 'temporary-role';
  const compared = isRole && peers.length >= peersMin && !leads;
  const person = known.people.find(({ id }) => id === personId)!;
  const before = known.previous.find(
    (one) => one.personId === personId && one.kind === kind && one.subjectId === subjectId,
  );
  return {
    lastUsedAt: (right.lastUsedAt === undefined ? lastUse(right, known.use) : right.lastUsedAt)?.toISOString() ?? null,
    lastSeenAt: person.last_seen_at?.toISOString() ?? null,
    sleeping: now.getTime() - (person.last_seen_at ?? person.created_at).getTime() >= sleepingDaysMin * day,
    peers: peers.length,
    peersWith,
    unusual: compared && peersWith <= peers.length * fewPart,
    wider: compared ? widerThan(right, peers) : [],
    previous: before === undefined ? null : { outcome: before.outcome, at: before.at.toISOString() },
  };
}

function lastUse({ personId, snapshot }: FoundRight, use: Use): Date | undefined {
  let last: Date | undefined;
  for (const [permission, at] of use.get(personId) ?? []) {
    if (!['own', 'department', 'all'].includes(snapshot.grants[permission] ?? 'none')) continue;
    if (last === undefined || last < at) last = at;
  }
  return last;
}

/** Permissions by which this right reaches further than anybody’s rights among the colleagues. */
function widerThan({ snapshot }: FoundRight, peers: readonly Standing[]): Permission[] {
  const { grants } = combineRights([snapshot]);
  return permissions.filter((permission) => {
    const level = grantLevels.indexOf(grants[permission] ?? 'none');
    return peers.every((peer) => grantLevels.indexOf(scopeOf(peer, permission)) < level);
  });
}
