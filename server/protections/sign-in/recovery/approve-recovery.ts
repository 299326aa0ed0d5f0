/** Colleagues vouch, or refuse. Nobody for themselves, nobody twice, nobody who lost the right a moment ago. */
import type { RecoveryRequestView } from '#contract';
import type { Reach, Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import { lockPeople, personPlace, selfNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { SignInDeps } from '../deps.ts';
import type { Credentials } from '../sign-in-store.ts';
import { findCredentials, lockCredentials } from '../sign-in-store.ts';
import { readStanding } from './approvers.ts';
import type { RequestRow } from './request-store.ts';
import { cancelRequests, findOpenRequest, insertApproval, listOpenRequests } from './request-store.ts';

export async function listRequests(deps: SignInDeps, actor: Actor, reach: Reach): Promise<RecoveryRequestView[]> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const nameOf = (id: string, sealed: Buffer) => seals.open<PersonSecret>(personPlace(id), sealed).name;
  return deps.database.read(reach, async (tx) => {
    const views: RecoveryRequestView[] = [];
    for (const row of await listOpenRequests(tx, organizationId, deps.clock.now())) {
      const person = await findCredentials(tx, { organizationId, personId: row.person_id }, false);
      if (person === undefined) continue;
      const { needed, readyAt, approvers, approvals } = await readStanding(tx, organizationId, row, deps.clock.now());
      const isMe = ({ id }: { id: string }) => id === actor.personId;
      views.push({
        id: row.id,
        personId: row.person_id,
        name: nameOf(row.person_id, person.sealed),
        askedAt: row.asked_at.toISOString(),
        readyAt: readyAt.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        address: row.address,
        device: row.device,
        approvedBy: approvals.map(({ id, sealed }) => ({ id, name: nameOf(id, sealed) })),
        needed,
        mayApprove: approvers.some(isMe) && !approvals.some(isMe),
      });
    }
    return views;
  });
}

/** @throws recovery.not_found, recovery.approved_already, access.denied */
export async function approveRequest(deps: SignInDeps, actor: Actor, reach: Reach, id: string): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const given = await deps.database.act(reach, async (tx) => {
    const { row } = await requireOpen(deps, tx, actor, id);
    const at = deps.clock.now();
    if (!(await insertApproval(tx, organizationId, { requestId: id, approverId: actor.personId, at }))) return false;
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'recovery.approved',
      subjectKind: 'person',
      subjectIds: [row.person_id],
      facts: { request: id },
    });
    return true;
  });
  if (given) return;
  await noteRefused(deps, actor);
  throw new LubartError('recovery.approved_already');
}

/** @throws recovery.not_found, access.denied */
export async function refuseRequest(deps: SignInDeps, actor: Actor, reach: Reach, id: string): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const { row } = await requireOpen(deps, tx, actor, id);
    await cancelRequests(tx, { organizationId, personId: row.person_id }, deps.clock.now(), 'open');
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'recovery.cancelled',
      subjectKind: 'person',
      subjectIds: [row.person_id],
      facts: { request: id, by: 'colleague' },
    });
  });
}

async function requireOpen(
  deps: SignInDeps,
  tx: Transaction,
  actor: Actor,
  id: string,
): Promise<{ row: RequestRow; person: Credentials }> {
  const { organizationId } = actor;
  const found = await findOpenRequest(tx, organizationId, { id }, deps.clock.now());
  if (found === undefined || found.way !== 'approval') throw new LubartError('recovery.not_found');
  const locked = await lockPeople(tx, organizationId, [found.person_id, actor.personId], deps.clock.now());
  await selfNow(tx, locked, actor, 'person.recover', deps.clock.now());
  // Locked: a request that is cancelled or finished at this moment is so for us too.
  const person = await lockCredentials(tx, { organizationId, personId: found.person_id });
  const row = await findOpenRequest(tx, organizationId, { id }, deps.clock.now());
  if (row === undefined || person === undefined) throw new LubartError('recovery.not_found');
  const { approvers } = await readStanding(tx, organizationId, row, deps.clock.now());
  // Attack: vouching for oneself, from outside the group, or with a right that was taken away since this session was looked up.
  if (!approvers.some((approver) => approver.id === actor.personId)) {
    throw new LubartError('access.denied', { details: { permission: 'person.recover' } });
  }
  return { row, person };
}

const noteRefused = (deps: SignInDeps, actor: Actor) =>
  deps.noteRefusal({
    event: 'person.recover.denied',
    code: 'recovery.approved_already',
    visitor: actor,
    organizationId: actor.organizationId,
    actor,
  });
