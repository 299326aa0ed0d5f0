/**
 * Verifies logs by itself: every night, and at a start after a night without one, against what outside confirmed of them too. What was found
 * is an entry of the log, a line for whoever runs the installation, and remembered beside the key for the posture.
 */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import type { HeadFile, LogKey, VerifiedFile } from '#protections/audit-log/tree';
import { mendIndex } from '#protections/audit-log/tree';
import type { Keyring } from '#protections/encryption';
import { verifyWhole } from './verify-whole.ts';

export type VerifyDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  logKey: LogKey;
  heads: Pick<HeadFile, 'read'>;
  verified: VerifiedFile;
  log: { error(facts: object, text: string): void };
};

/** So long after a verification another one says nothing new. */
const hoursBetween = 20;

export async function verifyDue(deps: VerifyDeps, organizationIds: readonly string[]): Promise<void> {
  const { database, keyring, auditLog, clock, logKey, heads, verified, log } = deps;
  const last = await verified.read();
  const remembered = await heads.read();
  for (const id of organizationIds) {
    const before = last.get(id);
    if (before !== undefined && clock.now().getTime() - Date.parse(before.at) < hoursBetween * 3_600_000) continue;
    // The head that was verified the last time binds too when the file of heads is gone.
    const note = remembered.get(id) ?? before?.note ?? null;
    const now = clock.now();
    const given = { database, keyring, key: logKey.keyOf(id), now, ...(note === null ? {} : { remembered: note }) };
    // First: what says that others were pruned is found by the index, and a spoiled one would make it look as if nothing did.
    const isMended = await mendIndex(database, id);
    const { verified: found, findings } = await verifyWhole(given, id);
    const { size, head } = found;
    const facts = { entries: size, findings, ...(isMended ? { index: 'made anew' } : {}) };
    await auditLog.recordAlone(systemDoer(id), { event: 'audit.verified', facts });
    await verified.remember(id, { at: now.toISOString(), size, note: head, findings });
    if (findings > 0) log.error(facts, 'the audit log was changed: run "lubart audit verify"');
    if (isMended) log.error(facts, 'the index of the audit log was changed: it was made anew');
  }
}
