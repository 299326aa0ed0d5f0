/** Runs the driver against both servers and gathers what it sends. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult, Plan } from './drive.ts';

export async function measureLoads(plan: Plan, tell: (line: string) => void): Promise<LoadResult[]> {
  const driver = fork(fileURLToPath(new URL('drive.ts', import.meta.url)), { execArgv: [] });
  const results: LoadResult[] = [];
  driver.on('message', (result: LoadResult) => {
    results.push(result);
    tell(describeLoad(result));
  });
  driver.send(plan);
  const [code] = (await once(driver, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the driver failed');
  return results;
}

/** One result as a line for whoever watches. */
function describeLoad({ load, concurrency, floor, lubart, ratio, driverCpuShare }: LoadResult): string {
  const side = (one: LoadResult['floor']) =>
    `${one.perSecond.toFixed(0)}/s p50 ${one.p50.toFixed(1)} p95 ${one.p95.toFixed(1)} p99 ${one.p99.toFixed(1)} ms, cpu ${one.serverCpu.toFixed(2)}+${one.databaseCpu.toFixed(2)} ms, ${one.bytes} B${one.errors > 0 ? `, ${one.errors} ERRORS` : ''}`;
  return `${load} ×${concurrency}: ${ratio.toFixed(2)} of the floor | floor ${side(floor)} | lubart ${side(lubart)} | driver ${(driverCpuShare * 100).toFixed(0)} % of a core`;
}
