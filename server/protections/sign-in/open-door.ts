/**
 * The door. Every way in – password, passkey, single sign-on, invitation, link, recovery – ends here, and nowhere else is a session
 * made. So what must be true of everybody who comes in is asked in one place, in this order.
 */
import type { SessionView } from '#contract';
import type { CommitBehind, SqlStatement, Transaction } from '#database';
import { allSent, leaveFirst, meanwhile, sendStatement, together } from '#database';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { ProvenFactor } from '#protections/access';
import { isOwner, marksOfHeld } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { readDemandView } from './demands/session-demand.ts';
import { requireFactors } from './demands/require-factors.ts';
import { doerAt } from './deps.ts';
import type { Waiting } from './devices/ask-approval.ts';
import { askApproval, letIn } from './devices/ask-approval.ts';
import { touchingDevice } from './devices/device-store.ts';
import { admitDevice, approvedDevice } from './devices/know-device.ts';
import type { Entrant } from './entrant.ts';
import { readEntrant } from './entrant.ts';
import { requireGates } from './require-gates.ts';
import type { FreshSession, Way } from './session-store.ts';
import { newSession, sessionInsert } from './session-store.ts';
import { viewSession } from './session-view.ts';
import { domainOf } from './sso/domain-of.ts';

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
export type DoorStep = (entrant: Entrant, entry: Entry, now: Date) => void;

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

/** What was read of the entrant in this act already, and its end: the door is the last that happens in it. */
type LastInAct = {
  entrant: Entrant;
  session: FreshSession;
  /** What happens only when the door opens or waits for an approval. */
  along: readonly SqlStatement[];
  commitBehind: CommitBehind;
};

/**
 * In, or, from a browser that nobody approved yet, waiting for that. What was proved is spent either way. `last`: whoever comes in by a
 * known browser comes in with the answers of all statements and of COMMIT at once. @throws as openDoor
 */
export async function openDoorOrWait(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  entry: Entry,
  last?: LastInAct,
): Promise<SignedIn | Waiting> {
  const { organizationId } = seals;
  const { visitor, way, factors, passkeyId } = entry;
  const { personId } = entry.who;
  const at = deps.clock.now();
  const entrant = last?.entrant ?? (await readEntrant(tx, seals, personId, visitor.browser, at));
  const roles = marksOfHeld(entrant.roles, 'uk');
  const known = { ...entry, who: { ...entry.who, roles } };
  for (const step of way === 'break-glass' ? breakGlassSteps : steps) step(entrant, known, at);
  const approved = approvedDevice(entrant, at);
  const deviceId = approved ?? (await admitDevice(deps, tx, seals, entrant, known));
  const along = last?.along ?? [];
  if (deviceId === undefined) {
    const [waiting] = await allSent([
      askApproval(deps, tx, seals, known),
      ...along.map((one) => sendStatement(tx, one)),
    ]);
    return waiting;
  }
  const { address, device } = visitor;
  const provedAt = factors.some(isOwnProof) ? at : null;
  const session = last?.session ?? newSession(organizationId);
  const proof = { factors, passkeyId: passkeyId ?? null };
  const given = {
    organizationId,
    personId,
    address,
    device,
    deviceId,
    way,
    factors,
    passkeyId,
    provedAt,
    at,
  };
  const touching = approved === undefined ? [] : [touchingDevice(organizationId, { id: approved, address, at })];
  const opening = sendStatement(tx, together(sessionInsert(session, given), [...along, ...touching]));
  await leaveFirst(opening); // its entry is made meanwhile
  const demanding = readDemandView(tx, organizationId, entrant, proof, at);
  const [, , , , view] = await allSent([
    opening,
    demanding,
    record(deps, tx, seals, { entry: known, sessionId: session.id }),
    last?.commitBehind(),
    demanding.then((demand) => meanwhile(() => viewSession(seals, entrant, demand))),
  ]);
  return { token: session.token, session: view };
}

/** A dismissal between the first step and this one must not be outrun. */
function requireActive({ person }: Entrant): void {
  if (person === undefined || person.deactivated_at !== null) throw new LubartError('sign-in.ticket_expired');
}

/** Attack: the sheet of somebody who is owner no more. */
function requireOwner(_entrant: Entrant, { who }: Entry): void {
  if (!isOwner({ roles: who.roles ?? [] })) throw new LubartError('sign-in.refused');
}

/** Attack: where a domain comes in by its provider alone, a passkey kept from before. Owners keep it, as they keep the password. */
function requireOpenWay({ person, closedDomains }: Entrant, { who, way }: Entry): void {
  if ((way !== 'password' && way !== 'passkey') || isOwner({ roles: who.roles ?? [] })) return;
  if (closedDomains.length > 0 && closedDomains.includes(domainOf(person!.email)))
    throw new LubartError('sign-in.refused');
}

/** A proof of one’s own, here and now; that a provider or a letter says who it is, is none. */
const isOwnProof = (factor: ProvenFactor) => !['password', 'sso', 'link'].includes(factor);

async function record(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  { entry: { who, visitor, way, factors }, sessionId }: { entry: Entry; sessionId: string },
): Promise<void> {
  const doer = doerAt(seals.organizationId, { ...who, sessionId }, visitor);
  const about = { subjectKind: 'person', subjectIds: [who.personId] };
  const factor = factors.at(-1);
  await allSent([
    ...(factors.includes('recovery')
      ? [deps.auditLog.record(tx, seals, doer, { event: 'sign-in.recovery_code_used', ...about })]
      : []),
    deps.auditLog.record(tx, seals, doer, { event: 'session.signed_in', facts: { way, factor }, ...about }),
  ]);
}
