/** One PostgreSQL for the whole test run; every test file makes its own databases in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '#database';
import { startEmbeddedPostgres } from '#database';

let running: { postgres: EmbeddedPostgres; folder: string } | undefined;

export async function globalSetup(): Promise<void> {
  if (process.env['LUBART_TEST_DATABASE'] !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'lubart-test-'));
  // Durability is tested with servers of their own; here only time is lost by it.
  const settings = { fsync: 'off', max_connections: '200' };
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, settings });
  running = { postgres, folder };
  const { socketFolder, port, superuser, password } = postgres;
  process.env['LUBART_TEST_DATABASE'] = JSON.stringify({
    socketFolder,
    port,
    superuser,
    runFolder: folder,
    ...(password === undefined ? {} : { password }),
  });
}

export async function globalTeardown(): Promise<void> {
  if (running === undefined) return;
  const { postgres, folder } = running;
  running = undefined;
  delete process.env['LUBART_TEST_DATABASE'];
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
