/** What must be true of whoever is here, at sign-in and at every request after it: an allowed network, an allowed hour. */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { listHeldRoles, referenceOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { requireHours } from './hours.ts';
import { requireNetwork } from './networks.ts';

/** A step of the door. @throws session.network_denied, session.hours_denied */
export async function requireGates(
  deps: Pick<SignInDeps, 'rules' | 'clock'>,
  tx: Transaction,
  { organizationId }: Pick<OrganizationSeals, 'organizationId'>,
  { who: { personId }, visitor }: { who: { personId: string }; visitor: Pick<Visitor, 'address'> },
): Promise<void> {
  const held = await listHeldRoles(tx, organizationId, deps.clock.now(), [personId]);
  const asking = { personId, roles: held.map(referenceOf) };
  const rules = await deps.rules.of(organizationId);
  requireNetwork(rules.networks, asking, visitor.address);
  requireHours(rules.hours, asking, deps.clock.now());
}
