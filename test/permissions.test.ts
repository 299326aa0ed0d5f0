/**
 * The permission matrix: every route of the contract × everybody who might ask. What must happen follows from two tables alone,
 * the contract’s and the policy’s; each refusal must have left its own entry in the audit log.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Permission, ReadyRole } from '#contract';
import { keyRoutes, openRoutes, routes, stepUpRoutes } from '#contract';
import { combineRights, readyRights } from '#protections/access';
import { newSecret } from '../server/protections/sign-in/api-keys/key-form.ts';
import type { Example, Key, Target } from './matrix-examples.ts';
import { examples } from './matrix-examples.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { addCompany, openInProcess, requireOk, setUpCompany } from './running-lubart.ts';

const keys = Object.keys(examples) as Key[];
const signOut: Key = 'POST /api/v1/sign-out';
const table = routes as Record<Key, { permission: string; body?: unknown; stream?: string }>;

type Asker = {
  title: string;
  role: ReadyRole | null;
  /** Nobody, a dismissed person, or somebody whose session lives. */
  standing: 'nobody' | 'dismissed' | 'present';
  cookie: string;
  /** A program: the secret of its key, and the role that the key was given. */
  key?: { secret: string; role: ReadyRole };
  personId: string;
  organizationId: string;
  departmentIds: string[];
};
/** Whose the rows are that a request names. */
type Holding = { whose: string; organizationId: string; ownerId: string; departmentId: string; target: Target };

let running: InProcess;
let company: Company;
let other: Company;
const askers: Asker[] = [];
const holdings: Holding[] = [];

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  other = await addCompany(running);
  const sales = await company.addDepartment('Продажі');
  const north = await company.addDepartment('Продажі: північ', sales);
  const service = await company.addDepartment('Сервіс');
  const join = (name: string, email: string, role: ReadyRole, departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  const head = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  const manager = await join('Тарас Мельник', 'taras.melnyk', 'manager', north);
  const colleague = await join('Соломія Ткачук', 'solomiia.tkachuk', 'manager', service);
  const former = await join('Назар Клименко', 'nazar.klymenko', 'manager', north);
  const auditor = await join('Дарина Поліщук', 'daryna.polishchuk', 'auditor', company.rootId);
  const second = await join('Ганна Лисенко', 'hanna.lysenko', 'owner', company.rootId);
  const third = await join('Петро Кравець', 'petro.kravets', 'auditor', company.rootId);
  holdings.push(
    await holdingOf(company, manager),
    await holdingOf(company, colleague),
    await holdingOf(other, other.owner),
  );
  requireOk(
    await company.owner.client.call('PATCH /api/v1/people/:id', {
      params: { id: former.personId },
      body: { active: false },
    }),
  );

  const present = (title: string, who: Colleague, organizationId: string, departmentIds: string[]): Asker => ({
    title,
    role: who.role,
    standing: 'present',
    cookie: who.client.cookie,
    personId: who.personId,
    organizationId,
    departmentIds,
  });
  const here = company.organizationId;
  askers.push(
    {
      title: 'nobody',
      role: null,
      standing: 'nobody',
      cookie: '',
      personId: '',
      organizationId: '',
      departmentIds: [],
    },
    { ...present('a dismissed manager with the old cookie', former, here, [north]), standing: 'dismissed' },
    present('the owner', company.owner, here, [company.rootId, sales, north, service]),
    present('the head of sales', head, here, [sales, north]),
    present('the manager', manager, here, [north]),
    present('a manager of another department', colleague, here, [service]),
    present('the auditor', auditor, here, [company.rootId, sales, north, service]),
    {
      ...present('a manager’s key in a program of an owner', second, here, [company.rootId, sales, north, service]),
      key: await keyOf(second, 'manager'),
    },
    {
      ...present('an owner’s key in a program of an auditor', third, here, [company.rootId, sales, north, service]),
      key: await keyOf(third, 'owner'),
    },
    present('the owner of another organization', other.owner, other.organizationId, [other.rootId]),
  );
});

/** Moved below the routes to whose it shall be: an auditor may make no key, and a key that stands must not be wider for it. */
async function keyOf(who: Colleague, role: ReadyRole): Promise<NonNullable<Asker['key']>> {
  const { secret, hash, hint } = newSecret(company.organizationId);
  const owners = await makeKeyOfOwner(role);
  await running.test
    .admin`UPDATE api_keys SET person_id = ${who.personId}, secret_hash = ${hash}, hint = ${hint} WHERE id = ${owners}`;
  return { secret, role };
}

