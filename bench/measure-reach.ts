/**
 * What row-level security and sharing cost: the app’s own statements under security, against the same statements with the same
 * explicit filter and no security at all. Clients are made by the database itself; their sealed bytes are never opened here.
 * Run by hand: `node_modules/.bin/node bench/measure-reach.ts 1000000`
 */
import { performance } from 'node:perf_hooks';
import type { Walk } from '#crm/records';
import { conditions, contactKind, overWalks, Statement, statementOf, walksOf } from '#crm/records';
import type { Reach } from '#database';
import { newId } from '#kernel';
import { globalTeardown } from '../test/global-setup.ts';
import type { TestDatabase } from '../test/harness.ts';
import { openTestDatabase } from '../test/harness.ts';

const peopleMade = 50;
const departmentsMade = 10;
const sharesMade = 500;
const rounds = 41;

type Company = { organizationId: string; me: string; home: string };
/** Makes one statement along these walks. */
type Question = (reach: Reach, walks: Walk[]) => Statement;

const listing =
  (order: string): Question =>
  (reach, walks) => {
    const query = statementOf(reach);
    const where = conditions(query, {}, '');
    const columns = 'id, updated_at, version, sealed, record_key';
    return query.add(overWalks(query, contactKind, walks, columns, where, order, 'LIMIT 51'));
  };
const counting: Question = (reach, walks) => {
  const query = statementOf(reach);
  const where = conditions(query, {}, '');
  const counted = overWalks(query, contactKind, walks, 'id', where, '', 'LIMIT 1000');
  return query.add(`SELECT count(*)::int AS count FROM (${counted}) AS capped`);
};
/** Everything that is within reach, read by no index: what the condition of security itself costs, row by row. */
const wholeTable: Question = (reach) => {
  const query = statementOf(reach);
  const me = query.value(reach.personId);
  const holder =
    reach.scope === 'own'
      ? `owner_id = ${me}`
      : `(owner_id = ${me} OR department_id = ANY (${query.value(reach.departmentIds)}::uuid[]))`;
  return query.add(
    `SELECT stage, count(*)::int AS n FROM contacts WHERE organization_id = $1 AND archived_at IS NULL AND ${holder} GROUP BY stage`,
  );
};
const questions: Readonly<Record<string, Question>> = {
  'list newest': listing('ORDER BY id DESC'),
  'list last changed': listing('ORDER BY updated_at DESC, id DESC'),
  'count up to the cap': counting,
  'sum over all in reach': wholeTable,
};

async function main(contacts: number): Promise<void> {
  const test = await openTestDatabase({ connections: 1 });
  const company = await makeCompany(test, contacts);
  const { organizationId, me, home } = company;
  const own: Reach = { organizationId, personId: me, departmentIds: [home], scope: 'own', shares: 'contact.read' };
  for (const shares of [0, sharesMade]) {
    if (shares > 0) await shareWithMe(test, company, shares);
    say(
      `\n${contacts} contacts, ${shares} shared with the asker; p50 of ${rounds} in ms, under security / filter alone`,
    );
    for (const reach of [own, { ...own, scope: 'department' as const }]) {
      for (const [title, question] of Object.entries(questions)) await compare(test, reach, title, question);
      await compareScan(test, reach);
    }
  }
  await test.close();
  await globalTeardown();
}

/** The plain statement names what is shared, too: by the ids themselves. */
async function compare(test: TestDatabase, reach: Reach, title: string, question: Question): Promise<void> {
  const walks = walksOf(reach, {});
  const ids = (await test.admin`SELECT contact_id AS id FROM shares`).map((row) => row['id'] as string);
  const named = walks.flatMap((walk) => (walk.ids !== 'shared' ? [walk] : ids.length === 0 ? [] : [{ ...walk, ids }]));
  const [secured, plain] = await medians(
    () => test.database.read(reach, (tx) => question(reach, walks).rows(tx)),
    () => plainly(test, question(reach, named)),
  );
  say(`${reach.scope} · ${title}: ${secured!.toFixed(2)} / ${plain!.toFixed(2)} = ${(secured! / plain!).toFixed(2)}×`);
}

