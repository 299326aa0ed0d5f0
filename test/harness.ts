/**
 * What tests stand on: a real PostgreSQL and, in it, a fresh migrated database per file. The server of the run is shared
 * (test/global-setup.ts); a file that runs alone starts its own.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database, DatabaseAddress, Sql } from '#database';
import { appLogsIn, connect, migrate, openDatabase } from '#database';
import { globalSetup, globalTeardown } from './global-setup.ts';

export type TestDatabase = {
  address: DatabaseAddress & { socketFolder: string };
  /** As the owner of the tables: looks behind every policy. */
  admin: Sql;
  database: Database;
  close(): Promise<void>;
};

let openNow = 0;

/** A fresh database; not migrated when `migrated` is false. */
export async function openTestDatabase({ migrated = true, connections = 6 } = {}): Promise<TestDatabase> {
  openNow += 1;
  await globalSetup();
  const server = JSON.parse(process.env['LUBART_TEST_DATABASE']!) as { socketFolder: string; port: number; superuser: string };
  const name = `test_${randomBytes(6).toString('hex')}`;
  const maintenance = connect({ ...server, database: 'postgres' }, 'admin');
  await maintenance.unsafe(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const address = { ...server, database: name };
  const admin = connect(address, 'admin');
  if (migrated) await migrate(admin, appLogsIn(address));
  const database = openDatabase(address, connections);
  return {
    address,
    admin,
    database,
    close: async () => {
      await database.close();
      await admin.end({ timeout: 5 });
      await maintenance.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
      await maintenance.end({ timeout: 5 });
      openNow -= 1;
      if (openNow === 0) await globalTeardown();
    },
  };
}

/** A private folder that is gone after the test. */
export function makeTestFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'lubart-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
