/** `npm start` ends here: reads the settings, starts the database, puts Lubart together, serves, and says where to open it. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { inWords } from '#http';
import type { DatabaseAddress } from '#database';
import { startEmbeddedPostgres } from '#database';
import type { Config } from '#kernel';
import { createLifecycle, hasCode, readConfig, shutMemoryDoors, typeSecret } from '#kernel';
import { openLubart } from './lubart.ts';

shutMemoryDoors();
const repository = new URL('../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', repository), 'utf8')) as { version: string };

try {
  const surroundings = { cwd: process.cwd(), home: homedir(), uid: process.getuid?.() };
  await start(readConfig(process.env, process.argv.slice(2), surroundings));
} catch (error) {
  console.error(startFault(error));
  process.exit(1);
}

async function start(config: Config): Promise<void> {
  // In a terminal the person reads; a service’s journal gets everything.
  const level = process.stderr.isTTY && config.logLevel === 'info' ? 'warn' : config.logLevel;
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: false }),
  );
  const lifecycle = createLifecycle({ log });
  const address = await openDatabaseServer(config, (name, close) => lifecycle.onStop(name, close), log);
  const { stdin } = process;
  const asking = stdin.isTTY ? { askSecret: (prompt: string) => typeSecret(stdin, prompt) } : {};
  const lubart = await openLubart({ address, config, log, version, ...asking });
  lifecycle.onStop('lubart', (at) => lubart.close(at));
  const place = await lubart.listen(fileURLToPath(new URL('web/dist/', repository)));
  // In a terminal that is closed SIGHUP means the end; there nobody reads a service’s files again.
  if (config.tls !== undefined && !process.stderr.isTTY) lifecycle.onHangup(() => void lubart.reloadCertificate());
  await lubart.startJobs();
  if (config.demo) {
    const { seedDemo } = await import('./demo/index.ts');
    for (const line of await seedDemo(lubart, config.language)) console.log(line);
  }
  const setup = (await lubart.signIn.setupNeeded()) ? `  →  ${lubart.signIn.createSetupLink()}` : '';
  console.log(`Lubart ${version}: ${place}${setup}`);
}

async function openDatabaseServer(
  config: Config,
  onStop: (name: string, close: () => Promise<void>) => void,
  log: pino.Logger,
): Promise<DatabaseAddress> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl };
  const embedded = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log });
  onStop('database', () => embedded.stop());
  const { socketFolder, superuser, database, port, password } = embedded;
  return { socketFolder, superuser, database, port, ...(password === undefined ? {} : { password }) };
}

/** One line that says what is wrong and the way out; the code for whoever searches. */
function startFault(error: unknown): string {
  const language = /^(en|C|POSIX)/.test(process.env['LANG'] ?? 'uk') ? 'en' : 'uk';
  if (hasCode(error)) {
    const facts = Object.entries({ ...(error.field === undefined ? {} : { setting: error.field }), ...error.details });
    return `lubart: ${inWords(error, language)} [${[error.code, ...facts.map(([name, value]) => `${name}=${value}`)].join(' ')}]`;
  }
  if ((error as { code?: string }).code === 'EADDRINUSE')
    return `lubart: ${inWords({ code: 'start.port_in_use', details: { port: (error as { port?: number }).port ?? 0 } }, language)} [start.port_in_use]`;
  return `lubart: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
