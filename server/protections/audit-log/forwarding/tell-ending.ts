/**
 * A certificate by which we show a receiver who we are ends: whoever keeps the protections is written to once a week, before and after.
 * Afterwards the receiver takes nothing more, and the log waits here for somebody to notice.
 */
import type { Transaction } from '#database';
import { systemDoer, toldLately } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { describeClient } from './client-certificate.ts';
import type { ForwardDeps } from './forward-log.ts';
import { listForwards } from './forward-store.ts';

const event = 'forward.client_ending';
const hoursBetween = 7 * 24;

/** Writes the letters, in the caller’s transaction; how many people there are. */
export type TellClientEnding = (
  tx: Transaction,
  seals: OrganizationSeals,
  notice: { address: string; until: Date },
) => Promise<number>;

export async function tellEndingClients(
  deps: Pick<ForwardDeps, 'database' | 'keyring' | 'auditLog' | 'clock'>,
  organizationId: string,
  tell: TellClientEnding,
): Promise<void> {
  const now = deps.clock.now();
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    for (const { id, address, certificate } of await listForwards(tx, organizationId)) {
      const client = describeClient(certificate, now);
      if (client === null || client.time === 'enough') continue;
      if (await toldLately(tx, organizationId, { event, subjectId: id, hours: hoursBetween, now })) continue;
      const people = await tell(tx, seals, { address, until: new Date(client.validUntil) });
      await deps.auditLog.record(tx, seals, systemDoer(organizationId), {
        event,
        subjectKind: 'forward',
        subjectIds: [id],
        facts: { reason: client.time, until: client.validUntil, people },
      });
    }
  });
}
