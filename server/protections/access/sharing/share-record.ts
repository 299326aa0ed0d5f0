/**
 * Sharing a client for a time, and taking the share back. Who shares must reach the client by holder: what one only got shared is
 * not passed on. Who receives must be allowed to read such clients at all. Everything is looked at again under the lock of both
 * people, and no share outlives the right to give it.
 */
import type { EventName, Permission, ShareBodyValue } from '#contract';
import { shareDays } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { doerOf, systemDoer } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Actor } from '../actor.ts';
import { actorRights } from '../actor.ts';
import { requireEntitledNow, rightsAt, selfNow } from '../entitled-now.ts';
import { lockDepartments } from '../department-store.ts';
import { branchOf } from '../department-tree.ts';
import { findPersonRow, listPeople, lockPeople } from '../people-store.ts';
import { may, reaches } from '../policy.ts';
import { rolesOfPerson } from '../role-store.ts';
import type { RecordKindName } from '../role.ts';
import type { Receiver, ShareRow } from './share-store.ts';
import { endShare, insertShare, listSharesOf, lockShare } from './share-store.ts';

/** Shares that one client may have at a time. */
export const sharesPerRecordMax = 50;
const dayMillis = 24 * 3_600_000;

export type HeldRecord = { ownerId: string; departmentId: string; archived: boolean };

export type SharingDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  /** The client as this transaction sees it; the crm knows its tables. */
  findRecord(
    tx: Transaction,
    kind: RecordKindName,
    organizationId: string,
    id: string,
  ): Promise<HeldRecord | undefined>;
  /** Tells people by letter that something was shared with them. */
  tell(
    tx: Transaction,
    seals: OrganizationSeals,
    personIds: readonly string[],
    facts: { by: string; kind: RecordKindName; recordId: string; right: 'read' | 'edit'; until: Date },
  ): Promise<void>;
};

export const reasonPlace = (id: string) => `shares/${id}/reason`;
const eventOf = (kind: RecordKindName, what: 'shared' | 'share_ended'): EventName => `${kind}.${what}`;
const permissionOf = (kind: RecordKindName, verb: 'read' | 'share'): Permission => `${kind}.${verb}`;

/**
 * @throws *.not_found, *.archived, person.not_found, department.not_found, share.own, share.receiver, share.too_many,
 *   share.longer_than_right, access.denied, request.invalid
 */
export async function shareRecord(
  deps: SharingDeps,
  actor: Actor,
  reach: Reach,
  kind: RecordKindName,
  recordId: string,
  asked: ShareBodyValue,
): Promise<void> {
  const { organizationId } = actor;
  const receiver = receiverOf(asked);
  const until =
    asked.until === undefined ? new Date(deps.clock.now().getTime() + shareDays * dayMillis) : instant(asked.until);
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const at = deps.clock.now();
    const permission = permissionOf(kind, 'share');
    const ids = [actor.personId, ...(receiver.personId === null ? [] : [receiver.personId])];
    const locked = await lockPeople(tx, organizationId, ids, at);
    const self = await selfNow(tx, locked, actor, permission, at);
    const record = await deps.findRecord(tx, kind, organizationId, recordId);
    // Attack: passing on what one only got shared. Row-level security shows no shared row to this permission, and this asks again.
    if (record === undefined || !reaches(self, permission, record)) {
      throw new LubartError(`${kind}.not_found`);
    }
    if (record.archived) throw new LubartError(`${kind}.archived`);
    const people = await requireReceiver(tx, deps, actor, kind, record, receiver);
    // Attack: what somebody sees for hours, or in the place of a head, shown to their own department for a year.
    const { personId, departmentIds } = self;
    const later = { personId, departmentIds, ...(await rightsAt(tx, { ...actor, departmentIds }, until)) };
    if (until > at && !reaches(later, permission, record)) {
      throw new LubartError('share.longer_than_right', { field: 'until' });
    }
    const before = await listSharesOf(tx, organizationId, kind, recordId);
    if (before.length >= sharesPerRecordMax)
      throw new LubartError('share.too_many', { details: { max: sharesPerRecordMax } });
    const replaced = before.filter((share) => isFor(share, receiver)).map(({ id }) => id);
    await endShare(tx, organizationId, replaced, 'replaced');
    const id = newId();
    const reason = asked.reason?.trim() ?? '';
    const sealed = reason === '' ? null : seals.seal(reasonPlace(id), reason);
    const share = {
      organizationId,
      id,
      kind,
      recordId,
      receiver,
      right: asked.right,
      by: actor.personId,
      until,
      sealed,
    };
    if (!(await insertShare(tx, share))) throw new LubartError('request.invalid', { field: 'until' });
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: eventOf(kind, 'shared'),
      subjectKind: kind,
      subjectIds: [recordId],
      facts: { share: id, ...withWhom(receiver), right: asked.right, until: until.toISOString() },
    });
    const told = people.filter((personId) => personId !== actor.personId);
    await deps.tell(tx, seals, told, { by: actor.name, kind, recordId, right: asked.right, until });
  });
}

