/**
 * What many tests begin with is made once in a run and copied for each: a database at the newest schema, a company with its
 * people, a data folder. A copy is a database of its own, so no test sees what another did. Who needs a template first makes it, in whichever
 * process; the others wait for it (an advisory lock), and find what the maker knew of it in the maintenance database.
 */
import { randomBytes } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { DatabaseAddress, Sql } from '#database';
import { connect } from '#database';

export type OwnDatabase = Extract<DatabaseAddress, { socketFolder: string }>;
export type TestServer = Omit<OwnDatabase, 'database'>;

/** Any constant will do; beside it stands the name, for one template may be made out of another. */
const templateLock = 7_201_344;

/** An empty database of a name that nobody else has. */
export async function createDatabase(server: TestServer, template = 'template0'): Promise<OwnDatabase> {
  const database = `test_${randomBytes(6).toString('hex')}`;
  await withMaintenance(server, (sql) =>
    sql.unsafe(`CREATE DATABASE ${database} TEMPLATE ${template} ENCODING 'UTF8'`),
  );
  return { ...server, database };
}

export const dropDatabase = (address: OwnDatabase): Promise<unknown> =>
  withMaintenance(address, (sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${address.database} WITH (FORCE)`));

/**
 * A copy of the template `name`, with what its maker knew. `make` fills a database and closes every connection to it; its facts
 * must be values that can be cloned (no functions).
 */
export async function copyOf<Facts>(
  server: TestServer,
  name: string,
  make: () => Promise<{ database: string; facts: Facts }>,
): Promise<{ address: OwnDatabase; facts: Facts }> {
  const { database, facts } = await madeOnce(server, name, async (sql) => {
    const made = await make();
    // Nobody may be connected to a database that is copied.
    await sql.unsafe(`ALTER DATABASE ${made.database} WITH ALLOW_CONNECTIONS false`);
    return made;
  });
  return { address: await createDatabase(server, database), facts };
}

/** What `make` answered, whoever in this run asked for `name` first. */
export function madeOnce<Made>(server: TestServer, name: string, make: (sql: Sql) => Promise<Made>): Promise<Made> {
  return withMaintenance(server, async (sql) => {
    const known = await findMade<Made>(sql, name);
    if (known !== undefined) return known;
    await sql`SELECT pg_advisory_lock(${templateLock}, hashtext(${name}))`;
    try {
      return (await findMade<Made>(sql, name)) ?? (await keepMade(sql, name, await make(sql)));
    } finally {
      await sql`SELECT pg_advisory_unlock(${templateLock}, hashtext(${name}))`;
    }
  });
}

async function findMade<Made>(sql: Sql, name: string): Promise<Made | undefined> {
  const [there] = await sql`SELECT to_regclass('test_templates') IS NOT NULL AS yes`;
  if (there!['yes'] !== true) return undefined;
  const [row] = await sql`SELECT made FROM test_templates WHERE name = ${name}`;
  return row === undefined ? undefined : (deserialize(row['made'] as Buffer) as Made);
}

async function keepMade<Made>(sql: Sql, name: string, made: Made): Promise<Made> {
  await sql`CREATE TABLE IF NOT EXISTS test_templates (name text PRIMARY KEY, made bytea NOT NULL)`;
  await sql`INSERT INTO test_templates (name, made) VALUES (${name}, ${serialize(made)})`;
  return made;
}

async function withMaintenance<T>(server: TestServer, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect({ ...server, database: 'postgres' }, 'admin');
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
