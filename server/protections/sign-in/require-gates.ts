/** What must be true of whoever is here, at sign-in and at every request after it: an allowed network, an allowed hour. */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { listHeldRoles, referenceOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { requireHours } from './hours.ts';
import { requireNetwork } from './networks.ts';
import { readRules } from './rules.ts';

/** A step of the door. @throws session.network_denied, session.hours_denied */
export async function requireGates(
  deps: Pick<SignInDeps, 'clock'>,
  tx: Transaction,
  { organizationId }: Pick<OrganizationSeals, 'organizationId'>,
  { who: { personId }, visitor }: { who: { personId: string }; visitor: Pick<Visitor, 'address'> },
): Promise<void> {
  const held = await listHeldRoles(tx, organizationId, deps.clock.now(), [personId]);
  const asking = { personId, roles: held.map(referenceOf) };
  // In this very transaction: asking for another one while this one holds a lane would wait for ever when all lanes are lent.
  const rules = await readRules(tx, organizationId);
  requireNetwork(rules.networks, asking, visitor.address);
  requireHours(rules.hours, asking, deps.clock.now());
}
