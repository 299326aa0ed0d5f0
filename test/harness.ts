/**
 * What tests stand on: a real PostgreSQL and in it a fresh migrated database for each call. The server of the run is shared
 * (test/global-setup.ts); a file that runs alone starts its own. Everything that was opened is closed when the file ends.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Secret } from '#kernel';
import type { Database, Sql } from '#database';
import { appLogsIn, connect, migrate, openDatabase } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { openAuditLog } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { openKeyring, rootKeyFrom } from '#protections/encryption';
import { globalSetup, globalTeardown } from './global-setup.ts';
import type { OwnDatabase, TestServer } from './templates.ts';
import { copyOf, createDatabase, dropDatabase } from './templates.ts';

export type TestDatabase = {
  address: OwnDatabase;
  /** As the owner of the tables: looks behind every policy. */
  admin: Sql;
  database: Database;
  close(): Promise<void>;
};

const opened = new Set<TestDatabase>();

/** A fresh database at the newest schema, or empty when `migrated` is false. */
export async function openTestDatabase({ connections = 4, migrated = true } = {}): Promise<TestDatabase> {
  const server = await testServer();
  if (!migrated) return openOwn(await createDatabase(server), connections);
  const { address } = await copyOf(server, 'migrated', async () => {
    const made = await createDatabase(server);
    const admin = connect(made, 'admin');
    try {
      await migrate(admin, appLogsIn(made));
    } finally {
      await admin.end({ timeout: 5 }); // an open connection would keep the file that failed from ending
    }
    return { database: made.database, facts: null };
  });
  return openOwn(address, connections);
}

/** A copy of a database that `make` filled and closed, and what it knew of it; made once in a run (templates.ts). */
export async function openCopy<Facts>(
  name: string,
  make: (test: TestDatabase) => Promise<Facts>,
  connections = 4,
): Promise<{ test: TestDatabase; facts: Facts }> {
  const { address, facts } = await copyOf(await testServer(), name, async () => {
    const made = await openTestDatabase();
    const known = await make(made);
    await letGo(made);
    return { database: made.address.database, facts: known };
  });
  return { test: openOwn(address, connections), facts };
}

/** The server of this run; its folder is gone when the run is over. */
export async function testServer(): Promise<TestServer & { runFolder: string }> {
  await globalSetup();
  return JSON.parse(process.env['LUBART_TEST_DATABASE']!) as TestServer & { runFolder: string };
}

function openOwn(address: OwnDatabase, connections: number): TestDatabase {
  const admin = connect(address, 'admin');
  const test: TestDatabase = {
    address,
    admin,
    database: openDatabase(address, connections),
    close: async () => {
      if (await letGo(test)) await dropDatabase(address);
    },
  };
  opened.add(test);
  return test;
}

/** Ends the connections; false when that was done before. */
async function letGo(test: TestDatabase): Promise<boolean> {
  if (!opened.delete(test)) return false;
  await test.database.close();
  await test.admin.end({ timeout: 5 });
  return true;
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

/**
 * A port for whoever must know it before anything listens there. It lies below those that the system hands out by itself, so that no
 * connection of a test beside this one is given it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
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
