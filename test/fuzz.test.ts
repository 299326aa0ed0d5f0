/**
 * Every route is fed what its own schema makes: right, nearly right, and nothing like it. Whatever comes, the answer is a
 * refusal in the one form, with a code of the closed set and a request id, and never a 5xx, a stack or a piece of SQL.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { errorStatus, routes } from '#contract';
import type { Key, Target } from './matrix-examples.ts';
import { examples } from './matrix-examples.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany, strangeId } from './running-lubart.ts';

const keys = Object.keys(routes) as Key[];
type Part = 'params' | 'query' | 'body';
const table = routes as unknown as Record<
  Key,
  { permission: string; stream?: string } & Partial<Record<Part, TSchema>>
>;
/** Seconds for all routes together. */
const secondsMax = 45;
const runsPerRoute = 30;
// Printed when it fails, and can be given again.
const seed = Number(process.env['FUZZ_SEED'] ?? randomBytes(4).readInt32LE());

let running: InProcess;
let company: Company;
let target: Target;
let cookie = '';
const failures: object[] = [];

before(async () => {
  running = await openInProcess({
    info: () => {},
    warn: () => {},
    error: (facts, text) => failures.push({ text, ...facts }),
  });
  company = await setUpCompany(running.origin, running.setupToken);
  const { client } = company.owner;
  const make = async (key: Key, body: unknown) => {
    const reply = await client.call(key, { body });
    requireOk(reply);
    return reply.body.id as string;
  };
  const readyImportId = await make('POST /api/v1/imports', { kind: 'contacts', fileName: 'b.csv', sizeBytes: 5 });
  requireOk(
    await client.put(`/api/v1/imports/${readyImportId}/file`, Buffer.from('Прізвище;Телефон\nКоваль;050 000 00 11\n')),
  );
  // What ends or moves somebody is done to a colleague, who sends nothing here: the one who asks stays signed in.
  const colleague = await company.join({
    name: 'Ірина Мельник',
    email: 'iryna.melnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  const log = await client.call('GET /api/v1/audit-entries');
  target = {
    contactId: await make('POST /api/v1/contacts', { lastName: 'Коваль' }),
    companyId: await make('POST /api/v1/companies', { name: 'Майстерня' }),
    uploadingImportId: await make('POST /api/v1/imports', { kind: 'companies', fileName: 'a.csv', sizeBytes: 5 }),
    readyImportId,
    auditEntryId: log.body.rows[0].id,
    organizationId: company.organizationId,
    departmentId: await company.addDepartment('Продажі'),
    roleId: (await client.call('GET /api/v1/roles')).body.roles[0].id,
    personId: colleague.personId,
  };
  cookie = client.cookie;
});

const nasty = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'а\u0000б',
    '\uD800',
    '\uDFFF\uD800',
    '\u202Eслон',
    '\uFEFF',
    'ﷺ'.repeat(50),
    'e\u0301'.repeat(100),
    '‮‭',
    "'; DROP TABLE contacts; --",
    '{"a":1}',
    '${7*7}',
    '../../etc/passwd',
    '%00',
    '__proto__',
    'constructor',
    '1e999',
    '-0',
    'NaN',
    'null',
    '\\',
    '"',
    '{',
    '}',
    '{"',
    ',',
    '\r\n',
    '\t',
    '0000-00-00',
    '2026-02-30',
    '9999-99-99',
    '-0001-01-01',
    '2026-11-24T03:00:00Z',
    '294277-01-01',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:60Z',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '+380',
    '+380500000011',
    '(050) 000-00-11',
    '@',
    'a@b',
    'а@б.укр',
    '12345678',
    '0000000000',
    '😀'.repeat(60),
    "ʼ’'`",
    'Ґґ Її Єє',
    'a'.repeat(300),
    'я'.repeat(5000),
    'x'.repeat(70_000),
  ),
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, -1, 1, 2 ** 31, -(2 ** 31), 2 ** 53, 2 ** 63, 1e308, 1.5, 200, 201),
);
const anything = fc.oneof(
  nasty,
  numbers,
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(deep(400)),
  fc.constant([[[[]]]]),
);

