/** The floor’s import: reads a CSV file and inserts its rows, a thousand in a statement. Prints the seconds it took. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { newId } from '#kernel';
import { floorColumns, floorValues } from './floor-database.ts';

const address = JSON.parse(process.argv[2]!) as {
  socketFolder: string;
  port: number;
  superuser: string;
  database: string;
};
const sql = postgres({
  host: address.socketFolder,
  port: address.port,
  username: address.superuser,
  database: address.database,
  max: 1,
});
const owner = newId();
const department = newId();
const rowsPerStatement = 1000;

const names = [...floorColumns.map(([column]) => column), 'search'];
const types: Record<string, string> = {
  id: 'uuid',
  owner_id: 'uuid',
  department_id: 'uuid',
  company_id: 'uuid',
  version: 'int',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  archived_at: 'timestamptz',
  birthday: 'date',
  consent_given_on: 'date',
  next_step_on: 'date',
  phones: 'jsonb',
  emails: 'jsonb',
};
const selected = names.map((name) => (name === 'tags' ? 'tags::text[]' : name)).join(', ');
const given = names.map((name, at) => `$${at + 1}::text[]::${types[name] ?? 'text'}[]`).join(', ');
const insert = `INSERT INTO contacts (${names.join(', ')}) SELECT ${selected} FROM unnest(${given}) AS given (${names.join(', ')})`;

/** Cells of one line; enough for a file of which it is known how it was written. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

function valuesOf(line: string): (string | null)[] {
  const cells = cellsOf(line);
  const [
    lastName,
    firstName,
    middleName,
    phones,
    emails,
    position,
    companyName,
    ,
    address,
    birthday,
    source,
    stage,
    tags,
    notes,
    legalBasis,
  ] = cells;
  const list = (text: string | undefined, name: string) =>
    (text ?? '')
      .split('; ')
      .filter((one) => one !== '')
      .map((one) => ({ [name]: one, label: '' }));
  const fields = {
    lastName,
    firstName,
    middleName,
    position,
    companyName,
    address,
    source,
    stage,
    notes,
    legalBasis,
    phones: list(phones, 'number'),
    emails: list(emails, 'address'),
    tags: (tags ?? '').split(', ').filter((tag) => tag !== ''),
    birthday: birthday === '' ? null : birthday,
    consentGivenOn: cells[15] === '' ? null : cells[15],
    nextStepOn: cells[16] === '' ? null : cells[16],
    nextStepText: cells[17],
  };
  return floorValues({
    id: newId(),
    ownerId: owner,
    departmentId: department,
    createdAt: new Date(),
    fields: fields as never,
  });
}

async function writeRows(rows: (string | null)[][]): Promise<void> {
  if (rows.length > 0)
    await sql.unsafe(insert, names.map((_, at) => rows.map((row) => row[at]!)) as never[], { prepare: true });
}

const startedAt = performance.now();
let rows: (string | null)[][] = [];
let writing: Promise<void> = Promise.resolve();
let isHeading = true;
for await (const line of createInterface({ input: createReadStream(process.argv[3]!, { highWaterMark: 1 << 20 }) })) {
  if (isHeading) {
    isHeading = false;
    continue;
  }
  rows.push(valuesOf(line));
  if (rows.length < rowsPerStatement) continue;
  await writing;
  writing = writeRows(rows);
  rows = [];
}
await writing;
await writeRows(rows);
console.log((performance.now() - startedAt) / 1000);
await sql.end();