/** By the one who shared, or by whoever may share this client now. @throws *.not_found, share.not_found, access.denied */
export async function withdrawShare(
  deps: SharingDeps,
  actor: Actor,
  reach: Reach,
  kind: RecordKindName,
  recordId: string,
  id: string,
): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const permission = permissionOf(kind, 'share');
    // Attack: who was dismissed, moved or lost the right a moment ago takes from others what they work with.
    const self = await requireEntitledNow(tx, actor, permission, deps.clock.now());
    const share = await lockShare(tx, organizationId, kind, recordId, id);
    const record = await deps.findRecord(tx, kind, organizationId, recordId);
    // Row-level security shows what lies within this permission; this asks again.
    const within = record !== undefined && reaches(self, permission, record);
    // Nothing is said of a record that is out of reach.
    if (!within && share?.shared_by !== actor.personId) throw new LubartError(`${kind}.not_found`);
    if (share === undefined) throw new LubartError('share.not_found');
    await endShare(tx, organizationId, [id], 'withdrawn');
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: eventOf(kind, 'share_ended'),
      subjectKind: kind,
      subjectIds: [recordId],
      facts: {
        share: id,
        why: 'withdrawn',
        ...withWhom({ personId: share.person_id, departmentId: share.department_id }),
      },
    });
  });
}

/** With one person or with one department. @throws request.invalid */
function receiverOf(asked: ShareBodyValue): Receiver {
  const [personId, departmentId] = [asked.personId ?? null, asked.departmentId ?? null];
  if ((personId === null) === (departmentId === null)) throw new LubartError('request.invalid', { field: 'personId' });
  return { personId, departmentId };
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new LubartError('request.invalid', { field: 'until' });
  return at;
}

const isFor = (share: ShareRow, { personId, departmentId }: Receiver) =>
  share.person_id === personId && share.department_id === departmentId;

const withWhom = ({ personId, departmentId }: Receiver) =>
  personId === null ? { department: departmentId } : { person: personId };

/** Who gets it. @throws person.not_found, department.not_found, share.own, share.receiver */
async function requireReceiver(
  tx: Transaction,
  deps: SharingDeps,
  actor: Actor,
  kind: RecordKindName,
  record: HeldRecord,
  { personId, departmentId }: Receiver,
): Promise<readonly string[]> {
  const { organizationId } = actor;
  if (personId === null) {
    const departments = await lockDepartments(tx, organizationId);
    if (!departments.some(({ id }) => id === departmentId)) {
      throw new LubartError('department.not_found', { field: 'departmentId' });
    }
    const branch = branchOf(departments, departmentId!);
    const people = await listPeople(tx, organizationId);
    return people
      .filter((one) => one.deactivated_at === null && branch.includes(one.department_id))
      .map(({ id }) => id);
  }
  if (personId === actor.personId || personId === record.ownerId)
    throw new LubartError('share.own', { field: 'personId' });
  const person = await findPersonRow(tx, organizationId, personId);
  if (person === undefined || person.deactivated_at !== null) {
    throw new LubartError('person.not_found', { field: 'personId' });
  }
  const rights = actorRights(await rolesOfPerson(tx, organizationId, personId, deps.clock.now()), actor.language);
  if (!may(rights, permissionOf(kind, 'read'))) throw new LubartError('share.receiver', { field: 'personId' });
  return [personId];
}

/** Records in the log what ended by itself. */
export async function noteExpiredShares(
  deps: Pick<SharingDeps, 'database' | 'keyring' | 'auditLog'>,
  organizationId: string,
  expire: (tx: Transaction, organizationId: string) => Promise<ShareRow[]>,
): Promise<number> {
  const seals = await deps.keyring.of(organizationId);
  return deps.database.act(systemReach(organizationId), async (tx) => {
    const ended = await expire(tx, organizationId);
    const doer = systemDoer(organizationId);
    for (const share of ended) {
      await deps.auditLog.record(tx, seals, doer, {
        event: eventOf(share.record_kind, 'share_ended'),
        subjectKind: share.record_kind,
        subjectIds: [share.record_id],
        facts: { share: share.id, why: 'expired', by: share.shared_by },
      });
    }
    return ended.length;
  });
}
