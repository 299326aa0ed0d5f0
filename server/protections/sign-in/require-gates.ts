/** What must be true of whoever comes in here and now: an allowed network, an allowed hour. */
import type { Visitor } from '#http';
import type { Entrant } from './entrant.ts';
import { heldReferences } from './entrant.ts';
import { requireHours } from './hours.ts';
import { requireNetwork } from './networks.ts';

/** A step of the door. @throws session.network_denied, session.hours_denied */
export function requireGates(
  entrant: Pick<Entrant, 'roles' | 'rules'>,
  { who: { personId }, visitor }: { who: { personId: string }; visitor: Pick<Visitor, 'address'> },
  now: Date,
): void {
  const asking = { personId, roles: heldReferences(entrant) };
  requireNetwork(entrant.rules.networks, asking, visitor.address);
  requireHours(entrant.rules.hours, asking, now);
}
