/**
 * The app may do in a table what its statements do, and nothing else: each right of lubart_app is looked for in the code. Rights on what a
 * statement names by a declaration (kinds of records, things that are spent once) are told apart by hand.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from './running-lubart.ts';

/** Statements whose table is a declaration: server/crm/records, server/crm/import-export/revert-import.ts. */
const declared = new Set([
  ...['contacts', 'companies'].flatMap((table) =>
    ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map((verb) => `${verb} ${table}`),
  ),
  ...['contact_search', 'company_search'].flatMap((table) =>
    ['SELECT', 'INSERT', 'UPDATE'].map((verb) => `${verb} ${table}`),
  ),
]);
/** PostgreSQL asks for it where a row that is there already is met (ON CONFLICT). */
const implied = new Set(['SELECT reveals', 'SELECT review_letters']);

async function sources(): Promise<string> {
  const texts: string[] = [];
  for (const folder of ['server', 'cli']) {
    for (const name of await readdir(join(repository, folder), { recursive: true })) {
      if (!name.endsWith('.ts') || /\.(test|fixture)\.ts$/.test(name)) continue;
      texts.push(readFileSync(join(repository, folder, name), 'utf8'));
    }
  }
  return texts.join('\n');
}

/** server/outside/place-store.ts */
const place = (table: string) => new RegExp(`Place\\(tx, '${table}', `);

/** server/database/versioned-rules.ts */
const versioned = (table: string) => new RegExp(`table: '${table}', rules: `);

const forms: Record<string, (table: string) => RegExp[]> = {
  SELECT: (table) => [new RegExp(`(FROM|JOIN|USING)\\s+${table}\\b`), new RegExp(`mine\\('${table}'\\)`)],
  INSERT: (table) => [new RegExp(`INSERT INTO\\s+${table}\\b`), versioned(table)],
  // Steps of leaving name their table as an argument.
  DELETE: (table) => [
    new RegExp(`DELETE FROM\\s+${table}\\b`),
    new RegExp(`removed\\('\\w+', '${table}'`),
    place(table),
  ],
  // To lock a row one needs the right to change it.
  UPDATE: (table) => [
    new RegExp(`UPDATE\\s+${table}\\b`),
    versioned(table),
    new RegExp(`INSERT INTO\\s+${table}\\b[^\`]*DO UPDATE`),
    new RegExp(`(FROM|JOIN)\\s+${table}\\b[^\`]*(FOR (NO KEY )?(UPDATE|SHARE)|\\$\\{lock)`),
  ],
};

test('no right of the app stands that no statement uses', async () => {
  const code = await sources();
  const schema = readFileSync(join(repository, 'server/database/schema.sql'), 'utf8');
  const rights = [...schema.matchAll(/^GRANT ([A-Z, ]+) ON (\w+) TO lubart_app;$/gm)].flatMap(([, verbs, table]) =>
    verbs!.split(', ').map((verb) => ({ verb, table: table! })),
  );
  assert.ok(rights.length > 150, `only ${rights.length} rights`);
  const unused = rights
    .filter(({ verb, table }) => !forms[verb]!(table).some((form) => form.test(code)))
    .map(({ verb, table }) => `${verb} ${table}`)
    .filter((right) => !declared.has(right) && !implied.has(right));
  assert.deepEqual(unused, []);
});