/** Security alone finds its rows: no statement of ours does this, and it shows what is paid when one would. */
async function compareScan(test: TestDatabase, reach: Reach): Promise<void> {
  const naked = new Statement();
  naked.add(
    `SELECT stage, count(*)::int AS n FROM contacts WHERE organization_id = ${naked.value(reach.organizationId)} GROUP BY stage`,
  );
  const [secured] = await medians(() => test.database.read(reach, (tx) => naked.rows(tx)));
  say(`${reach.scope} · security alone, no filter: ${secured!.toFixed(1)}`);
}

/** As the superuser, past every policy; a round trip for BEGIN and COMMIT as the app has it. */
async function plainly({ admin }: TestDatabase, query: Statement): Promise<void> {
  await admin.unsafe("BEGIN READ ONLY; SET LOCAL lubart.scope = 'none'").simple();
  await admin.unsafe(query.text, query.values as never[], { prepare: true });
  await admin.unsafe('COMMIT');
}

/** By turns, so that whatever else the machine does falls on all alike. */
async function medians(...works: (() => Promise<unknown>)[]): Promise<number[]> {
  const took = works.map((): number[] => []);
  for (let round = 0; round < rounds + 3; round += 1) {
    for (const [at, work] of works.entries()) {
      const from = performance.now();
      await work();
      if (round > 2) took[at]!.push(performance.now() - from);
    }
  }
  return took.map((times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!);
}

async function makeCompany({ admin }: TestDatabase, contacts: number): Promise<Company> {
  const organizationId = newId();
  const departments = Array.from({ length: departmentsMade }, () => newId());
  const people = Array.from({ length: peopleMade }, () => newId());
  await admin`INSERT INTO organizations (organization_id, created_at, sealed) VALUES (${organizationId}, now(), 'x')`;
  await admin`INSERT INTO departments (organization_id, id, parent_id, name, created_at)
    SELECT ${organizationId}, d.id, CASE WHEN d.at = 1 THEN NULL ELSE ${departments[0]!}::uuid END, d.at::text, now()
    FROM unnest(${departments}::uuid[]) WITH ORDINALITY AS d (id, at)`;
  await admin`INSERT INTO people (organization_id, id, department_id, sign_in_token, sealed, created_at)
    SELECT ${organizationId}, p.id, (${departments}::uuid[])[1 + p.at % ${departmentsMade}], decode(p.at::text, 'escape'), 'x', now()
    FROM unnest(${people}::uuid[]) WITH ORDINALITY AS p (id, at)`;
  await admin`INSERT INTO contacts (organization_id, id, owner_id, department_id, stage, legal_basis, name_bucket, created_at, updated_at, record_key, sealed)
    SELECT ${organizationId}, uuidv7(make_interval(secs => at - ${contacts}::int)), (${people}::uuid[])[1 + at % ${peopleMade}],
      (${departments}::uuid[])[1 + (1 + at % ${peopleMade}) % ${departmentsMade}], CASE at % 3 WHEN 0 THEN 'new' ELSE 'active' END, 'contract', at % 500,
      now(), now(), sha256(at::text::bytea), sha512(at::text::bytea) || sha512(at::text::bytea) || sha512(at::text::bytea)
    FROM generate_series(1, ${contacts}::int) AS at`;
  await admin.unsafe('VACUUM ANALYZE contacts');
  return { organizationId, me: people[0]!, home: departments[1]! };
}

async function shareWithMe({ admin }: TestDatabase, { organizationId, me }: Company, count: number): Promise<void> {
  await admin`INSERT INTO shares (organization_id, id, contact_id, person_id, may_edit, shared_by, created_at, until)
    SELECT ${organizationId}, gen_random_uuid(), c.id, ${me}, false, c.owner_id, now(), now() + interval '30 days'
    FROM (SELECT id, owner_id FROM contacts WHERE owner_id <> ${me} ORDER BY sha256(id::text::bytea) LIMIT ${count}) AS c`;
  await admin.unsafe('ANALYZE shares');
}

const say = (text: string) => process.stdout.write(`${text}\n`);
await main(Number(process.argv[2] ?? 100_000));
