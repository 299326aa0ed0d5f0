/** Where the time of a server goes: the functions of a CPU profile by their own time. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from './drive.ts';
import { measureLoads } from './measure-loads.ts';

export type TopFunction = { name: string; share: number };
export type Profiled = { what: string; busyShare: number; top: TopFunction[] };

type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
};

const shown = 14;

/** Loads the server once more for each operation, profiled; the profiles stay in `folder`. */
export async function profileLoads(plan: Plan, pid: number, file: string, folder: string): Promise<Profiled[]> {
  mkdirSync(folder, { recursive: true });
  const profiled: Profiled[] = [];
  for (const load of plan.loads) {
    rmSync(file, { force: true });
    process.kill(pid, 'SIGUSR2');
    await measureLoads({ ...plan, loads: [load], concurrency: [16], seconds: 2 }, () => {});
    process.kill(pid, 'SIGUSR2');
    for (let tries = 0; !existsSync(file) && tries < 200; tries += 1) await sleep(50);
    const kept = join(folder, `${load.replaceAll(' ', '-')}.cpuprofile`);
    renameSync(file, kept);
    profiled.push({ what: load, ...topFunctions(JSON.parse(readFileSync(kept, 'utf8')) as Profile) });
  }
  return profiled;
}

function topFunctions({ nodes, samples, timeDeltas }: Profile): Omit<Profiled, 'what'> {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const own = new Map<string, number>();
  let busy = 0;
  let all = 0;
  for (const [at, id] of samples.entries()) {
    const took = timeDeltas[at] ?? 0;
    const { functionName, url, lineNumber } = byId.get(id)!;
    all += took;
    if (functionName === '(idle)' || url === 'node:inspector') continue; // the profiler’s own beginning and end
    busy += took;
    const place = url.replace(/^.*\/node_modules\//, '').replace(/^file:.*\/(server|contract|bench)\//, '$1/');
    const name = `${functionName === '' ? '(anonymous)' : functionName}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`;
    own.set(name, (own.get(name) ?? 0) + took);
  }
  const top = [...own].toSorted((a, b) => b[1] - a[1]).slice(0, shown);
  return { busyShare: busy / Math.max(all, 1), top: top.map(([name, took]) => ({ name, share: took / busy })) };
}
