/** Somebody says whether a browser that waits is the person’s: the person on another browser, or whoever may approve devices. */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { findPersonRow, lockPeople, may, reaches, requireStandingNow, selfNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import { tellPeople } from '../links/tell-people.ts';
import type { RequestRow } from './device-store.ts';
import { answerRequest, findRequest, insertDevice } from './device-store.ts';

type Answer = { id: string; approved: true; number: number } | { id: string; approved: false };

/** @throws device.not_found (not there, or out of reach), access.denied, device.request_over, device.number_wrong */
export async function answerDeviceRequest(deps: SignInDeps, actor: Actor, answer: Answer): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  // A wrong number ends the request, so the refusal is committed before it is said.
  const right = await deps.database.act(systemReach(organizationId), async (tx) => {
    const request = await requireInReach(tx, actor, answer.id, deps.clock.now());
    if (request.answered_at !== null || request.until <= deps.clock.now()) throw new LubartError('device.request_over');
    const matches = answer.approved && answer.number === request.number;
    await settle(deps, tx, seals, actor, request, matches);
    return matches || !answer.approved;
  });
  if (!right) throw new LubartError('device.number_wrong', { field: 'number' });
}

async function settle(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  request: RequestRow,
  approved: boolean,
): Promise<void> {
  const at = deps.clock.now();
  const { id, person_id: personId, device, address } = request;
  await answerRequest(tx, seals.organizationId, { id, approved, by: actor.personId, at });
  const facts: Record<string, string> = { request: id };
  if (approved) {
    const given = { personId, secretHash: request.secret_hash, name: device, address, approvedBy: actor.personId, at };
    facts['device'] = await insertDevice(tx, seals, given);
  }
  await deps.auditLog.record(tx, seals, doerOf(actor), {
    event: approved ? 'device.approved' : 'device.refused',
    subjectKind: 'person',
    subjectIds: [personId],
    facts,
  });
  if (!approved) return;
  await tellPeople(deps, tx, seals, [personId], 'deviceApproved', (language) => ({
    when: momentInWords(language, at),
    device,
    address,
    by: actor.name,
    link: `${deps.origin()}/profile`,
  }));
}

/** The request as it stands when both people are held: read again, it may be answered by now. */
async function requireInReach(tx: Transaction, actor: Actor, id: string, now: Date): Promise<RequestRow> {
  const seen = await findRequest(tx, actor.organizationId, id);
  const isInReach = seen !== undefined && (await mayAnswerNow(tx, actor, seen.person_id, now));
  const request = isInReach ? await findRequest(tx, actor.organizationId, id) : undefined;
  if (request === undefined) throw new LubartError('device.not_found');
  return request;
}

/** One’s own, from a session one has; somebody else’s by permission. A browser that waits has no session and approves nothing. */
export async function mayAnswerFor(tx: Transaction, actor: Actor, personId: string): Promise<boolean> {
  if (personId === actor.personId) return actor.sessionId !== null;
  const person = await findPersonRow(tx, actor.organizationId, personId);
  if (person === undefined || person.deactivated_at !== null) return false;
  return reaches(actor, 'device.approve', { ownerId: personId, departmentId: person.department_id });
}

/** The same for who is about to do it, under the lock of both people. @throws access.denied when the right was lost a moment ago */
export async function mayAnswerNow(tx: Transaction, actor: Actor, personId: string, now: Date): Promise<boolean> {
  const locked = await lockPeople(tx, actor.organizationId, [personId, actor.personId], now);
  const person = locked.find(({ id }) => id === personId);
  if (person === undefined || person.deactivated_at !== null) return false;
  if (personId === actor.personId) {
    // Attack: a stolen session that was ended lets the browser of its thief in for good.
    if (actor.sessionId !== null) await requireStandingNow(tx, actor);
    return actor.sessionId !== null;
  }
  if (!may(actor, 'device.approve')) return false;
  // Attack: who was dismissed, moved or stands in no more lets one more browser in while the session is still believed.
  const self = await selfNow(tx, locked, actor, 'device.approve', now);
  return reaches(self, 'device.approve', { ownerId: personId, departmentId: person.department_id });
}
