/**
 * Two walls, one truth, where no browser asks: commands of the command line and jobs. For one to three random roles that stand in the
 * database, with their scopes and their rights to fields, a command gives exactly the clients and the values that they give together,
 * and an import that goes on after its request writes none beyond them. What they give together is said here anew, not by the policy. Each job and each command is named here with whose rights it has; one that is not named fails.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import fc from 'fast-check';
import type { FieldRight, GrantLevel, Permission, RouteKey, Scope } from '#contract';
import { routes, scopes } from '#contract';
import { jobs } from '#jobs';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches, scopeOf } from '#protections/access';
import { openCalls } from '../cli/call-route.ts';
import { openAged, recipient } from './take-csv.ts';
import { actions } from '../cli/commands.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { openInProcess, repository, requireOk, setUpCompany, until } from './running-lubart.ts';

/** `person`: by the rights of whoever asked, asked anew while it runs. `system`: sees no client, or changes none by anybody’s wish. */
const rightsOfJobs: Record<(typeof jobs)[keyof typeof jobs], 'person' | 'system'> = {
  'import.run': 'person',
  'import.revert': 'person',
  'company.refresh-name': 'system',
  'session.sweep': 'system',
  'import.sweep': 'system',
  'export.sweep': 'system',
  'letter.deliver': 'system',
  'letter.sweep': 'system',
  'api-key.tell-ending': 'system',
  'access.end_temporary': 'system',
  'review.go-on': 'system',
  'audit.ask-witnesses': 'system',
  'audit.forward': 'system',
  'audit.verify': 'system',
  'audit.prune': 'system',
  'keys.rotate': 'system',
  'transit.watch': 'system',
};

const importing = [
  'POST /api/v1/imports',
  'PUT /api/v1/imports/:id/file',
  'GET /api/v1/imports/:id/look',
  'POST /api/v1/imports/:id/preview',
  'POST /api/v1/imports/:id/start',
  'GET /api/v1/imports/:id',
] as const satisfies readonly RouteKey[];

/** By which routes a command does what it does; `operator`: it acts for whoever has the server, and asks nobody’s rights. */
const waysOfCommands: Record<string, readonly RouteKey[] | 'operator' | Permission> = {
  setup: 'operator',
  recover: 'operator',
  'reviews verify': 'operator',
  status: 'operator',
  posture: 'audit.read',
  config: 'operator',
  'tls status': 'operator',
  'tls authority': 'operator',
  'people list': ['GET /api/v1/people', 'GET /api/v1/departments'],
  'people invite': ['POST /api/v1/invitations', 'GET /api/v1/departments'],
  'departments list': ['GET /api/v1/departments'],
  'departments add': ['POST /api/v1/departments', 'GET /api/v1/departments'],
  'contacts list': ['GET /api/v1/contacts', 'GET /api/v1/people', 'GET /api/v1/departments'],
  'contacts find': ['POST /api/v1/contacts/find'],
  'contacts show': ['GET /api/v1/contacts/:id'],
  'contacts export': [
    'POST /api/v1/contacts/export',
    'GET /api/v1/exports/:id/file',
    'GET /api/v1/people',
    'GET /api/v1/departments',
  ],
  'import contacts': importing,
  'import companies': importing,
  'import list': ['GET /api/v1/imports'],
  'import show': ['GET /api/v1/imports/:id'],
  'import cancel': ['POST /api/v1/imports/:id/cancel', 'GET /api/v1/imports/:id'],
  'import resume': ['GET /api/v1/imports/:id'],
  'import revert': ['POST /api/v1/imports/:id/revert', 'GET /api/v1/imports/:id'],
  'import rejected': ['GET /api/v1/imports/:id/rejected'],
  'audit list': ['GET /api/v1/audit-entries', 'GET /api/v1/people'],
  'audit show': ['GET /api/v1/audit-entries/:id'],
  'audit verify': 'operator',
  'keys status': 'operator',
  'keys rotate': 'operator',
  'keys move': 'operator',
  'keys keeper': 'operator',
  'keys kit': 'operator',
  'keys prove': 'operator',
  'keys recover': 'operator',
  'audit proof': ['GET /api/v1/audit-entries/:id/proof'],
  'audit evidence': ['GET /api/v1/audit-log/head', 'GET /api/v1/audit-log/evidence'],
  'receivers list': ['GET /api/v1/security/forwards'],
  'receivers show': ['GET /api/v1/security/forwards'],
  'receivers add': ['POST /api/v1/security/forwards'],
  'receivers change': ['PATCH /api/v1/security/forwards/:id'],
  'receivers try': ['POST /api/v1/security/forwards/:id/try'],
  'receivers pause': ['POST /api/v1/security/forwards/:id/pause'],
  'receivers resume': ['POST /api/v1/security/forwards/:id/resume'],
  'receivers remove': ['DELETE /api/v1/security/forwards/:id'],
  openapi: 'operator',
};

