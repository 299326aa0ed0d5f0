/** Export, start, and what the audit log costs. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedExportView } from '#contract';
import { connect, openDatabase } from '#database';
import { contactKind, openRecordRoom } from '#crm/records';
import { systemClock } from '#kernel';
import { reachOf } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { openAuditLog } from '#protections/audit-log';
import { openKeyring, openRootKeyFile } from '#protections/encryption';
import { openAged, recipient } from '../test/take-csv.ts';
import { actorOf } from './measured-actor.ts';
import type { Company } from './prepare-company.ts';
import { openMeter } from './processes.ts';
import type { Served } from './serve.ts';
import { post, send, serveLubart } from './serve.ts';

export type ExportResult = { rows: number; perSecond: number; floorPerSecond: number };

/** The whole list as CSV for a key of age, from asking to the last byte: the owner’s right in Lubart; a cursor, in plain, in the floor. */
export async function measureExport(served: Served, floorOrigin: string, cookie: string): Promise<ExportResult> {
  const get = async (path: string) => read(await fetch(`${served.origin}/api/v1${path}`, { headers: { cookie } }));
  // More clients than may leave at once unless the company says so.
  const { version } = JSON.parse((await get('/security/exports')).toString('utf8')) as { version: number };
  const rules = { organization: { rows: 10_000_000, perDay: 1000 }, roles: [] };
  await read(await send('PUT', `${served.origin}/api/v1/security/export-rules`, { version, rules }, cookie));
  const floor = await taken(async () => read(await fetch(`${floorOrigin}/export`)));
  const lubart = await taken(async () => {
    const asked = { format: 'csv', protection: 'age', recipient };
    const made = await read(await post(served.origin, '/api/v1/contacts/export', asked, cookie));
    const { id } = (JSON.parse(made.toString('utf8')) as PreparedExportView).export;
    return get(`/exports/${id}/file`);
  });
  const rowsIn = (text: string) => text.trimEnd().split('\n').length - 1; // the headings
  const rows = rowsIn(await openAged(lubart.bytes));
  const floorRows = rowsIn(floor.bytes.toString('utf8'));
  return { rows, perSecond: rows / lubart.seconds, floorPerSecond: floorRows / floor.seconds };
}

async function taken(take: () => Promise<Buffer>): Promise<{ bytes: Buffer; seconds: number }> {
  const startedAt = performance.now();
  const bytes = await take();
  return { bytes, seconds: (performance.now() - startedAt) / 1000 };
}

async function read(response: Response): Promise<Buffer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${bytes.toString('utf8')}`);
  return bytes;
}

export type StartResult = { warm: number; first: number };

/** Milliseconds to the first answer: of a folder that was used before (median of three), and of one that is not there yet. */
export async function measureStart(base: string, company: Company): Promise<StartResult> {
  const warm: number[] = [];
  for (let at = 0; at < 3; at += 1) {
    const served = await serveLubart(company);
    warm.push(served.startedIn);
    await served.stop();
  }
  const folder = join(base, `first-${process.pid}`);
  const served = await serveLubart({
    folder: base,
    dataFolder: join(folder, 'data'),
    // In its own folder: the key of the log lies beside it.
    keyFile: join(folder, 'root.key'),
  });
  await served.stop();
  rmSync(folder, { recursive: true, force: true });
  return { warm: warm.toSorted((a, b) => a - b)[1]!, first: served.startedIn };
}

/**
 * Milliseconds of one update with its audit entry and without, and the share of the entry in the whole: by the clock, and of the processor
 * time of Node and PostgreSQL, which holds also while others use the machine.
 */
export type AuditResult = {
  withEntry: number;
  without: number;
  share: number;
  processor: { withEntry: number; without: number; share: number };
};

const rounds = 15;
const updatesPerRound = 150;
const updatesBefore = 10;

/** The same updates by the same code, in turn with the log and with one that writes nothing. */
export async function measureAudit({
  company,
  served,
}: {
  company: Company;
  served: Pick<Served, 'address'>;
}): Promise<AuditResult> {
  const database = openDatabase(served.address, 1);
  const admin = connect(served.address, 'admin');
  // A change without its entry is refused by the database; what this guard costs belongs to the entry.
  const guard = (is: 'ENABLE' | 'DISABLE') => admin.unsafe(`ALTER TABLE contacts ${is} TRIGGER asks_entry`);
  try {
    const keyring = openKeyring(await openRootKeyFile(company.keyFile, false), database);
    const auditLog = openAuditLog(database, keyring, systemClock);
    const silent: AuditLog = {
      ...auditLog,
      record: async () => {},
      recordWith: async (tx, { text, values }) => void (await tx.unsafe(text, values as never[], { prepare: true })),
    };
    const references = { findPerson: async () => undefined, hasDepartment: async () => false };
    const deps = { database, keyring, clock: systemClock, references };
    const rooms = {
      with: openRecordRoom(contactKind, { ...deps, auditLog }),
      without: openRecordRoom(contactKind, { ...deps, auditLog: silent }),
    };
    const actor = actorOf(company);
    const reach = reachOf(actor, 'contact.update');
    const samples = company.samples.slice(0, 100);
    const versions = new Map<string, number>();
    for (const { id } of samples) versions.set(id, (await rooms.with.open(actor, reach, id)).version);
    const update = async (which: 'with' | 'without', round: string, count: number): Promise<void> => {
      for (let at = 0; at < count; at += 1) {
        const { id } = samples[at % samples.length]!;
        const notes = createHash('sha256').update(`${round}/${which}/${at}`).digest('hex');
        versions.set(id, (await rooms[which].change(actor, reach, id, versions.get(id)!, { notes })).version);
      }
    };
    const took = { with: [] as number[], without: [] as number[] };
    const spent = { with: [] as number[], without: [] as number[] };
    const meter = openMeter(company.dataFolder);
    for (let round = 0; round <= rounds; round += 1) {
      for (const which of round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)) {
        await guard(which === 'with' ? 'ENABLE' : 'DISABLE');
        // The switch throws away the plans of the table: PostgreSQL makes them anew five times, and no update pays for that.
        await update(which, `${round}/before`, updatesBefore);
        const startedAt = performance.now();
        const spentBefore = meter();
        await update(which, String(round), updatesPerRound);
        if (round === 0) continue;
        took[which].push((performance.now() - startedAt) / updatesPerRound);
        spent[which].push((meter() - spentBefore) / updatesPerRound);
      }
    }
    await auditLog.close();
    const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
    const figures = (of: typeof took) => ({
      withEntry: middle(of.with),
      without: middle(of.without),
      share: middle(of.with.map((whole, at) => (whole - of.without[at]!) / whole)),
    });
    return { ...figures(took), processor: figures(spent) };
  } finally {
    await guard('ENABLE');
    await admin.end();
    await database.close();
  }
}
