/**
 * The certificate of the connection is in trouble: in every organization whoever keeps its protections gets a letter, once a day at most,
 * and the log says that they were written to. Whoever looks after the server may be somebody else, and may not be looking.
 */
import type { CertificateTrouble } from '#contract';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { systemDoer, toldLately } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignIn } from '#protections/sign-in';

const hoursBetween = 24;

export async function tellOfCertificate(
  deps: {
    database: Database;
    keyring: Keyring;
    auditLog: AuditLog;
    clock: Clock;
    organizations(): Promise<string[]>;
    signIn: Pick<SignIn, 'tellCertificateTrouble'>;
  },
  notice: { trouble: CertificateTrouble; host: string; until: Date },
): Promise<void> {
  const event = 'system.certificate_warned';
  for (const id of await deps.organizations()) {
    const seals = await deps.keyring.of(id);
    await deps.database.act(systemReach(id), async (tx) => {
      if (await toldLately(tx, id, { event, hours: hoursBetween, now: deps.clock.now() })) return;
      const people = await deps.signIn.tellCertificateTrouble(tx, seals, notice);
      const facts = { reason: notice.trouble, until: notice.until.toISOString(), people };
      await deps.auditLog.record(tx, seals, systemDoer(id), { event, facts });
    });
  }
}
