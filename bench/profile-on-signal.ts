/**
 * Loaded into the server by `--profile` (node --import): SIGUSR2 begins a CPU profile, the next one ends it and writes it to the
 * file that BENCH_PROFILE names. So a profile holds the load alone, without the start.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const file = process.env['BENCH_PROFILE'];
let session: Session | undefined;

async function toggle(): Promise<void> {
  if (session === undefined) {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
    return;
  }
  const ending = session;
  session = undefined;
  const { profile } = await ending.post('Profiler.stop');
  ending.disconnect();
  writeFileSync(`${file}.new`, JSON.stringify(profile));
  renameSync(`${file}.new`, file!);
}

if (file !== undefined) process.on('SIGUSR2', () => void toggle());