function deep(levels: number): unknown {
  let value: unknown = 'end';
  for (let at = 0; at < levels; at += 1) value = at % 2 === 0 ? [value] : { a: value };
  return value;
}

type Schema = {
  type?: string;
  enum?: string[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  patternProperties?: Record<string, Schema>;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
};

const id = () => fc.constantFrom(...Object.values(target), company.organizationId, strangeId());
const day = fc.constantFrom(
  '2026-11-24',
  '2000-02-29',
  '0001-01-01',
  '9999-12-31',
  '2026-02-30',
  '0000-00-00',
  '2026-13-01',
);
const instant = fc.constantFrom(
  '2026-11-24T03:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-11-24T03:00:00+14:00',
  '2016-12-31T23:59:60Z',
);

/** Values of the schema’s form. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  switch (schema.type) {
    case 'string': {
      if (schema.pattern?.startsWith('^[0-9a-f]{8}-') === true) return id();
      if (schema.pattern?.startsWith('^\\d{4}-') === true) return day;
      if (schema.format === 'date-time') return instant;
      const { minLength = 0, maxLength = 200 } = schema;
      return fc
        .oneof(nasty, fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) }))
        .filter((text) => {
          const length = [...text].length;
          return length >= minLength && text.length <= maxLength;
        });
    }
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? -1000, Number.MIN_SAFE_INTEGER),
        max: schema.maximum ?? 2 ** 31,
      });
    case 'number':
      return fc.double();
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items!), { maxLength: Math.min(schema.maxItems ?? 4, 4) });
    default:
      break;
  }
  if (schema.patternProperties !== undefined) {
    const value = fc.oneof(
      valuesOf(Object.values(schema.patternProperties)[0]!),
      fc.constantFrom('lastName', 'fullName', 'phones', 'birthday'),
    );
    return fc.dictionary(fc.constantFrom('0', '1', '2', '9999'), value, { maxKeys: 3 });
  }
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valuesOf(one)]),
  );
  return fc.record(properties, { requiredKeys: schema.required ?? [] });
}

/** The same with one thing wrong, somewhere. */
function nearlyOf(schema: Schema): fc.Arbitrary<unknown> {
  const spoil = fc.tuple(valuesOf(schema), fc.nat(), anything, fc.constantFrom('replace', 'add', 'remove', 'wrap'));
  return spoil.map(([value, at, wrong, how]) => {
    if (typeof value !== 'object' || value === null) return wrong;
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    const names = Object.keys(copy);
    const name = names[at % Math.max(names.length, 1)] ?? 'x';
    if (how === 'replace') copy[name] = wrong;
    else if (how === 'remove') delete copy[name];
    else if (how === 'add')
      copy[['__proto__', 'constructor', 'id', 'organizationId', 'sealed', 'ownerId'][at % 6]!] = wrong;
    else copy[name] = { [name]: copy[name] };
    return copy;
  });
}

type Request = { path: string; headers: Record<string, string>; body: string | Buffer | undefined };

const types = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  '',
  'x',
  'application/json, text/html',
);
const rawBodies = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[',
    'null',
    '1',
    '"x"',
    '{"a":}',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"a":1,"a":2}',
    '['.repeat(20_000),
    `{"a":"${'x'.repeat(200_000)}"}`,
  ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), Buffer.from('"}')])),
  fc.constant(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])),
);
const ids = fc.oneof(
  fc.constantFrom(
    'x',
    '..',
    '%2e%2e',
    '%00',
    'null',
    '0',
    'Ї',
    '%D0',
    '%',
    "'",
    '..%2f..',
    'a'.repeat(199),
    'A1B2C3D4-0000-7000-8000-000000000000',
  ),
  nasty.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 190) || '-'),
);