test('every job says whose rights it has', () => {
  assert.deepEqual(Object.keys(rightsOfJobs).toSorted(), Object.values(jobs).toSorted());
  assert.ok(Object.keys(rightsOfJobs).length > 6);
});

test('every command says by which routes it acts, and its file names no other', () => {
  assert.deepEqual(Object.keys(waysOfCommands).toSorted(), actions.map(({ words }) => words.join(' ')).toSorted());
  const folder = join(repository, 'cli');
  const files = [...readdirSync(folder), ...readdirSync(join(folder, 'commands')).map((name) => `commands/${name}`)];
  const named = new Set<string>();
  for (const name of files.filter((one) => one.endsWith('.ts') && !one.endsWith('.test.ts'))) {
    for (const [, key] of readFileSync(join(folder, name), 'utf8').matchAll(
      /'((?:GET|POST|PUT|PATCH|DELETE) \/[^']+)'/g,
    ))
      named.add(key!);
  }
  const declared = new Set(Object.values(waysOfCommands).flatMap((way) => (typeof way === 'string' ? [] : [...way])));
  assert.deepEqual([...named].toSorted(), [...declared].toSorted());
  for (const key of declared) assert.ok(key in routes, key);
});

let running: InProcess;
let company: Company;
let manager: Colleague;
let colleague: Colleague;
let roleIds: string[];
const clients: { id: string; ownerId: string; departmentId: string; lastName: string }[] = [];
const secrets = {
  phones: { phones: [{ number: '+380670001122' }], open: '0001122', masked: '+380 67 ··· ·· 22' },
  emails: {
    emails: [{ address: 'taiemno@firma.example' }],
    open: 'taiemno@firma.example',
    masked: 't···@f···.example',
  },
  notes: { notes: 'боїться собак', open: 'боїться собак', masked: undefined },
} as const;
const closable = ['phones', 'emails', 'notes'] as const;
type Closable = (typeof closable)[number];

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  const sales = await company.addDepartment('Продажі');
  const north = await company.addDepartment('Продажі: північ', sales);
  const service = await company.addDepartment('Сервіс');
  const join_ = (name: string, email: string, departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role: 'manager', departmentId });
  manager = await join_('Тарас Мельник', 'taras.melnyk', sales);
  const below = await join_('Ірина Савчук', 'iryna.savchuk', north);
  colleague = await join_('Соломія Ткачук', 'solomiia.tkachuk', service);
  for (const [who, lastName] of [
    [manager, 'Коваль'],
    [below, 'Шевчук'],
    [colleague, 'Бойко'],
  ] as const) {
    const made = await who.client.call('POST /api/v1/contacts', {
      body: {
        lastName,
        phones: [...secrets.phones.phones],
        emails: [...secrets.emails.emails],
        notes: secrets.notes.notes,
      },
    });
    requireOk(made);
    clients.push({ id: made.body.id, ownerId: who.personId, departmentId: who.departmentId, lastName });
  }
  roleIds = [];
  for (const name of ['Випадкова перша', 'Випадкова друга', 'Випадкова третя']) {
    const role = await company.owner.client.call('POST /api/v1/roles', { body: { name, grants: {} } });
    requireOk(role);
    roleIds.push(role.body.id);
  }
  requireOk(
    await company.owner.client.call('PATCH /api/v1/people/:id', {
      params: { id: manager.personId },
      body: { roles: roleIds },
    }),
  );
});

const verbs = ['contact.read', 'contact.export', 'contact.import', 'contact.create'] as const;
type Verb = (typeof verbs)[number];
type DrawnRole = { levels: GrantLevel[]; fields: FieldRight[] };
/** A refusal of everything is drawn seldom enough that something is left to see. */
const level = fc.constantFrom<GrantLevel>(...scopes, ...scopes, ...scopes, 'never');
const right = fc.constantFrom<FieldRight>('open', 'masked', 'hidden', 'open', 'masked', 'hidden', 'never');
const drawn = fc.array(
  fc.record({ levels: fc.tuple(...verbs.map(() => level)), fields: fc.tuple(...closable.map(() => right)) }),
  { minLength: 1, maxLength: 3 },
);

