/** The report in RESULTS.md, made of the figures alone. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { LoadResult } from './drive.ts';
import { entryFigures, logFigures } from './log-figures.ts';
import type { GatesResult } from './measure-gates.ts';
import type { ImportResult } from './measure-import.ts';
import type { LogResult } from './measure-log.ts';
import type { EntryResult } from './measure-entry.ts';
import type { ExportResult, StartResult } from './measure-others.ts';
import { number, row } from './table.ts';
import { judge, judgeFigure } from './targets.ts';
import type { Profiled } from './top-functions.ts';

export type Round = {
  rows: number;
  loads: LoadResult[];
  profiled: Profiled[];
  start?: StartResult;
  memory?: { idle: number; loaded: number; peak: number };
  export?: ExportResult;
  audit?: EntryResult;
  gates?: GatesResult;
  log?: LogResult;
};

/** Load of the machine before we began: what others did. */
export const loadBefore = loadavg()[0]!;

export function writeResults(
  out: string,
  argv: readonly string[],
  rounds: readonly Round[],
  imported: ImportResult | undefined,
): void {
  const parts = [
    heading(argv),
    ...rounds.map(roundText),
    imported === undefined ? '' : importText(imported),
    growth(rounds),
    reading,
  ];
  writeFileSync(out, `${parts.filter((part) => part !== '').join('\n\n')}\n`);
}

function heading(argv: readonly string[]): string {
  const [cpu] = cpus();
  const commit = tryRun('git', ['rev-parse', '--short', 'HEAD']);
  return `# Lubart beside its floor

${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commit}; \`npm run bench -- ${argv.join(' ')}\`.
${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB of memory, Linux ${release()}, Node ${process.versions.node}, the embedded
PostgreSQL 18; driver, both servers and PostgreSQL share these cores. Load of the machine before the run: ${loadBefore.toFixed(1)}.

Every protection is on in Lubart; the floor (bench/floor-server.ts) has none: no sign-in, no row-level security, no sealing, no audit. Both are
asked in turn in slices of 0.6 s, by a manager who owns 5 % of the contacts. “Of the floor” is the median of the ratios of
neighbouring slices. CPU is milliseconds of processor time for one request, server process + PostgreSQL: it says where the time
goes even when others use the machine.`;
}

