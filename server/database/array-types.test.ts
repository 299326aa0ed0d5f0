/** Arrays go to PostgreSQL and come back as the driver itself would write and read them; it is never asked which there are. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { newId } from '#kernel';
import type { TestDatabase } from '#test/harness.ts';
import { makeTestFolder, openTestDatabase } from '#test/harness.ts';
import { arrayTypes } from './array-types.ts';
import type { Sql } from './connect.ts';
import { connect } from './connect.ts';

let base: TestDatabase;
/** The driver, left to ask for the types by itself. */
let asking: Sql;
before(async () => {
  base = await openTestDatabase({ connections: 1 });
  const { socketFolder, port, superuser, database, password } = base.address;
  const given = { host: socketFolder, port: port ?? 5432, database, username: superuser, max: 1 };
  asking = postgres({ ...given, connection: { TimeZone: 'UTC' }, ...(password === undefined ? {} : { password }) });
});
after(async () => {
  await asking.end({ timeout: 5 });
  await base.close();
});

const words = ['Коваль', '', 'a,b', '{c}', 'say "so"', 'back\\slash', '\\"', 'null', 'NULL', ' two\nlines ', "it's"];
const moment = new Date('2026-11-02T09:00:00.123Z');
const values: Record<string, unknown[][]> = {
  text: [words, ['one'], ['one', 'two'], []],
  uuid: [[newId(), newId()], [newId()], []],
  int2: [[0, -1, 32_767], []],
  int4: [[1, -2_147_483_648, 2_147_483_647], []],
  int8: [['9223372036854775807', '-1'], []],
  timestamptz: [[moment.toISOString(), '1969-12-31T23:59:59.000Z'], []],
  bytea: [[]],
};

test('every array of ours is written and read as by the driver itself', async () => {
  assert.deepEqual(Object.keys(values).toSorted(), Object.keys(arrayTypes).toSorted());
  for (const [type, lists] of Object.entries(values)) {
    for (const list of lists) {
      const ask = async (sql: Sql) => {
        const text = `SELECT $1::${type}[] AS back, $1::${type}[]::text AS written`;
        return [...(await sql.unsafe(text, [list] as never[], { prepare: true }))];
      };
      assert.deepEqual(await ask(base.admin), await ask(asking), type);
    }
  }
  const [row] = await base.admin`SELECT ${[7, null, 9]}::int4[] AS numbers, ${['a', null, 'NULL']}::text[] AS words,
    ARRAY['\\x00ff'::bytea, NULL] AS bytes, ARRAY[${moment.toISOString()}::timestamptz, NULL] AS moments`;
  const [numbers, said] = [
    [7, null, 9],
    ['a', null, 'NULL'],
  ];
  assert.deepEqual({ ...row }, { numbers, words: said, bytes: [Buffer.from([0, 255]), null], moments: [moment, null] });
});

test('what is no array of one dimension is refused before it is sent', async () => {
  for (const wrong of [
    ['one', undefined],
    [['one'], ['two']],
  ])
    await assert.rejects(async () => base.admin`SELECT ${wrong as string[]}::text[]`, TypeError);
  assert.equal((await base.admin`SELECT 1 AS one`)[0]!['one'], 1);
});

test('every array in the schema and in our statements is one of them', async () => {
  const inSchema = await base.admin`
    SELECT DISTINCT t.oid::int AS type, t.typname AS name FROM pg_type t WHERE t.typcategory = 'A' AND (
      EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.atttypid = t.oid AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')
      OR EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'lubart\\_%'
        AND t.oid = ANY (array_append(p.proargtypes::oid[] || p.proallargtypes, p.prorettype))))`;
  const known = new Set(Object.values(arrayTypes).map(({ to }) => to));
  assert.ok(inSchema.length > 2);
  assert.deepEqual(
    inSchema.filter(({ type }) => !known.has(type as number)).map(({ name }) => name as string),
    [],
  );
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const casts = globSync('{server,cli,bench,test}/**/*.ts', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/::(\w+)\[\]/g)].map(([, name]) => name!),
  );
  assert.ok(casts.length > 50);
  const sameAs: Record<string, string> = { int: 'int4', smallint: 'int2', bigint: 'int8' };
  // Within PostgreSQL alone.
  const inside = new Set(['oid']);
  assert.deepEqual(
    [...new Set(casts)].filter((name) => !((sameAs[name] ?? name) in arrayTypes) && !inside.has(name)),
    [],
  );
});

test(
  'a connection that ends at its first question refuses whoever asked, and nobody else: that nobody waits for would end the process',
  { timeout: 30_000 },
  async () => {
    const folder = makeTestFolder();
    const questions: string[] = [];
    const server = createServer((socket: Socket) => {
      socket.once('data', () => {
        socket.once('data', (bytes) => {
          questions.push(bytes.toString('latin1'));
          socket.destroy();
        });
        // Signed in, ready for a question.
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]));
      });
    });
    server.listen(join(folder.path, '.s.PGSQL.5432'));
    await once(server, 'listening');
    const sql = connect({ socketFolder: folder.path, superuser: 'lubart', database: 'lubart' }, 'admin');
    try {
      await assert.rejects(async () => sql`SELECT 7 AS seven`);
      assert.equal(questions.length, 1);
      assert.match(questions[0]!, /SELECT 7 AS seven/);
    } finally {
      await sql.end({ timeout: 0 });
      server.close();
      folder.remove();
    }
  },
);