/** Requests for one route: its own form, nearly so, or nothing of the kind. */
function requestsOf(key: Key): fc.Arbitrary<Request> {
  const route = table[key];
  const path = key.split(' ')[1]!;
  const example = examples[key](target);
  const good = Object.values(example.params ?? {})[0] ?? '';
  const idPart = path.includes(':')
    ? fc.oneof(
        { weight: 5, arbitrary: fc.constant(good) },
        { weight: 1, arbitrary: id() },
        { weight: 1, arbitrary: ids },
      )
    : fc.constant('');
  const query =
    route.query === undefined ? fc.constantFrom('', '?x=1', '?__proto__=1&__proto__=2') : queriesOf(route.query);
  const schema = route.body;
  const json = (values: fc.Arbitrary<unknown>) =>
    values.map((value) => ({ body: JSON.stringify(value) ?? 'null', type: 'application/json' }));
  const bodies: fc.Arbitrary<{ body: string | Buffer | undefined; type: string }> = key.startsWith('GET')
    ? fc.constant({ body: undefined, type: '' })
    : fc.oneof(
        {
          weight: 4,
          arbitrary: schema === undefined ? fc.constant({ body: undefined, type: '' }) : json(valuesOf(schema)),
        },
        { weight: 4, arbitrary: json(schema === undefined ? anything : nearlyOf(schema)) },
        { weight: 1, arbitrary: json(anything) },
        { weight: 2, arbitrary: fc.record({ body: rawBodies, type: types }) },
      );
  return fc.tuple(idPart, query, bodies).map(([idText, search, { body, type }]) => ({
    path: path.replace(/:\w+/, idText) + search,
    headers: type === '' ? {} : { 'content-type': type },
    body,
  }));
}

function queriesOf(schema: Schema): fc.Arbitrary<string> {
  const names = Object.keys(schema.properties ?? {});
  const text = (value: unknown) => encodeURIComponent(String(value).toWellFormed());
  // A drawn object may have a `toString` that is no function.
  const textOfAny = (value: unknown) => text(typeof value === 'object' ? JSON.stringify(value) : value);
  const formed = valuesOf(schema).map(
    (value) =>
      `?${Object.entries(value as object)
        .map(([name, one]) => `${name}=${text(one)}`)
        .join('&')}`,
  );
  const spoiled = fc
    .array(fc.tuple(fc.constantFrom(...names, '__proto__', 'x'), anything), { maxLength: 4 })
    .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${textOfAny(value)}`).join('&')}`);
  const raw = fc.constantFrom(
    '?',
    '?&&&',
    '?%',
    '?a[]=1&a[b]=2',
    '?limit=1&limit=2',
    '?cursor=%00',
    `?cursor=${'A'.repeat(3000)}`,
    '?sort=name;DROP',
  );
  return fc.oneof(formed, spoiled, raw).map((search) => search.slice(0, 8000));
}

const known = new Set(Object.keys(errorStatus));
const inside =
  /\bat .+:\d+:\d+|node_modules|\/server\/|SELECT |INSERT |UPDATE .+ SET|relation "|syntax error|lubart_app|FST_ERR|TypeError|RangeError|\.ts\b/;