async function makeKeyOfOwner(role: ReadyRole): Promise<string> {
  const made = await company.owner.client.call('POST /api/v1/api-keys', { body: { name: 'Програма', roles: [role] } });
  requireOk(made);
  return made.body.key.id;
}

async function holdingOf(of: Company, who: Colleague): Promise<Holding> {
  const call = async (key: Key, body: unknown, params = {}) => {
    const reply = await who.client.call(key, { params, body });
    requireOk(reply);
    return reply.body.id as string;
  };
  const contactId = await call('POST /api/v1/contacts', { lastName: 'Коваль', phones: [{ number: '050 000 00 11' }] });
  const companyId = await call('POST /api/v1/companies', { name: 'Майстерня Вежа' });
  const uploadingImportId = await call('POST /api/v1/imports', { kind: 'contacts', fileName: 'a.csv', sizeBytes: 5 });
  const readyImportId = await call('POST /api/v1/imports', { kind: 'contacts', fileName: 'b.csv', sizeBytes: 5 });
  requireOk(await who.client.put(`/api/v1/imports/${readyImportId}/file`, Buffer.from('Прізвище\nКоваль\n')));
  const log = await of.owner.client.call('GET /api/v1/audit-entries');
  const target = {
    contactId,
    companyId,
    readyImportId,
    uploadingImportId,
    auditEntryId: log.body.rows[0].id,
    organizationId: of.organizationId,
    departmentId: who.departmentId,
    roleId: await roleOf(of),
    personId: who.personId,
  };
  return {
    whose: who.name,
    organizationId: of.organizationId,
    ownerId: who.personId,
    departmentId: who.departmentId,
    target,
  };
}

async function roleOf(of: Company): Promise<string> {
  const listed = await of.owner.client.call('GET /api/v1/roles');
  requireOk(listed);
  return listed.body.roles.find(({ key }: { key: string }) => key === 'marketer').id;
}

/** Said again here on purpose, in other words than the policy’s. */
function within(asker: Asker, scope: string, holding: Holding): boolean {
  if (asker.organizationId !== holding.organizationId) return false;
  if (scope === 'all' || holding.ownerId === asker.personId) return scope !== 'none';
  return scope === 'department' && asker.departmentIds.includes(holding.departmentId);
}

/** Rows that routes with an id are about: what is said when the row is not there for the asker. */
const missing: [form: RegExp, code: string][] = [
  [/\/contacts\/:id/, 'contact.not_found'],
  [/\/companies\/:id/, 'company.not_found'],
  [/\/imports\/:id/, 'import.not_found'],
  [/\/audit-entries\/:id/, 'audit.not_found'],
  [/\/audit-logs\/:id/, 'audit.not_found'],
  [/\/people\/:id/, 'person.not_found'],
  [/\/departments\/:id/, 'department.not_found'],
  [/\/roles\/:id/, 'role.not_found'],
];

function expected(key: Key, asker: Asker, holding: Holding): { status: number; codes: readonly string[] } | 'admitted' {
  const { permission } = table[key];
  if (asker.key !== undefined && !keyRoutes.includes(key))
    return { status: 403, codes: [stepUpRoutes.includes(key) ? 'api-key.no_step_up' : 'api-key.route_closed'] };
  if (permission === 'anyone') return 'admitted';
  if (asker.standing === 'nobody') return { status: 401, codes: ['session.missing'] };
  if (asker.standing === 'dismissed') return { status: 401, codes: ['session.expired'] };
  if (permission === 'signed-in') return 'admitted';
  const scope = smaller(asker, permission as Permission);
  if (scope === 'none') return { status: 403, codes: ['access.denied'] };
  const code = missing.find(([form]) => form.test(key))?.[1];
  if (code === undefined) return 'admitted';
  // An import is of who started it; a department is no scope for it.
  const reach = code === 'import.not_found' && scope === 'department' ? 'own' : scope;
  const there = /audit|person|department|role/.test(code)
    ? asker.organizationId === holding.organizationId
    : within(asker, reach, holding);
  return there ? 'admitted' : { status: 404, codes: [code] };
}

const scopeNames = ['none', 'own', 'department', 'all'];
/** Of a program: what its person has and what its key was given, the smaller of both; a key gets nothing that everybody has. */
function smaller(asker: Asker, permission: Permission): string {
  const person = grantsOf(asker.role!)[permission] ?? 'none';
  const key = asker.key === undefined ? person : (readyRights[asker.key.role].grants[permission] ?? 'none');
  return scopeNames.indexOf(key) < scopeNames.indexOf(person) ? key : person;
}

