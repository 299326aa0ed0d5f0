/** Migrations: in order, once, whole or not at all, and two starting nodes take turns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestDatabase } from '#test/harness.ts';
import { appLogsIn, connect } from './connect.ts';
import { migrate, readMigrations } from './migrate.ts';

test('migrations are numbered without gaps, and each begins by saying what it is for', async () => {
  const migrations = await readMigrations();
  assert.ok(migrations.length >= 5);
  for (const [at, { name, text }] of migrations.entries()) {
    assert.match(name, /^\d{4}_[a-z_]+\.sql$/);
    assert.equal(Number(name.slice(0, 4)), at + 1, name);
    assert.match(text, /^-- /, name);
  }
});

test('a fresh database gets all of them in order, a second start none', async () => {
  const base = await openTestDatabase({ migrated: false });
  try {
    const names = (await readMigrations()).map(({ name }) => name);
    assert.deepEqual(await migrate(base.admin, appLogsIn(base.address)), names);
    assert.deepEqual(await migrate(base.admin, appLogsIn(base.address)), []);
    const kept = await base.admin`SELECT name, hash FROM lubart_meta.migrations ORDER BY name`;
    assert.deepEqual(
      kept.map((row) => row['name']),
      names,
    );
  } finally {
    await base.close();
  }
});

test('two nodes that start at one moment: one migrates, the other finds it done', async () => {
  const base = await openTestDatabase({ migrated: false });
  const second = connect(base.address, 'admin');
  try {
    const done = await Promise.all([migrate(base.admin, true), migrate(second, true)]);
    assert.deepEqual(
      done.map((names) => names.length).toSorted((a, b) => a - b),
      [0, (await readMigrations()).length],
    );
  } finally {
    await second.end({ timeout: 5 });
    await base.close();
  }
});

test('a migration that fails leaves nothing of itself, and the lock is free for the next try', async () => {
  const base = await openTestDatabase({ migrated: false });
  try {
    await migrate(base.admin, true, 3);
    await base.admin.unsafe('CREATE TABLE contacts (in_the_way int)'); // 0004 makes companies first, then contacts
    await assert.rejects(migrate(base.admin, true), { code: '42P07' });
    assert.equal((await base.admin`SELECT to_regclass('companies') AS made`)[0]!['made'], null);
    assert.equal((await base.admin`SELECT 1 FROM lubart_meta.migrations`).length, 3);
    await base.admin.unsafe('DROP TABLE contacts');
    assert.equal((await migrate(base.admin, true)).length, (await readMigrations()).length - 3);
  } finally {
    await base.close();
  }
});
