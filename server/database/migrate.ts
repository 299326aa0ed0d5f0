/**
 * Migrations are plain SQL files, applied once, in order, forward only, each in its own transaction. What was applied is
 * remembered with the hash of its text: a file that changed afterwards is an error, not a surprise.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { LubartError } from '#kernel';
import type { Sql } from './connect.ts';

const folder = new URL('./migrations/', import.meta.url);
const oldestServerVersion = 150_000;
/** Any constant will do; it only has to be ours, so that two starting nodes take turns. */
const migrationLock = 4_872_361_905;

export type Migration = { name: string; text: string; hash: string };

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return { name, text, hash: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/**
 * Brings the database up to the newest schema and returns the names of what was applied.
 * @throws start.database_too_old, start.database_failed (a migration changed after it was applied)
 */
export async function migrate(
  connection: Sql,
  appMayLogIn = false,
  upTo = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const migrations = (await readMigrations()).slice(0, upTo);
  try {
    const [server] = await connection`SELECT current_setting('server_version_num')::int AS version`;
    if (server!['version'] < oldestServerVersion) {
      throw new LubartError('start.database_too_old', { details: { version: String(server!['version']) } });
    }
    await connection`SELECT pg_advisory_lock(${migrationLock})`;
    await prepareRoles(connection);
    if (appMayLogIn) await letAppLogIn(connection);
    return await applyMissing(connection, migrations);
  } finally {
    await connection`SELECT pg_advisory_unlock(${migrationLock})`.catch(() => {});
  }
}

/** The two roles of the app. `lubart_door` owns the reviewed SECURITY DEFINER functions and can do nothing by itself. */
async function prepareRoles(connection: Sql): Promise<void> {
  await connection.unsafe(`
    DO $$
    DECLARE name text;
    BEGIN
      FOREACH name IN ARRAY ARRAY['lubart_app', 'lubart_door'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
          BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
          -- Roles belong to the whole server: another database of it may be making them at this moment.
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
          END;
        END IF;
      END LOOP;
      -- A superuser may be anybody without it.
      IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT lubart_app, lubart_door TO %I', current_user);
      END IF;
    END $$;
    REVOKE ALL ON SCHEMA public FROM public;
    GRANT USAGE ON SCHEMA public TO lubart_app;
    -- CREATE is what PostgreSQL asks of the new owner when a function is handed to it; nobody can log in as this role.
    GRANT USAGE, CREATE ON SCHEMA public TO lubart_door;
    CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;
    CREATE SCHEMA IF NOT EXISTS lubart_meta;
    CREATE TABLE IF NOT EXISTS lubart_meta.migrations (
      name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
  `);
}

/** Said only when it is not so yet: two databases of one server must not write the same row of roles at one moment. */
async function letAppLogIn(connection: Sql): Promise<void> {
  const [role] = await connection`SELECT rolcanlogin FROM pg_roles WHERE rolname = 'lubart_app'`;
  if (role!['rolcanlogin'] !== true) await connection.unsafe('ALTER ROLE lubart_app LOGIN');
}

async function applyMissing(connection: Sql, migrations: Migration[]): Promise<string[]> {
  const rows = await connection`SELECT name, hash FROM lubart_meta.migrations`;
  const applied = new Map(rows.map((row) => [row['name'] as string, row['hash'] as string]));
  const done: string[] = [];
  for (const migration of migrations) {
    const hash = applied.get(migration.name);
    if (hash === migration.hash) continue;
    if (hash !== undefined) {
      throw new LubartError('start.database_failed', {
        details: { migration: migration.name, reason: 'changed after use' },
      });
    }
    await connection.unsafe('BEGIN');
    try {
      await connection.unsafe(migration.text);
      await connection`INSERT INTO lubart_meta.migrations (name, hash) VALUES (${migration.name}, ${migration.hash})`;
      await connection.unsafe('COMMIT');
    } catch (error) {
      await connection.unsafe('ROLLBACK');
      throw error;
    }
    done.push(migration.name);
  }
  return done;
}
