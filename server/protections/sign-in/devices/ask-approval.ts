/**
 * A browser that is not known yet waits: it shows a number, and whoever approves types that number. Who is asked in the middle of
 * the night for something they did not begin cannot approve it by habit (“number matching”, CISA, against MFA fatigue).
 */
import { randomInt } from 'node:crypto';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import { tellPeople } from '../links/tell-people.ts';
import type { Entry } from '../open-door.ts';
import { findCredentials } from '../sign-in-store.ts';
import { ticketMinutes } from '../tickets.ts';
import { countRequests, hashOfBrowser, insertRequest } from './device-store.ts';
import { requireBrowser } from './know-device.ts';

/** How many browsers ask for one person in an hour. */
export const requestsPerHourMax = 5;

/** Two factors were right and the browser waits; its ticket asks how it stands. */
export type Waiting = { waiting: string };

/** @throws device.cookie_needed, device.too_many_requests */
export async function askApproval(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  { who, visitor, way, factors, ...more }: Entry,
): Promise<Waiting> {
  const { organizationId } = seals;
  const { personId } = who;
  const holder = { organizationId, personId };
  const at = deps.clock.now();
  const secretHash = hashOfBrowser(requireBrowser(visitor));
  // Locked: asks that come at once are counted one after another.
  const found = await findCredentials(tx, holder, true);
  const asked = await countRequests(tx, holder, new Date(at.getTime() - 3_600_000));
  // Attack: asking again and again until somebody says yes to have peace.
  if (asked >= requestsPerHourMax) throw new LubartError('device.too_many_requests');
  const until = new Date(at.getTime() + ticketMinutes.device * 60_000);
  const { device, address } = visitor;
  const requestId = await insertRequest(tx, holder, {
    secretHash,
    device,
    address,
    number: randomInt(10, 100),
    at,
    until,
  });
  await deps.auditLog.record(tx, seals, doerAt(organizationId, { ...who, sessionId: null }, visitor), {
    event: 'device.asked',
    subjectKind: 'person',
    subjectIds: [personId],
    facts: { request: requestId, way },
  });
  await tellPeople(deps, tx, seals, [personId], 'deviceAsked', (language) => ({
    when: momentInWords(language, at),
    device,
    address,
    link: `${deps.origin()}/profile`,
  }));
  const passwordChangedAt = found!.changed_at.getTime();
  const body = { organizationId, personId, requestId, passwordChangedAt, way, factors, ...more };
  return { waiting: deps.tickets.make('device', body).ticket };
}

/** For ways that answer with a session or a refusal: a browser that waits is refused for now, with its ticket. */
export function letIn<T extends object>(outcome: T | Waiting): T {
  if ('waiting' in outcome) throw new LubartError('device.approval_needed', { details: { ticket: outcome.waiting } });
  return outcome;
}
