/**
 * A log verified as a whole: against what was signed here, and against what witnesses, time stamps and places outside saw of it. The same for
 * `lubart audit verify` and for the night.
 */
import type { Database } from '#database';
import { listAnchored } from '#protections/audit-log/anchors';
import type { OutsideReport, Verified, VerifyLogDeps } from '#protections/audit-log/tree';
import { verifyLog } from '#protections/audit-log/tree';
import { listConfirmed } from '#protections/audit-log/witness';
import type { Keyring } from '#protections/encryption';

export type WholeVerified = {
  readonly verified: Omit<Verified, 'judge'>;
  readonly outside: readonly OutsideReport[];
  /** How many there are, here and outside. */
  readonly findings: number;
};

/** What was seen outside is listed before the log is read: it is sealed and confirmed on meanwhile. */
export async function verifyWhole(
  deps: VerifyLogDeps & { database: Database; keyring: Keyring },
  organizationId: string,
): Promise<WholeVerified> {
  const anchored = await listAnchored(deps, organizationId);
  const confirmed = await listConfirmed(deps.database, organizationId);
  const { judge, ...verified } = await verifyLog(deps, organizationId);
  const outside = [...(await anchored(judge)), ...confirmed(judge)];
  const findings = verified.findings.length + outside.reduce((sum, one) => sum + one.faults.length, 0);
  return { verified, outside, findings };
}
