/**
 * Every place outside, held against the log as it is: each time stamp is read anew and its head found in the tree, and so is what is known
 * to lie in letters, chats and buckets. What a place says is listed before the log is read: it is sealed and sent on meanwhile.
 */
import { readPem, readStamp } from '#contract/stamps';
import type { Database } from '#database';
import { hasCode } from '#kernel';
import type { JudgedHead, OutsideReport } from '#protections/audit-log/tree';
import { openOutsideReport } from '#protections/audit-log/tree';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { listAnchors, settingsOf } from './anchor-store.ts';
import { nameOf } from './read-settings.ts';
import { listStamped, stampsAfter } from './stamp-store.ts';
import { stampMeans } from './time-stamp.ts';

type Judge = (note: string) => JudgedHead;

export async function listAnchored(
  { database, keyring }: { database: Database; keyring: Keyring },
  organizationId: string,
): Promise<(judge: Judge) => Promise<OutsideReport[]>> {
  const seals = await keyring.of(organizationId);
  const { rows, stamped } = await database.read(systemReach(organizationId), async (tx) => ({
    rows: await listAnchors(tx, organizationId),
    stamped: await listStamped(tx, organizationId),
  }));
  const places = new Map(rows.map((row) => [row.id, openSettings(seals, row)]));
  return async (judge) => {
    const reports: OutsideReport[] = [];
    for (const { anchorId, size } of stamped) {
      const settings = places.get(anchorId);
      const one = { anchorId, upTo: size, roots: settings?.stamp?.roots ?? null };
      reports.push(await checkStamps(database, organizationId, { ...one, name: settings && nameOf(settings) }, judge));
    }
    for (const row of rows) {
      if (row.kind === 'stamp' || row.note === null) continue;
      const settings = places.get(row.id);
      const report = openOutsideReport(row.kind, settings === undefined ? row.id : nameOf(settings));
      if (report.judged(judge(row.note))) report.seen(Number(row.size), row.anchored_at!);
      reports.push(report.end());
    }
    return reports;
  };
}

/** Attack: settings that do not open any more, so that the log is verified by nobody. Such a place is as good as taken away. */
function openSettings(...given: Parameters<typeof settingsOf>): ReturnType<typeof settingsOf> | undefined {
  try {
    return settingsOf(...given);
  } catch (error) {
    if (!hasCode(error, 'sealed.cannot_open')) throw error;
    return undefined;
  }
}

/** Of a place that was taken away the root certificate is not known any more: its stamps are read without. */
async function checkStamps(
  database: Database,
  organizationId: string,
  place: { anchorId: string; upTo: number; name: string | undefined; roots: string | null },
  judge: Judge,
): Promise<OutsideReport> {
  const roots = place.roots === null ? null : (readPem(place.roots) ?? []);
  let report: ReturnType<typeof openOutsideReport> | undefined;
  for (let after = 0; after < place.upTo;) {
    const rows = await database.read(systemReach(organizationId), (tx) =>
      stampsAfter(tx, organizationId, { anchorId: place.anchorId, after, upTo: place.upTo }),
    );
    for (const { note, stamp, size } of rows) {
      const read = readStamp(stampMeans, { response: stamp, head: Buffer.from(note), roots });
      report ??= openOutsideReport('stamp', place.name ?? (read.holds ? read.authority : place.anchorId));
      if (!report.judged(judge(note))) continue;
      if (read.holds) report.seen(size, read.at);
      else report.fault(read.why, size);
    }
    after = rows.at(-1)?.size ?? place.upTo;
  }
  return (report ?? openOutsideReport('stamp', place.name ?? place.anchorId)).end();
}