/** The rows of the roles get these rights; what is not drawn gives nothing. */
async function actorWith(given: readonly DrawnRole[]): Promise<Actor> {
  for (const [at, id] of roleIds.entries()) {
    const { levels, fields } = given[at] ?? { levels: [], fields: [] };
    const grants = Object.fromEntries(levels.map((one, of) => [verbs[of]!, one]));
    const closed = { contact: Object.fromEntries(fields.map((one, of) => [closable[of]!, one])) };
    await running.test.admin`UPDATE roles SET grants = ${JSON.stringify(grants)}::text::jsonb,
      field_rights = ${JSON.stringify(closed)}::text::jsonb WHERE id = ${id}`;
  }
  const actor = await running.lubart.signIn.actorById(company.organizationId, manager.personId);
  assert.ok(actor !== undefined);
  return actor;
}

const levelsOf = (given: readonly DrawnRole[], verb: Verb) => given.map(({ levels }) => levels[verbs.indexOf(verb)]!);

/** What roles give together, in the words of docs/decisions/0013: `never` is stronger than everything, else the widest. */
function scopeTogether(given: readonly DrawnRole[], verb: Verb): Scope {
  const levels = levelsOf(given, verb);
  if (levels.includes('never')) return 'none';
  return scopes.toReversed().find((scope) => levels.includes(scope)) ?? 'none';
}

/** The most open right among the roles that let read, the least open one where none does; `never` of any role hides. */
function fieldTogether(given: readonly DrawnRole[], field: Closable): 'open' | 'masked' | 'hidden' {
  const rights = (roles: readonly DrawnRole[]) => roles.map(({ fields }) => fields[closable.indexOf(field)]!);
  if (rights(given).includes('never')) return 'hidden';
  const reading = given.filter((role) => !['none', 'never'].includes(levelsOf([role], 'contact.read')[0]!));
  const order = reading.length > 0 ? (['open', 'masked'] as const) : (['hidden', 'masked'] as const);
  const deciding = rights(reading.length > 0 ? reading : given);
  return order.find((one) => deciding.includes(one)) ?? (reading.length > 0 ? 'hidden' : 'open');
}

/** Somebody with exactly these scopes, whatever the policy made of the rows. */
const saidOf = (actor: Actor, given: readonly DrawnRole[]): Actor => ({
  ...actor,
  grants: Object.fromEntries(verbs.map((verb) => [verb, scopeTogether(given, verb)])),
});

/** Of a closed value nothing is shown, of a masked one its mask. */
function requireShown(given: readonly DrawnRole[], text: string, seen: Record<string, number>): void {
  for (const field of closable) {
    const right = fieldTogether(given, field);
    const { open, masked } = secrets[field];
    assert.equal(text.includes(open), right === 'open', `${field} is ${right}: ${JSON.stringify(given)}`);
    if (masked !== undefined) assert.equal(text.includes(masked), right === 'masked', `${field} is ${right}`);
    seen[right] = (seen[right] ?? 0) + 1;
  }
}
const within = (actor: Actor, permission: Permission) =>
  clients.filter((client) => reaches(actor, permission, client)).map(({ id }) => id);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof LubartError ? error.code : String(error)),
  );

test('commands give what several roles give together, clients and fields: the list, one client, the file', async () => {
  const calls = openCalls(running.lubart, { mode: 'running', language: 'uk', origin: running.origin });
  const seen = { given: 0, withheld: 0 };
  const shown: Record<string, number> = {};
  // More files in a day than anybody is let make.
  const rules = JSON.stringify({ organization: { rows: 100_000, perDay: 1000 }, roles: [] });
  await running.test.admin`INSERT INTO export_rules (organization_id, version, rules, changed_at)
    VALUES (${company.organizationId}, 1, ${rules}::text::jsonb, now())`;
  await fc.assert(
    fc.asyncProperty(drawn, async (given) => {
      const actor = await actorWith(given);
      const said = saidOf(actor, given);
      const reached = within(said, 'contact.read');
      const list = async () => (await calls.call(actor, 'GET /api/v1/contacts', { query: { limit: 200 } })).rows;
      if (scopeOf(said, 'contact.read') === 'none') assert.equal(await codeOf(list()), 'access.denied');
      else
        assert.deepEqual(
          (await list())
            .map(({ id }) => id)
            .filter(isOurs)
            .toSorted(),
          reached.toSorted(),
        );
      for (const { id } of clients) {
        const page = calls.call(actor, 'GET /api/v1/contacts/:id', { params: { id } });
        const code = await codeOf(page);
        assert.equal(code === null, reached.includes(id), String(code));
        if (code === null) requireShown(given, JSON.stringify(await page), shown);
        if (code === null) seen.given += 1;
        else seen.withheld += 1;
      }
      const text = await exportOf(calls, actor);
      if (text === null) assert.equal(scopeOf(said, 'contact.export'), 'none');
      else {
        // Nothing is taken along that is not read.
        const exported = within(said, 'contact.export').filter((id) => reached.includes(id));
        for (const { id, lastName } of clients) assert.equal(text.includes(lastName), exported.includes(id), lastName);
        if (exported.length > 0) requireShown(given, text, shown);
      }
    }),
    { numRuns: 60 },
  );
  assert.ok(seen.given > 30 && seen.withheld > 30, JSON.stringify(seen));
  for (const right of ['open', 'masked', 'hidden']) assert.ok(shown[right]! > 15, JSON.stringify(shown));
});

