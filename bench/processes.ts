/** What the kernel says of processes: processor time and memory. Linux only; elsewhere the figures are zero. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds of processor time that all threads of a process have used, as the scheduler counted them; 0 when it is gone. */
export function cpuMillis(pid: number): number {
  try {
    let nanos = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanos += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    }
    return nanos / 1e6;
  } catch {
    return 0;
  }
}

/** The processor time of a process and of all its children, those that ended too: a PostgreSQL server with its backends. */
export function treeCpuMillis(pid: number): number {
  let sum = cpuMillis(pid) + endedChildrenMillis(pid);
  for (const child of childrenOf(pid)) sum += cpuMillis(child);
  return sum;
}

/** Tells how many milliseconds of processor time this process and the PostgreSQL of a data folder have used. */
export function openMeter(dataFolder: string): () => number {
  const postmaster = postmasterOf(dataFolder);
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000 + treeCpuMillis(postmaster);
  };
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

/** The processor time of children that ended; the kernel says it in ticks of a hundredth of a second. */
function endedChildrenMillis(pid: number): number {
  const fields = statOf(pid);
  return fields === undefined ? 0 : (Number(fields[13]) + Number(fields[14])) * 10;
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
