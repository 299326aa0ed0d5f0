/**
 * `npm run bench -- …`: Lubart beside the floor, on one PostgreSQL, in one run. See options.ts for what may be asked for and
 * RESULTS.md for what came of it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { measureEntry } from './measure-entry.ts';
import { measureExport, measureStart } from './measure-others.ts';
import { measureGates } from './measure-gates.ts';
import { measureEntries, measureLog, measureVerification } from './measure-log.ts';
import type { ImportResult } from './measure-import.ts';
import { measureImport } from './measure-import.ts';
import { measureLoads } from './measure-loads.ts';
import type { Options } from './options.ts';
import { readOptions } from './options.ts';
import type { Company } from './prepare-company.ts';
import { prepareCompany } from './prepare-company.ts';
import { memoryMib } from './processes.ts';
import type { Load } from './requests.ts';
import { loads } from './requests.ts';
import type { Round } from './results.ts';
import { writeResults } from './results.ts';
import { serveFloor, serveLubart, signIn, signInFresh } from './serve.ts';
import { profileLoads } from './top-functions.ts';

/** More rows say nothing new about an export: it is a stream. */
const exportRowsMax = 200_000;
const tell = (line: string) => console.log(line);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), fileURLToPath(new URL('RESULTS.md', import.meta.url)));
  const base = options.keep ?? mkdtempSync(join(tmpdir(), 'lubart-bench-'));
  mkdirSync(base, { recursive: true, mode: 0o755 });
  try {
    const rounds: Round[] = [];
    for (const rows of options.rows) rounds.push(await measureRound(options, base, rows));
    let imported: ImportResult | undefined;
    if (options.only.has('import')) {
      tell(`import of ${options.importRows} rows …`);
      imported = await measureImport(base, options.importRows);
      tell(JSON.stringify(imported));
    }
    writeResults(options.out, process.argv.slice(2), rounds, imported);
    tell(`Written to ${options.out}`);
  } finally {
    if (options.keep === undefined) rmSync(base, { recursive: true, force: true });
  }
}

async function measureRound(options: Options, base: string, rows: number): Promise<Round> {
  tell(`${rows} contacts: preparing …`);
  const company = await prepareCompany(base, rows);
  const round: Round = { rows, loads: [], profiled: [] };
  tell(
    `seeded in ${company.seeded.lubart.toFixed(0)} s, the floor’s indexes in ${company.seeded.floorIndexes.toFixed(0)} s`,
  );
  if (options.only.has('start')) {
    round.start = await measureStart(base, company);
    tell(`start: warm ${round.start.warm.toFixed(0)} ms, first ${round.start.first.toFixed(0)} ms`);
  }
  const wanted = loads.filter((load) => options.only.has(load.split(' ')[0] as never));
  const others = ['memory', 'export', 'audit', 'gates'] as const;
  if (wanted.length > 0 || others.some((other) => options.only.has(other)))
    await measureServed(options, company, wanted, round);
  if (options.only.has('verify') && !options.only.has('log'))
    await measureVerification(company, options.logEntries, tell);
  if (options.only.has('entry') && !options.only.has('log')) await measureEntries(company, tell);
  if (options.only.has('log')) round.log = await measureLog(company, options.logEntries, tell);
  return round;
}

async function measureServed(options: Options, company: Company, wanted: Load[], round: Round): Promise<void> {
  const profile = options.profile === undefined ? undefined : join(company.folder, 'server.cpuprofile');
  const served = await serveLubart(company, profile);
  const floor = await serveFloor(served.address);
  try {
    const cookie = await signIn(served.origin, company.folder, company.manager);
    await sleep(3000); // what starting needed has been let go of
    round.memory = { idle: memoryMib(served.pid).now, loaded: 0, peak: 0 };
    const { manager, samples } = company;
    const plan = {
      company: { manager, samples },
      cookie,
      ports: { floor: floor.port, lubart: served.port },
      pids: { floor: floor.pid, lubart: served.pid },
      postmaster: served.postmaster,
      loads: wanted,
      concurrency: options.concurrency,
      seconds: options.seconds,
    };
    round.loads = await measureLoads(plan, tell);
    const { now: loaded, peak } = memoryMib(served.pid);
    round.memory = { ...round.memory, loaded, peak };
    if (profile !== undefined)
      round.profiled = await profileLoads(plan, served.pid, profile, join(options.profile!, String(company.rows)));
    tell(`memory: ${JSON.stringify(round.memory)} MiB`);
    if (options.only.has('export') && company.rows <= exportRowsMax) {
      round.export = await measureExport(served, floor.origin, await signInFresh(served.origin, company.owner));
      tell(`export: ${JSON.stringify(round.export)}`);
    }
    if (options.only.has('audit')) {
      round.audit = await measureEntry(company, served.address);
      tell(`audit: ${JSON.stringify(round.audit)}`);
    }
    if (options.only.has('gates')) {
      round.gates = await measureGates(company, served, floor);
      tell(`gates: ${JSON.stringify(round.gates)}`);
    }
  } finally {
    await floor.stop();
    await served.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