const isOurs = (id: string) => clients.some((client) => client.id === id);

async function exportOf(calls: ReturnType<typeof openCalls>, actor: Actor): Promise<string | null> {
  try {
    const body = { format: 'csv', protection: 'age', recipient } as const;
    const made = await calls.call(actor, 'POST /api/v1/contacts/export', { body });
    const file = await calls.call(actor, 'GET /api/v1/exports/:id/file', { params: { id: made.export.id } });
    return openAged(Buffer.concat(await Array.fromAsync(file.bytes)));
  } catch (error) {
    if (error instanceof LubartError && error.code === 'access.denied') return null;
    throw error;
  }
}

test('the import job writes nothing beyond the rights that stand while it runs, whatever they were when it was asked for', async () => {
  const seen = { written: 0, refused: 0 };
  let round = 0;
  await fc.assert(
    fc.asyncProperty(drawn, fc.boolean(), async (given, toColleague) => {
      round += 1;
      const name = `Імпортний${[...String(round)].map((digit) => 'абвгдклмнп'[Number(digit)]).join('')}`;
      const owner = toColleague ? colleague : manager;
      const importId = await startAsAllowed(name, owner.personId);
      const actor = await actorWith(given);
      await running.lubart.imports.ask('run', company.organizationId, importId);
      const state = await until('the end of the import', 30, async () => {
        const [row] = await running.test.admin`SELECT state FROM imports WHERE id = ${importId}`;
        return row!['state'] !== 'running' && (row!['state'] as string);
      });
      const found = await countNamed(name);
      const holder = { ownerId: owner.personId, departmentId: owner.departmentId };
      const said = saidOf(actor, given);
      const allowed = reaches(said, 'contact.import', holder);
      assert.equal(found > 0, allowed, `${state}, ${scopeOf(said, 'contact.import')}, ${toColleague}`);
      if (found > 0) seen.written += 1;
      else seen.refused += 1;
    }),
    { numRuns: 24 },
  );
  // What is drawn differs each time: both must have been seen, how often is chance.
  assert.ok(seen.written > 1 && seen.refused > 1, JSON.stringify(seen));
});

/** Announced and planned with every right; set running in the database, so that the job starts after the rights have changed. */
async function startAsAllowed(name: string, ownerId: string): Promise<string> {
  const all = await actorWith([{ levels: verbs.map(() => 'all' as const), fields: [] }]);
  const idle = running.lubart.handlers({ ...running.lubart.imports, ask: async () => {} });
  const calls = openCalls({ ...running.lubart, handlers: () => idle }, { mode: 'running', language: 'uk', origin: '' });
  const bytes = Buffer.from(`Прізвище\n${name}\n`);
  const announced = await calls.call(all, 'POST /api/v1/imports', {
    body: { kind: 'contacts', fileName: 'a.csv', sizeBytes: bytes.length },
  });
  await calls.call(all, 'PUT /api/v1/imports/:id/file', {
    params: { id: announced.id },
    stream: Readable.from([bytes]),
  });
  await calls.call(all, 'POST /api/v1/imports/:id/start', {
    params: { id: announced.id },
    body: { mapping: { '0': 'lastName' }, duplicates: { by: [], then: 'create' }, defaults: { ownerId } },
  });
  return announced.id;
}

async function countNamed(name: string): Promise<number> {
  const hits = await company.owner.client.call('POST /api/v1/contacts/find', { body: { text: name } });
  requireOk(hits);
  return hits.body.rows.filter(({ lastName }: { lastName: string }) => lastName === name).length;
}