/** What somebody with this ready role gets, with what everybody has. */
const grantsOf = (role: ReadyRole) => combineRights([readyRights[role], readyRights.baseline]).grants;

const whoAsks = ({ key, cookie }: Asker): Record<string, string> =>
  key === undefined ? { origin: running.origin, cookie } : { authorization: `Bearer ${key.secret}` };

type Outcome = { status: number; code: string | null; requestId: string };

async function ask(key: Key, asker: Asker, given: Example): Promise<Outcome> {
  const [method, path] = key.split(' ') as [string, string];
  const filled = path.replace(/:(\w+)|\*$/g, (mark, name = mark) => given.params?.[name] ?? '');
  const search = given.query === undefined ? '' : `?${new URLSearchParams(given.query).toString()}`;
  const body = given.bytes ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
  const type = given.bytes === undefined ? 'application/json' : 'application/octet-stream';
  const response = await fetch(running.origin + filled + search, {
    method,
    headers: { ...whoAsks(asker), ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: body as string }),
  });
  if (response.status === 429 && asker.key !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return ask(key, asker, given);
  }
  const text = await response.text();
  const code = response.ok ? null : (JSON.parse(text).error.code as string);
  return { status: response.status, code, requestId: response.headers.get('x-request-id')! };
}

/** Outcomes of the entries that a request left. */
async function entriesOf(
  organizationId: string,
): Promise<Map<string, { event: string; outcome: string; actorId: string | null }>> {
  await running.lubart.auditLog.flush();
  const rows = await running.test
    .admin`SELECT bytes, actor_id FROM audit_entries WHERE organization_id = ${organizationId} AND outcome = 'refused'`;
  return new Map(
    rows.map((row) => {
      const { request, event, outcome } = JSON.parse((row['bytes'] as Buffer).toString('utf8'));
      return [request as string, { event, outcome, actorId: row['actor_id'] }];
    }),
  );
}

test('no route is left out: the examples, the contract and what the server answers are one list', async () => {
  assert.deepEqual(keys.toSorted(), Object.keys(routes).toSorted());
  assert.ok(keys.length > 45, `only ${keys.length} routes`);
  const answer = await fetch(`${running.origin}/api/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, object> };
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1').replace('{*}', '*')}`,
    ),
  );
  assert.deepEqual(served.toSorted(), keys.toSorted());
});

test('routes that are open to anyone are these and no others', () => {
  const open = keys.filter((key) => table[key].permission === openRoutes[0]);
  assert.deepEqual(open.toSorted(), [
    'GET /api/v1/setup',
    'GET /api/v1/sign-in/sso',
    'GET /api/v1/sign-in/sso/callback',
    'POST /api/v1/email-change/cancel',
    'POST /api/v1/email-change/confirm',
    'POST /api/v1/email-change/open',
    'POST /api/v1/emergency/sign-in',
    'POST /api/v1/invitations/accept',
    'POST /api/v1/invitations/open',
    'POST /api/v1/password-reset',
    'POST /api/v1/password-reset/finish',
    'POST /api/v1/password-reset/open',
    'POST /api/v1/recovery',
    'POST /api/v1/recovery/cancel-by-link',
    'POST /api/v1/recovery/finish',
    'POST /api/v1/recovery/open',
    'POST /api/v1/recovery/state',
    'POST /api/v1/setup',
    'POST /api/v1/setup/begin',
    'POST /api/v1/sign-in',
    'POST /api/v1/sign-in/code',
    'POST /api/v1/sign-in/device',
    'POST /api/v1/sign-in/passkey',
    'POST /api/v1/sign-in/passkey/begin',
    'POST /api/v1/sign-in/sms',
    'POST /api/v1/sign-in/sms/code',
    'POST /api/v1/sign-in/sso/start',
    'POST /api/v1/witness/:id/add-checkpoint',
  ]);
});

