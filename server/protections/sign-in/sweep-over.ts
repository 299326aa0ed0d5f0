/** What is over is deleted after its time; the log says how much of what, when it was anything. */
import { systemDoer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { sweepRequests } from './devices/device-store.ts';
import { sweepInvitations } from './invitation-store.ts';
import { sweepLinks } from './links/link-store.ts';
import { sweepChallenges } from './passkey-store.ts';
import { sweepSessions } from './session-store.ts';
import { sweepSms } from './sms-codes/sms-store.ts';
import { sweepAnswers } from './sso/provider-store.ts';

const day = 86_400_000;

export async function sweepOver(deps: SignInDeps, organizationId: string): Promise<void> {
  const now = deps.clock.now();
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const deleted = {
      sessions: await sweepSessions(tx, organizationId, now),
      invitations: await sweepInvitations(tx, organizationId, now),
      links: await sweepLinks(tx, organizationId, now),
      deviceRequests: await sweepRequests(tx, organizationId, new Date(now.getTime() - day)),
    };
    await sweepSms(tx, organizationId, now);
    await sweepChallenges(tx, organizationId, now);
    await sweepAnswers(tx, organizationId, now);
    if (Object.values(deleted).every((count) => count === 0)) return;
    const doer = systemDoer(organizationId);
    await deps.auditLog.record(tx, seals, doer, { event: 'system.swept', facts: deleted });
  });
}
