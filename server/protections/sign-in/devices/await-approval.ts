/** The browser that waits asks how it stands; when it was approved it comes in through the door, with what it proved before. */
import { timingSafeEqual } from 'node:crypto';
import type { ErrorCode, ResponseOf, SessionView, deviceRoutes } from '#contract';
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { hasCode } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { bringTicket } from '../bring-ticket.ts';
import type { SignInDeps } from '../deps.ts';
import type { SignedIn } from '../open-door.ts';
import { openDoor } from '../open-door.ts';
import { findCredentials } from '../sign-in-store.ts';
import type { TicketBody } from '../tickets.ts';
import { findRequest, hashOfBrowser, spendRequest } from './device-store.ts';

type State = ResponseOf<(typeof deviceRoutes)['POST /api/v1/sign-in/device']>;
/** Not somebody’s “no”, but another browser or too late: it looks the same, and the log says why. */
type Denied = { denied: ErrorCode };
const refused = { state: 'refused', number: null, until: null, session: null } as const;

/** @throws sign-in.ticket_expired, and what openDoor throws */
export async function awaitApproval(
  deps: SignInDeps,
  visitor: Visitor,
  ticket: string,
): Promise<{ answer: State; token: string | null }> {
  const body = await bringTicket(deps, visitor, 'device', ticket);
  const { organizationId } = body;
  const seals = await deps.keyring.of(organizationId);
  let name = '—';
  const deny = (event: 'device.denied' | 'sign-in.denied', code: ErrorCode) => {
    const actor = { personId: body.personId, name, sessionId: null };
    const facts = { step: 'waiting', request: body.requestId };
    return deps.noteRefusal({ event, code, visitor, organizationId, actor, facts });
  };
  const outcome = await deps.database
    .act(systemReach(organizationId), (tx) => standing(deps, tx, seals, visitor, body, (said) => (name = said)))
    .catch(async (error: unknown) => {
      // Meanwhile the door was shut: by an hour, a network, a demand.
      if (hasCode(error)) await deny('sign-in.denied', error.code);
      throw error;
    });
  if ('denied' in outcome) {
    await deny('device.denied', outcome.denied);
    return { answer: refused, token: null };
  }
  if (!('token' in outcome)) return { answer: outcome, token: null };
  const session: SessionView = outcome.session;
  return { answer: { state: 'open', number: null, until: null, session }, token: outcome.token };
}

async function standing(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  visitor: Visitor,
  { organizationId, personId, requestId, passwordChangedAt, ...proved }: TicketBody['device'],
  tellName: (name: string) => void,
): Promise<State | SignedIn | Denied> {
  const at = deps.clock.now();
  // The person before the request, in the order of everybody who locks both.
  const found = await findCredentials(tx, { organizationId, personId }, true);
  const request = await findRequest(tx, organizationId, requestId);
  if (found === undefined || request === undefined || request.person_id !== personId) return refused;
  const { name } = seals.open<PersonSecret>(personPlace(personId), found.sealed);
  tellName(name);
  // Attack: a ticket carried to another browser than the one that was approved.
  const secret = visitor.browser ?? '';
  if (!timingSafeEqual(hashOfBrowser(secret), request.secret_hash)) return { denied: 'device.other_browser' };
  if (found.deactivated_at !== null || found.changed_at.getTime() !== passwordChangedAt)
    return { denied: 'sign-in.ticket_expired' };
  if (request.until <= at || request.approved === false) return refused;
  const { number, until } = request;
  if (request.approved === null) return { state: 'waiting', number, until: until.toISOString(), session: null };
  // Attack: an approval is for one session; the ticket kept for later opens nothing.
  if (!(await spendRequest(tx, organizationId, requestId, at))) return { denied: 'device.request_over' };
  await deps.failures.forget(tx, { organizationId, personId });
  return openDoor(deps, tx, seals, { ...proved, who: { personId, name }, visitor });
}
