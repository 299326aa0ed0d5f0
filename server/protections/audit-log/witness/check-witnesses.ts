/** What each witness confirmed last, held against the log as it is: its own signature, and that the log still has this head. */
import { readKey, readNote, signersOf } from '#contract/tlog';
import type { Database } from '#database';
import type { JudgedHead, OutsideReport } from '#protections/audit-log/tree';
import { logHash, openOutsideReport } from '#protections/audit-log/tree';
import { ed25519Verify, systemReach } from '#protections/encryption';
import { nameOfKey } from './send-head.ts';
import { listWitnesses } from './witness-store.ts';

/** Listed before the log is read: it is sealed and confirmed on meanwhile. */
export async function listConfirmed(
  database: Database,
  organizationId: string,
): Promise<(judge: (note: string) => JudgedHead) => OutsideReport[]> {
  const rows = await database.read(systemReach(organizationId), (tx) => listWitnesses(tx, organizationId));
  return (judge) =>
    rows.flatMap(({ key, note }) => {
      if (note === null) return [];
      const report = openOutsideReport('witness', nameOfKey(key));
      const judged = judge(note);
      const at = cosignedAt(note, key);
      if (at === undefined) report.fault('witness_forged', judged.size);
      else if (report.judged(judged)) report.seen(judged.size, at);
      return [report.end()];
    });
}

function cosignedAt(text: string, line: string): Date | undefined {
  const [note, key] = [readNote(text), readKey(logHash, line)];
  if (note === undefined || key === undefined) return undefined;
  try {
    const at = signersOf(note, [key], ed25519Verify)[0]?.at ?? undefined;
    return at === undefined ? undefined : new Date(at * 1000);
  } catch {
    return undefined;
  }
}
