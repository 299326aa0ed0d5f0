/**
 * What tests stand on: a real PostgreSQL and in it a fresh migrated database for each call. The server of the run is shared
 * (test/global-setup.ts); a file that runs alone starts its own. Everything that was opened is closed when the file ends.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Secret } from '#kernel';
import type { Database, DatabaseAddress, Sql } from '#database';
import { appLogsIn, connect, migrate, openDatabase } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { openAuditLog } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { openKeyring, rootKeyFrom } from '#protections/encryption';
import { globalSetup, globalTeardown } from './global-setup.ts';

export type TestDatabase = {
  address: Exclude<DatabaseAddress, { url: string }>;
  /** As the owner of the tables: looks behind every policy. */
  admin: Sql;
  database: Database;
  close(): Promise<void>;
};

const opened = new Set<TestDatabase>();

/** A fresh database at the newest schema, or empty when `migrated` is false. */
export async function openTestDatabase({ connections = 4, migrated = true } = {}): Promise<TestDatabase> {
  await globalSetup();
  const server = JSON.parse(process.env['LUBART_TEST_DATABASE']!) as {
    socketFolder: string;
    port: number;
    superuser: string;
  };
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withMaintenance(server, (sql) => sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`));
  const address = { ...server, database: name };
  const admin = connect(address, 'admin');
  try {
    if (migrated) await migrate(admin, appLogsIn(address));
  } catch (error) {
    await admin.end({ timeout: 1 }); // an open connection would keep the file that failed from ending
    throw error;
  }
  const database = openDatabase(address, connections);
  const test: TestDatabase = {
    address,
    admin,
    database,
    close: async () => {
      if (!opened.delete(test)) return;
      await database.close();
      await admin.end({ timeout: 5 });
      await withMaintenance(server, (sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
  opened.add(test);
  return test;
}

async function withMaintenance(
  server: { socketFolder: string; superuser: string },
  work: (sql: Sql) => Promise<unknown>,
): Promise<void> {
  const sql = connect({ ...server, database: 'postgres' }, 'admin');
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

after(async () => {
  for (const test of opened) await test.close().catch(() => {});
  await globalTeardown();
});

/** A private folder that is gone after the test. */
export function makeTestFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'lubart-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A clock that stands until it is moved. */
export type TestClock = Clock & { move(millis: number): void; set(at: Date): void };

export function testClock(start = new Date('2026-11-02T09:00:00Z')): TestClock {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    move: (millis) => {
      now += millis;
    },
    set: (at) => {
      now = at.getTime();
    },
  };
}

/** Keys and log over a test database; the root key is random. */
export function openTestKeys(database: Database, clock: Clock): { keyring: Keyring; auditLog: AuditLog } {
  const keyring = openKeyring(rootKeyFrom(new Secret(randomBytes(32))), database);
  return { keyring, auditLog: openAuditLog(database, keyring, clock) };
}