async function send(key: Key, { path, headers, body }: Request) {
  const method = key.split(' ')[0]!;
  const response = await fetch(running.origin + path, {
    method,
    headers: { origin: running.origin, cookie, ...headers },
    ...(body === undefined ? {} : { body: body as string }),
    redirect: 'manual',
  });
  return {
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

/** What every answer to anything must be. */
function checkAnswer(answer: Awaited<ReturnType<typeof send>>): void {
  const { status, text } = answer;
  assert.ok(status < 500, `answered ${status}: ${text.slice(0, 300)} ${JSON.stringify(failures.at(-1))}`);
  if (status < 400) return;
  assert.match(answer.type, /^application\/json/);
  const body = JSON.parse(text) as { error: Record<string, unknown> };
  assert.deepEqual(Object.keys(body), ['error']);
  const { code, message, requestId, field, details, current, ...more } = body.error;
  assert.deepEqual(more, {});
  assert.ok(known.has(String(code)), String(code));
  assert.equal(status, errorStatus[code as keyof typeof errorStatus]);
  assert.ok(typeof message === 'string' && message.length > 5);
  assert.equal(requestId, answer.requestId);
  if (field !== undefined) assert.equal(typeof field, 'string');
  for (const value of Object.values(details ?? {})) assert.ok(['string', 'number', 'boolean'].includes(typeof value));
  if (current === undefined)
    assert.doesNotMatch(
      JSON.stringify({ message, field, code, details: { ...(details as object), reason: '' } }),
      inside,
    );
}

/** Routes that would take the ground from under the others: their effect is tried elsewhere. */
const endsSession: readonly Key[] = ['POST /api/v1/sign-out'];

for (const key of keys) {
  test(`${key} answers anything with its own kind of answer`, { timeout: secondsMax * 1000 }, async () => {
    const property = fc.asyncProperty(requestsOf(key), async (request) => {
      if (endsSession.includes(key)) request = { ...request, headers: { ...request.headers, cookie: 'lubart=x' } };
      checkAnswer(await send(key, request));
    });
    const limit = {
      numRuns: runsPerRoute,
      seed,
      interruptAfterTimeLimit: (secondsMax * 1000) / 20,
      endOnFailure: true,
    };
    await fc.assert(property, limit);
  });
}

test('cursors of every kind of wrong are refused by name', async () => {
  const page = await company.owner.client.call('GET /api/v1/contacts', { query: { limit: '1', sort: 'name' } });
  const cursors = [
    'x',
    '',
    ' ',
    'AAAA',
    'a'.repeat(1999),
    Buffer.alloc(60, 1).toString('base64url'),
    String(page.body.next),
    '../..',
    'я',
  ];
  let refused = 0;
  for (const key of ['GET /api/v1/contacts', 'GET /api/v1/companies', 'GET /api/v1/audit-entries'] as const) {
    for (const cursor of cursors) {
      const reply = await company.owner.client.call(key, { query: { cursor } });
      assert.equal(reply.body.error?.code, 'list.cursor_invalid', `${key} ${cursor}`);
      refused += 1;
    }
  }
  assert.equal(refused, 27);
});

test('addresses that are no route, methods that are none, and bodies too large are refused in the same form', async () => {
  for (const [method, path] of [
    ['GET', '/api/v1/nothing'],
    ['POST', '/api/v1/contacts/x/y/z'],
    ['DELETE', '/api/v1/contacts'],
    ['PUT', '/api/v2/contacts'],
    ['POST', '/'],
    ['GET', '/api/v1/contacts/%'],
    ['GET', `/api/v1/contacts/${'a'.repeat(2000)}`],
    ['GET', '/.env'],
    ['GET', '/api/'],
    ['PATCH', '/healthz'],
  ] as const) {
    const answer = await send(`${method} ${path}` as Key, { path, headers: {}, body: undefined });
    assert.ok(answer.status >= 400, `${method} ${path.slice(0, 60)} ${answer.status}`);
    checkAnswer(answer);
  }
  const huge = await send('POST /api/v1/contacts', {
    path: '/api/v1/contacts',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ notes: 'я'.repeat(1_000_000) }),
  });
  assert.equal(huge.status, 413);
  checkAnswer(huge);
});

test('nothing that was sent changed what all objects are made of, and the server still works', async () => {
  assert.equal(({} as Record<string, unknown>)['admin'], undefined);
  assert.equal((await company.owner.client.call('GET /api/v1/session')).status, 200);
  assert.deepEqual(failures, []);
});
