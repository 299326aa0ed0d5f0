/**
 * After our process was killed its server may live on for a moment. Whoever holds the lock of the data folder may stop
 * it. On Linux a process is ours when it is called postgres and stands in the cluster folder: a process id alone may
 * long belong to somebody else.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedLog } from './start-postgres.ts';

const steps = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/** Stops every server process of this cluster and takes away a postmaster.pid that names a stranger. */
export async function stopOrphans(clusterFolder: string, log: EmbeddedLog): Promise<void> {
  const main = readPid(clusterFolder);
  for (const [signal, millis] of steps) {
    const orphans = findOrphans(clusterFolder, main);
    if (orphans.length === 0) break;
    log.warn({ orphans: orphans.length, signal }, 'stopping a database that a killed Lubart left');
    // The main process tells the others; without it, each one is told.
    const told = main !== undefined && orphans.includes(main) && signal !== 'SIGKILL' ? [main] : orphans;
    for (const pid of told) send(pid, signal);
    const until = performance.now() + millis;
    while (performance.now() < until && findOrphans(clusterFolder, main).length > 0) await sleep(20);
  }
  // PostgreSQL would refuse to start if the number now belongs to any other process of the same account.
  if (main !== undefined && findOrphans(clusterFolder, main).length === 0) {
    rmSync(join(clusterFolder, 'postmaster.pid'), { force: true });
  }
}

function readPid(clusterFolder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 && pid !== process.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}

function findOrphans(clusterFolder: string, main: number | undefined): number[] {
  if (process.platform === 'linux') return findStandingIn(clusterFolder);
  if (main === undefined || process.platform === 'win32') return [];
  try {
    const line = execFileSync('ps', ['-o', 'args=', '-p', String(main)], { encoding: 'utf8' });
    return line.includes('postgres') && line.includes(clusterFolder) ? [main] : [];
  } catch {
    return [];
  }
}

function findStandingIn(clusterFolder: string): number[] {
  let folder: string;
  try {
    folder = realpathSync(clusterFolder);
  } catch {
    return [];
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`) === folder &&
          readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')
        );
      } catch {
        return false; // gone meanwhile, or somebody else’s
      }
    });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}
