/**
 * One run of the server process: start, wait until it answers, stop. It runs in a session of its own, so that Ctrl-C in
 * the terminal reaches the application first; and a shell of a few hundred kilobytes watches a pipe to us and stops
 * the server when we are gone, however we went.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { LubartError } from '#kernel';
import { programEnvironment } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { dataDirectoryName } from './create-cluster.ts';
import type { Account } from './database-account.ts';
import { programFailure } from './start-failure.ts';
import type { EmbeddedLog } from './start-postgres.ts';

export type Exit = { code: number | null; signal: string | null };
export type Postmaster = { pid: number; exited: Promise<Exit>; stop(): Promise<void> };

/** Replay after a crash can take minutes; this bounds it. Milliseconds. */
const startMillisMax = 15 * 60_000;
const fastStopMillis = 20_000;
const immediateStopMillis = 5_000;

type Run = {
  clusterFolder: string;
  account: Account | undefined;
  binaries: Binaries;
  settings: Record<string, string>;
  log: EmbeddedLog;
};

/** Resolves when the server accepts connections. @throws LubartError start.database_failed, start.disk_full */
export async function runPostmaster(run: Run): Promise<Postmaster> {
  const { clusterFolder, account, binaries, settings, log } = run;
  const args = ['-D', dataDirectoryName(clusterFolder, account)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const child = spawn(binaries.postgres, args, {
    ...account,
    cwd: clusterFolder,
    env: programEnvironment(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject).once('exit', (code, signal) => resolve({ code, signal }));
  });
  const output = followLog(child, log);
  await waitUntilReady({ child, exited, clusterFolder, output, log });
  const pid = child.pid ?? 0;
  const watcher = watchOver(pid, clusterFolder, account);
  void exited.then(() => watcher.stdin?.end('done\n'));
  return { pid, exited, stop: () => stopChild(child, exited, log) };
}

/** Sends the server’s own lines to our log and keeps the last ones to explain a failed start. */
function followLog(child: ChildProcess, log: EmbeddedLog): () => string {
  const last: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (last.push(line) > 40) last.shift();
      const serious = /^(FATAL|PANIC)/.test(line);
      log[serious ? 'error' : 'info']({ postgres: line.slice(0, 500) }, 'database');
    });
  }
  return () => last.join('\n');
}

type Waiting = {
  child: ChildProcess;
  exited: Promise<Exit>;
  clusterFolder: string;
  output: () => string;
  log: EmbeddedLog;
};

/** The server writes its state on line 8 of postmaster.pid; that is what pg_ctl waits for, too. */
async function waitUntilReady({ child, exited, clusterFolder, output, log }: Waiting): Promise<void> {
  let gone: Exit | undefined;
  void exited.then(
    (exit) => (gone = exit),
    () => (gone = { code: null, signal: 'not_started' }),
  );
  const startedAt = performance.now();
  let toldAt = startedAt;
  while (!isReady(clusterFolder, child.pid)) {
    if (gone) {
      await sleep(20); // the last lines of its log are still on their way
      throw programFailure('postgres', output() || `ended with ${gone.signal ?? gone.code}`, dirname(clusterFolder));
    }
    const now = performance.now();
    if (now - startedAt > startMillisMax) {
      child.kill('SIGKILL');
      throw new LubartError('start.database_failed', { details: { reason: 'start_took_too_long' } });
    }
    if (now - toldAt > 5_000) {
      toldAt = now;
      log.info({ seconds: Math.round((now - startedAt) / 1000) }, 'the database is still replaying what a crash left');
    }
    await sleep(now - startedAt < 2_000 ? 5 : 100);
  }
}

function isReady(clusterFolder: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/** Reads until “done” or until we are gone; then stops the server if postmaster.pid still names the same process. */
const watchScript = `
trap '' INT TERM HUP
while read -r word; do [ "$word" = done ] && exit 0; done
same() { read -r now < postmaster.pid && [ "$now" = "$1" ] && kill -0 "$1"; }
for signal in INT QUIT KILL; do
  same "$1" && kill -$signal "$1"
  left=20
  while same "$1" && [ $left -gt 0 ]; do sleep 1; left=$((left - 1)); done
done`;

function watchOver(pid: number, clusterFolder: string, account: Account | undefined): ChildProcess {
  const options = { ...account, cwd: clusterFolder, detached: true, env: programEnvironment() };
  const stdio: ['pipe', 'ignore', 'ignore'] = ['pipe', 'ignore', 'ignore'];
  const watcher =
    process.platform === 'win32'
      ? spawn(
          process.execPath,
          ['-e', `process.stdin.on('data',()=>process.exit()).on('end',()=>process.kill(${pid}))`],
          { ...options, stdio },
        )
      : spawn('/bin/sh', ['-c', watchScript, 'watch-lubart', String(pid)], { ...options, stdio });
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  return watcher;
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>, log: EmbeddedLog): Promise<void> {
  const steps = [
    ['SIGINT', fastStopMillis],
    ['SIGQUIT', immediateStopMillis],
    ['SIGKILL', immediateStopMillis],
  ] as const;
  for (const [signal, millis] of steps) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (signal !== 'SIGINT') log.warn({ signal }, 'the database does not stop; asking harder');
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([exited, sleep(millis, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }
}
