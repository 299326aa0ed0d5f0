/** What the kernel says of processes: processor time and memory. Linux only; elsewhere the figures are zero. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Kernel ticks a second (USER_HZ), the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Milliseconds of processor time that a process has used; 0 when it is gone. */
export function cpuMillis(pid: number): number {
  const fields = statOf(pid);
  return fields === undefined ? 0 : ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** The processor time of a process and of all its children: a PostgreSQL server with its backends. */
export function treeCpuMillis(pid: number): number {
  let sum = cpuMillis(pid);
  for (const child of childrenOf(pid)) sum += cpuMillis(child);
  return sum;
}

/** Resident memory now and at its highest, MiB. */
export function memoryMib(pid: number): { now: number; peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const of = (name: string) =>
      Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024);
    return { now: of('VmRSS'), peak: of('VmHWM') };
  } catch {
    return { now: 0, peak: 0 };
  }
}

/** The process id of the PostgreSQL server that runs on a data folder. */
export function postmasterOf(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && Number(statOf(pid)?.[1]) === parent);
  } catch {
    return [];
  }
}

/** The fields of /proc/<pid>/stat from the state on; the name before them may hold anything. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