function tryRun(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

function roundText({ rows, loads, profiled, start, memory, export: exported, audit, gates, log }: Round): string {
  const lines = [`## ${number(rows)} contacts`];
  if (loads.length > 0) lines.push('', loadsTable(loads));
  const figures: string[] = [];
  if (exported !== undefined) {
    const { perSecond, floorPerSecond } = exported;
    figures.push(
      row(
        'export CSV for a key of age, all contacts, rows a second, to the last byte',
        number(perSecond),
        number(floorPerSecond),
        '≥ 30 000',
        judgeFigure(perSecond, 30_000, 'at least'),
      ),
    );
  }
  if (audit !== undefined) figures.push(...entryFigures(audit));
  if (start !== undefined) {
    figures.push(
      row('start to first answer, ms', number(start.warm), '', '≤ 2 000', judgeFigure(start.warm, 2000, 'at most')),
    );
    figures.push(
      row('first start ever, ms', number(start.first), '', '≤ 5 000', judgeFigure(start.first, 5000, 'at most')),
    );
  }
  if (memory !== undefined) {
    figures.push(
      row('memory of the server idle, MiB', String(memory.idle), '', '≤ 200', judgeFigure(memory.idle, 200, 'at most')),
    );
    figures.push(
      row(
        'memory under load, highest, MiB',
        String(memory.peak),
        '',
        '≤ 400',
        judgeFigure(memory.peak, 400, 'at most'),
      ),
    );
  }
  if (gates !== undefined) figures.push(...gateFigures(gates));
  if (log !== undefined) figures.push(...logFigures(log));
  if (figures.length > 0) lines.push('', '| | Lubart | floor | target | |', '|---|--:|--:|---|---|', ...figures);
  if (profiled.length > 0) lines.push('', '### Where the server’s time goes', '', ...profiled.map(profileText));
  return lines.join('\n');
}

function gateFigures({ decisionMicros, session, signIn, scopes }: GatesResult): string[] {
  return [
    row('policy decision, µs', number(decisionMicros, 2), '', '< 20', judgeFigure(decisionMicros, 20, 'at most')),
    row('session check, ms', number(session.kept, 3), '', '≤ 0.1', judgeFigure(session.kept, 0.1, 'at most')),
    row('session check once a second, from the database, ms', number(session.read, 2), '', '', ''),
    row(
      'sign-in, both steps over HTTP, ms (beside the password hash and two exchanges of its form that ask for nothing)',
      `${number(signIn.whole, 1)} (+ ${number(signIn.beside, 1)})`,
      `${number(signIn.hash, 1)} + 2 × ${number(signIn.exchange, 1)} + ${number(signIn.form, 1)}`,
      '≤ 5 more',
      judgeFigure(signIn.beside, 5, 'at most'),
    ),
    ...scopes.map(({ statement, side, scope, rls, explicit, times, planning, asked }) => {
      const bound = scope === 'own' ? 1.2 : 2;
      return row(
        `${statement}, ${scope}: row-level security ${side === 'with' ? 'with the condition' : 'alone'}, ms asked for (within PostgreSQL)`,
        `${number(asked.rls, 2)}, ${number(asked.times, 2)}× (${number(rls, 2)}, ${number(times, 2)}×; planning ${number(planning, 2)} more)`,
        `${number(asked.explicit, 2)} (${number(explicit, 2)})`,
        side === 'with' ? `≤ ${bound}×` : '',
        side === 'with' ? judgeFigure(asked.times, bound, 'at most') : '',
      );
    }),
  ];
}

function loadsTable(loads: readonly LoadResult[]): string {
  const lines = [
    '| | × | of the floor | Lubart/s | floor/s | Lubart p50 · p95 · p99 ms | floor p50 · p95 · p99 ms | CPU Lubart | CPU floor | errors | target | |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|---|',
  ];
  for (const result of loads) {
    const { load, concurrency, ratio, lubart, floor } = result;
    const verdict = judge(result);
    const times = (side: LoadResult['floor']) =>
      [side.p50, side.p95, side.p99].map((value) => number(value, 1)).join(' · ');
    const cpu = (side: LoadResult['floor']) => `${number(side.serverCpu, 2)} + ${number(side.databaseCpu, 2)}`;
    const said = verdict === undefined ? '' : verdict.reached ? 'reached' : `**missed**: ${verdict.missedBy}`;
    const errors = String(lubart.errors + floor.errors);
    lines.push(
      row(
        load,
        String(concurrency),
        number(ratio, 2),
        number(lubart.perSecond),
        number(floor.perSecond),
        times(lubart),
        times(floor),
        cpu(lubart),
        cpu(floor),
        errors,
        verdict?.target ?? '',
        said,
      ),
    );
  }
  const driver = Math.max(...loads.map((one) => one.driverCpuShare));
  lines.push('', `The driver took at most ${number(driver * 100)} % of one core.`);
  if (cpus().length < 4) {
    lines.push(
      `With ${cpus().length} cores the servers, PostgreSQL and the driver compete, so rates at 16 are lower than on a machine of its own; the ratio and the CPU columns hold.`,
    );
  }
  return lines.join('\n');
}

function profileText({ what, busyShare, top }: Profiled): string {
  const functions = top.map(({ name, share }) => `\`${name}\` ${number(share * 100, 1)} %`).join(', ');
  return `- **${what}** (busy ${number(busyShare * 100)} %): ${functions}`;
}

function importText(imported: ImportResult): string {
  const { rows, fileBytes, perSecond, floorPerSecond, rejected, peakMib, nodeCpu, databaseCpu, uploadSeconds } =
    imported;
  return `## Import of ${number(rows)} contacts from CSV (${number(fileBytes / 1024 ** 2)} MiB) into an empty company

| | Lubart | floor (plain INSERT of 1 000 rows) | target | |
|---|--:|--:|---|---|
${row('rows a second', number(perSecond), number(floorPerSecond), '≥ 15 000', judgeFigure(perSecond, 15_000, 'at least'))}
${row('highest memory, MiB', String(peakMib), '', '≤ 400', judgeFigure(peakMib, 400, 'at most'))}
${row('CPU for one row, µs, Node + PostgreSQL', `${number(nodeCpu)} + ${number(databaseCpu)}`, '', '', '')}
${row('upload, s', number(uploadSeconds, 1), '', '', '')}
${row('rejected or skipped rows', String(rejected), '', '', '')}`;
}

/** How much slower the bigger company is, for one person at a time. */
function growth(rounds: readonly Round[]): string {
  const [small, big] = [rounds[0], rounds.at(-1)];
  if (small === undefined || big === undefined || small === big) return '';
  const lines = small.loads
    .filter(({ concurrency }) => concurrency === 1)
    .flatMap(({ load, lubart }) => {
      const other = big.loads.find((one) => one.load === load && one.concurrency === 1);
      if (other === undefined) return [];
      const times = other.lubart.p50 / lubart.p50;
      const said = load === 'list newest' ? judgeFigure(times, 1.2, 'at most') : '';
      return [row(load, `${number(times, 2)}×`, load === 'list newest' ? '≤ 1.20×' : '', said)];
    });
  return lines.length === 0
    ? ''
    : [
        `## ${number(big.rows)} contacts against ${number(small.rows)} (p50, one at a time)`,
        '',
        '| | slower by | target | |',
        '|---|--:|---|---|',
        ...lines,
      ].join('\n');
}

const reading = `## Not measured here

Department statistics, backup and restore come with later issues. The web side (size, scrolling) is measured by the journeys.`;
