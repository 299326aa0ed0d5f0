/** Browsers that nobody used for as long as the rules allow are forgotten, each with its entry: raising the days brings none back. */
import { listHeldRoles, referenceOf } from '#protections/access';
import { systemDoer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { deviceRuleFor, readRules } from '../rules.ts';
import { endSessionsOfDevice } from '../session-store.ts';
import { expireDevice, lockUnused } from './device-store.ts';
import { expiryOf, usedSinceOf } from './know-device.ts';

/** Returns how many. */
export async function expireDevices(
  deps: Pick<SignInDeps, 'database' | 'keyring' | 'auditLog' | 'clock'>,
  organizationId: string,
): Promise<number> {
  const seals = await deps.keyring.of(organizationId);
  return deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    const { devices: rules } = await readRules(tx, organizationId);
    const strictest = deviceRuleFor(
      rules,
      rules.roles.map(({ role }) => role),
    );
    const unused = await lockUnused(tx, organizationId, usedSinceOf(strictest, at));
    const held = unused.length === 0 ? [] : await listHeldRoles(tx, organizationId, at);
    let expired = 0;
    for (const row of unused) {
      const roles = held.filter(({ personId }) => personId === row.person_id).map(referenceOf);
      const rule = deviceRuleFor(rules, roles);
      if (expiryOf(rule, row) > at) continue;
      await expireDevice(tx, organizationId, row.id, at);
      await endSessionsOfDevice(tx, organizationId, row.id, at);
      const doer = systemDoer(organizationId);
      await deps.auditLog.record(tx, seals, doer, {
        event: 'device.expired',
        subjectKind: 'person',
        subjectIds: [row.person_id],
        facts: { device: row.id, days: rule.days },
      });
      expired += 1;
    }
    return expired;
  });
}
