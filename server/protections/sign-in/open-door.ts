/**
 * The door. Every way in – password, passkey, single sign-on, invitation, link, recovery – ends here, and nowhere else is a session
 * made. So what must be true of everybody who comes in is asked in one place, in this order.
 */
import type { SessionView } from '#contract';
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { PersonSecret, ProvenFactor } from '#protections/access';
import { actorRights, findPersonRow, isOwner, personPlace, rolesOfPerson } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { requireFactors } from './demands/require-factors.ts';
import { doerAt } from './deps.ts';
import type { Waiting } from './devices/ask-approval.ts';
import { askApproval, letIn } from './devices/ask-approval.ts';
import { knowDevice } from './devices/know-device.ts';
import { requireGates } from './require-gates.ts';
import type { Way } from './session-store.ts';
import { insertSession } from './session-store.ts';
import { readSessionView } from './session-view.ts';
import { domainOf } from './sso/domain-of.ts';
import { isLocalClosed } from './sso/provider-store.ts';

export type SignedIn = { token: string; session: SessionView };

/** Who comes in, from where, by which way, and what was proved on it. */
export type Entry = {
  who: Omit<NonNullable<Doer['actor']>, 'sessionId'>;
  visitor: Visitor;
  way: Way;
  factors: readonly ProvenFactor[];
  /** The key that was proved, when one was. */
  passkeyId?: string;
};

/** Something that must be true of whoever comes in, whatever the way. Throws a code when it is not. */
export type DoorStep = (deps: SignInDeps, tx: Transaction, seals: OrganizationSeals, entry: Entry) => Promise<void>;

/** Asked in this order, before a session is made. */
const steps: readonly DoorStep[] = [requireActive, requireGates, requireOpenWay, requireFactors];
/** The sealed sheet is for the day on which networks, hours or devices are what keeps the owner out (docs/decisions/0016). */
const breakGlassSteps: readonly DoorStep[] = [requireActive, requireOwner, requireFactors];

/**
 * For ways that cannot wait. @throws sign-in.ticket_expired (nobody active), sign-in.refused (too little was proved),
 * sign-in.factor_too_weak, device.approval_needed, and what the steps throw
 */
export async function openDoor(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  entry: Entry,
): Promise<SignedIn> {
  return letIn(await openDoorOrWait(deps, tx, seals, entry));
}

/** In, or, from a browser that nobody approved yet, waiting for that. What was proved is spent either way. @throws as openDoor */
export async function openDoorOrWait(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  entry: Entry,
): Promise<SignedIn | Waiting> {
  const { organizationId } = seals;
  const { visitor, way, factors, passkeyId } = entry;
  const { personId } = entry.who;
  const at = deps.clock.now();
  const { roles } = actorRights(await rolesOfPerson(tx, organizationId, personId, at), 'uk');
  const known = { ...entry, who: { ...entry.who, roles } };
  await pass(way === 'break-glass' ? breakGlassSteps : steps, (step) => step(deps, tx, seals, known));
  const deviceId = await knowDevice(deps, tx, seals, known);
  if (deviceId === undefined) return askApproval(deps, tx, seals, known);
  const { address, device } = visitor;
  const provedAt = factors.some(isOwnProof) ? at : null;
  const proof = { way, factors, passkeyId, provedAt };
  const session = await insertSession(tx, { organizationId, personId, address, device, deviceId, ...proof, at });
  const [view] = await Promise.all([
    readSessionView(tx, seals, personId, session.id, at),
    record(deps, tx, seals, known, session.id),
  ]);
  return { token: session.token, session: view };
}

/** Steps only ask: they ask together, and the first of them that refuses is the one that is told. */
async function pass(asked: readonly DoorStep[], ask: (step: DoorStep) => Promise<void>): Promise<void> {
  const answers = await Promise.allSettled(asked.map(ask));
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
}

/** A dismissal between the first step and this one must not be outrun. */
async function requireActive(
  _deps: SignInDeps,
  tx: Transaction,
  { organizationId }: OrganizationSeals,
  { who }: Entry,
): Promise<void> {
  const person = await findPersonRow(tx, organizationId, who.personId);
  if (person === undefined || person.deactivated_at !== null) throw new LubartError('sign-in.ticket_expired');
}

/** Attack: the sheet of somebody who is owner no more. */
async function requireOwner(
  _deps: SignInDeps,
  _tx: Transaction,
  _seals: OrganizationSeals,
  { who }: Entry,
): Promise<void> {
  if (!isOwner({ roles: who.roles ?? [] })) throw new LubartError('sign-in.refused');
}

/** Attack: where a domain comes in by its provider alone, a passkey kept from before. Owners keep it, as they keep the password. */
async function requireOpenWay(
  _deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  { who, way }: Entry,
): Promise<void> {
  if ((way !== 'password' && way !== 'passkey') || isOwner({ roles: who.roles ?? [] })) return;
  const person = await findPersonRow(tx, seals.organizationId, who.personId);
  const { email } = seals.open<PersonSecret>(personPlace(who.personId), person!.sealed);
  if (await isLocalClosed(tx, seals.organizationId, domainOf(email))) throw new LubartError('sign-in.refused');
}

/** A proof of one’s own, here and now; that a provider or a letter says who it is, is none. */
const isOwnProof = (factor: ProvenFactor) => !['password', 'sso', 'link'].includes(factor);

async function record(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  { who, visitor, way, factors }: Entry,
  sessionId: string,
): Promise<void> {
  const doer = doerAt(seals.organizationId, { ...who, sessionId }, visitor);
  const about = { subjectKind: 'person', subjectIds: [who.personId] };
  if (factors.includes('recovery'))
    await deps.auditLog.record(tx, seals, doer, { event: 'sign-in.recovery_code_used', ...about });
  const factor = factors.at(-1);
  await deps.auditLog.record(tx, seals, doer, { event: 'session.signed_in', facts: { way, factor }, ...about });
}
