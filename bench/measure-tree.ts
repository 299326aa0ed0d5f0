/**
 * A long log sealed and verified: entries as the log writes them, each with its own id and moment, are put in; they are sealed into the
 * tree as the server seals; then the log is verified in the database (`lubart audit verify`), and as a file by the command that others
 * run without Lubart. The floor is SHA-256 alone over as many bytes, by one thread.
 */
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeKey } from '#contract/tlog';
import { connect } from '#database';
import { openAuditLog } from '#protections/audit-log';
import { indexEntries, logKeyFile, openLogKey, sealAll, verifyLog, writeEvidence } from '#protections/audit-log/tree';
import { systemReach } from '#protections/encryption';
import { buildVerifiers, verifierFiles } from '../verifier/build.ts';
import type { LogBench } from './log-parts.ts';
import { secondsOf } from './log-parts.ts';
import { actorOf } from './measured-actor.ts';
import { cpuMillis, openMeter } from './processes.ts';

export type TreeResult = {
  /** How many were sealed in this run, and all that the log holds. */
  sealed: number;
  entries: number;
  entryBytes: number;
  sealing: Took;
  /** The index of the log, behind it. */
  indexing: Took;
  /** Seconds for everything the log holds, by the clock and of processor time (all threads, PostgreSQL’s too). */
  verify: Took;
  evidence: Took;
  hashing: number;
  evidenceMib: number;
};

export type Took = { clock: number; processor: number };

/** As many as an act on many clients writes in one transaction; of fifty thousand in one, each run of the sealing sorts all that are left. */
const entriesPerInsert = 1_000;

export async function measureTree(given: LogBench, wanted: number): Promise<TreeResult> {
  const { company, database, root, clock } = given;
  const { organizationId } = company;
  const logKey = await openLogKey(logKeyFile(company.keyFile), root, true);
  const key = logKey.keyOf(organizationId);
  await sealAll({ database, logKey, clock }, organizationId);
  await indexEntries(database, organizationId);
  const before = await countEntries(given);
  const entryBytes = await fillLog(given, wanted);
  const meter = openMeter(company.dataFolder);
  const spentBeforeSealing = meter();
  const clockOfSealing = await secondsOf(() => sealAll({ database, logKey, clock }, organizationId));
  const sealing = { clock: clockOfSealing, processor: (meter() - spentBeforeSealing) / 1000 };
  const spentBeforeIndexing = meter();
  const clockOfIndexing = await secondsOf(() => indexEntries(database, organizationId));
  const indexing = { clock: clockOfIndexing, processor: (meter() - spentBeforeIndexing) / 1000 };
  const now = new Date(clock.now().getTime() + 60_000);
  let size = 0;
  const spentBefore = meter();
  const clockOfVerify = await secondsOf(async () => {
    const verified = await verifyLog({ database, key, now }, organizationId);
    if (verified.findings.length > 0) throw new Error(`the log does not verify: ${JSON.stringify(verified.findings)}`);
    ({ size } = verified);
  });
  const verify = { clock: clockOfVerify, processor: (meter() - spentBefore) / 1000 };
  const folder = mkdtempSync(join(company.folder, 'evidence-'));
  try {
    const file = join(folder, 'log.txt');
    await pipeline(writeEvidence({ database, key, organizationId }), createWriteStream(file));
    await buildVerifiers(folder);
    writeFileSync(join(folder, 'key.txt'), writeKey(key));
    const evidence = await runVerifier(join(folder, verifierFiles.command), writeKey(key), file);
    return {
      sealed: size - before,
      entries: size,
      entryBytes,
      sealing,
      indexing,
      verify,
      evidence,
      hashing: hashAlone(size, entryBytes),
      evidenceMib: statSync(file).size / 1024 ** 2,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function countEntries({ company, database }: LogBench): Promise<number> {
  const { organizationId } = company;
  return database.read(
    systemReach(organizationId),
    async (tx) =>
      (await tx`SELECT count(*)::int AS n FROM audit_entries WHERE organization_id = ${organizationId}`)[0]!['n'],
  );
}

/** A real entry, many times over: each time of another client, with an id and a moment of its own. Returns its length. */
async function fillLog({ company, address, database, keyring, clock }: LogBench, wanted: number): Promise<number> {
  const { organizationId, samples } = company;
  const auditLog = openAuditLog(database, keyring, clock);
  const actor = actorOf(company);
  const seals = await keyring.of(organizationId);
  const about = samples[0]!.id;
  const record = seals.newRecord('contacts', about);
  const doer = { organizationId, actor, address: '198.51.100.7', device: 'Firefox, Linux', requestId: 'bench' };
  await auditLog.recordAlone(doer, {
    event: 'contact.updated',
    subjectKind: 'contact',
    subjectIds: [about],
    facts: { fields: ['notes'] },
    changes: { under: record, list: [{ field: 'notes', before: '', after: 'Передзвонити у вівторок' }] },
  });
  const admin = connect(address, 'admin');
  try {
    const [made] = await admin`SELECT id, octet_length(bytes) AS length FROM audit_entries
      WHERE organization_id = ${organizationId} ORDER BY id DESC LIMIT 1`;
    const others = samples.map(({ id }) => id);
    for (let done = 0; done < wanted; done += entriesPerInsert) {
      await admin`
        INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids, request_id, address, device, bytes)
        SELECT e.organization_id, n.id, n.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, ARRAY[n.subject], n.request, e.address,
          e.device, convert_to(replace(replace(replace(replace(convert_from(e.bytes, 'UTF8'), e.id::text, n.id::text),
            to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), to_char(n.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
            e.subject_ids[1]::text, n.subject::text), '"bench"', '"' || n.request || '"'), 'UTF8')
        FROM audit_entries e, (
          SELECT uuidv7() AS id, date_trunc('milliseconds', clock_timestamp()) AS at, 'request-' || ${done} + number AS request,
            (${others}::uuid[])[1 + number % ${others.length}] AS subject
          FROM generate_series(1, ${Math.min(entriesPerInsert, wanted - done)}) AS number) AS n
        WHERE e.organization_id = ${organizationId} AND e.id = ${made!['id'] as string}`;
    }
    await admin.unsafe('ANALYZE audit_entries');
    return made!['length'] as number;
  } finally {
    await admin.end();
    await auditLog.close();
  }
}

async function runVerifier(command: string, key: string, file: string): Promise<Took> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [command, '--lang', 'en', '--key', key, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => said.push(part));
  let processor = 0;
  const looking = setInterval(() => (processor = Math.max(processor, cpuMillis(child.pid!) / 1000)), 20);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(looking);
  if (code !== 0) throw new Error(`the verifier ended with ${code}: ${Buffer.concat(said).toString()}`);
  return { clock: (performance.now() - startedAt) / 1000, processor };
}

/** Seconds of SHA-256 over so many entries, one thread. */
function hashAlone(count: number, bytes: number): number {
  const entry = Buffer.alloc(bytes + 1, 7);
  const startedAt = performance.now();
  for (let at = 0; at < count; at += 1) {
    entry.writeUInt32LE(at, 1);
    hash('sha256', entry, 'buffer');
  }
  return (performance.now() - startedAt) / 1000;
}