test('every route × everybody: admitted, refused or not there, exactly as the two tables say', async () => {
  const seen = { admitted: 0, refused: 0, missing: 0 };
  const refusedTo = new Map<string, number>();
  const wrong: string[] = [];
  const noted: { key: Key; asker: Asker; requestId: string; code: string }[] = [];
  for (const key of keys.filter((one) => one !== signOut)) {
    const rowed =
      key.includes(':id') && !/sessions|invitations|sso|reviews|api-keys|witness|forwards|anchors/.test(key);
    for (const asker of askers) {
      // Who lacks the right is refused whatever the row: once is enough, and the log writes only so many refusals a minute one by one.
      const first = expected(key, asker, holdings[0]!);
      const lacking = first !== 'admitted' && first.status === 403;
      const tried = rowed && asker.standing === 'present' && !lacking ? holdings : holdings.slice(0, 1);
      for (const holding of tried) {
        const example = examples[key](holding.target);
        const rule = expected(key, asker, holding);
        const got = await ask(key, asker, example);
        const said = `${key} by ${asker.title}, rows of ${holding.whose}: ${got.status} ${got.code ?? ''}`;
        if (rule === 'admitted') {
          seen.admitted += 1;
          // Rows that the example names on purpose and nobody has leave their entries too.
          if (got.code !== null && asker.standing === 'present')
            refusedTo.set(asker.personId, (refusedTo.get(asker.personId) ?? 0) + 1);
          if (
            got.code !== null &&
            example.admitted?.includes(got.code) !== true &&
            !crossesOrganizations(key, asker, got)
          )
            wrong.push(said);
          continue;
        }
        if (rule.status === 404) seen.missing += 1;
        else seen.refused += 1;
        if (got.status !== rule.status || !rule.codes.includes(got.code!))
          wrong.push(`${said}, expected ${rule.status} ${rule.codes.join(' ')}`);
        const whom = asker.standing === 'present' ? asker.personId : 'nobody';
        refusedTo.set(whom, (refusedTo.get(whom) ?? 0) + 1);
        // Of one asker, a hundred or so in a minute are written one by one; the rest are counted (server/http/refusals.ts).
        if (refusedTo.get(whom)! > 100) continue;
        // “Nobody” is an answer to a browser that brings no cookie (server/http/frame.attack.test.ts).
        if (key === 'GET /api/v1/session' && got.code === 'session.missing') continue;
        if (leavesEntry(got.code!)) noted.push({ key, asker, requestId: got.requestId, code: got.code! });
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(seen.admitted > 150 && seen.refused > 100 && seen.missing > 60, JSON.stringify(seen));

  const entries = new Map([...(await entriesOf(company.organizationId)), ...(await entriesOf(other.organizationId))]);
  const unrecorded = noted.filter(({ requestId, asker, key, code }) => {
    const entry = entries.get(requestId);
    const event =
      code === 'access.denied'
        ? `${table[key].permission}.denied`
        : code.startsWith('session.')
          ? 'session.denied'
          : code.replace('not_found', 'missed');
    const actorId = asker.standing === 'present' ? asker.personId : null;
    return entry === undefined || entry.event !== event || entry.actorId !== actorId;
  });
  assert.ok(noted.length > 150, `only ${noted.length} refusals`);
  assert.deepEqual(
    unrecorded.map(({ key, asker, code }) => `${key} by ${asker.title}: ${code}`),
    [],
  );
});

/** A department of the first organization does not exist for an invitation of the other. */
const crossesOrganizations = (key: Key, asker: Asker, got: Outcome) =>
  key === 'POST /api/v1/invitations' &&
  asker.organizationId === other.organizationId &&
  got.code === 'department.not_found';

const leavesEntry = (code: string) =>
  /^(access\.denied|session\.(missing|expired)|(contact|company|import|audit|person|department|role)\.not_found)$/.test(
    code,
  );

test('who may not ask learns nothing of shapes: garbage gets the same refusal as a good request', async () => {
  const nobody = askers[0]!;
  const auditor = askers.find(({ role }) => role === 'auditor')!;
  let tried = 0;
  for (const key of keys.filter(
    (one) => table[one].body !== undefined && !openRoutes.includes(table[one].permission as 'anyone'),
  )) {
    const params = { id: 'not an id' };
    const body = { '\u0000': 'garbage' };
    const anonymous = await ask(key, nobody, { params, body });
    assert.equal(`${anonymous.status} ${anonymous.code}`, '401 session.missing', key);
    if (grantsOf('auditor')[table[key].permission as Permission] !== undefined) continue;
    const known = await ask(key, auditor, { params, body });
    assert.equal(`${known.status} ${known.code}`, '403 access.denied', key);
    tried += 1;
  }
  assert.ok(tried > 10, `only ${tried} routes`);
});

test('everybody present can sign out, and then the cookie opens nothing', async () => {
  for (const asker of askers.filter(({ key }) => key === undefined)) {
    const left = await ask(signOut, asker, examples[signOut](holdings[0]!.target));
    assert.equal(left.status, asker.standing === 'present' ? 200 : 401, asker.title);
    if (asker.standing !== 'present') continue;
    const got = await ask('GET /api/v1/session', asker, {});
    assert.equal(`${got.status} ${got.code}`, '401 session.expired', asker.title);
  }
});
