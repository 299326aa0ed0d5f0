/**
 * A key of a program opens no more than its person has at this moment and its roles name, from where it is allowed, until it ends;
 * it signs nobody in, changes no door, and is found nowhere but with its owner.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { before, test } from 'node:test';
import type { RouteKey } from '#contract';
import { keyRoutes, routes, stepUpRoutes } from '#contract';
import { callAs } from './cast.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { addCompany, openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';

let running: InProcess;
let company: Company;
let manager: Colleague;
let colleague: Colleague;
let officer: Colleague;
let ownContact: string;
let foreignContact: string;
const logged: string[] = [];

before(async () => {
  const log = (facts: object, text: string) => void logged.push(JSON.stringify(facts) + text);
  running = await openInProcess({ info: log, warn: log, error: log });
  company = await setUpCompany(running.origin, running.setupToken);
  await giveKeysToManagers();
  const join = (name: string, email: string, role: 'manager' | 'security-officer', departmentId = company.rootId) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  manager = await join('Тарас Мельник', 'taras.melnyk', 'manager');
  colleague = await join('Соломія Ткачук', 'solomiia.tkachuk', 'manager');
  officer = await join('Юлія Бондар', 'yuliia.bondar', 'security-officer');
  ownContact = await addContact(manager, 'Коваль');
  foreignContact = await addContact(colleague, 'Шевчук');
});

/** Managers of this company make keys of their own. */
async function giveKeysToManagers() {
  const { roles } = (await company.owner.client.call('GET /api/v1/roles')).body;
  const { id, version, grants } = roles.find(({ key }: { key: string }) => key === 'manager');
  requireOk(
    await company.owner.client.call('PATCH /api/v1/roles/:id', {
      params: { id },
      body: { version, grants: { ...grants, 'api-key.update': 'own' } },
    }),
  );
}

async function addContact(who: Colleague, lastName: string): Promise<string> {
  const made = await who.client.call('POST /api/v1/contacts', {
    body: { lastName, phones: [{ number: '050 000 00 11' }] },
  });
  requireOk(made);
  return made.body.id;
}

type MadeKey = { id: string; secret: string };
async function makeKey(who: Colleague, given: object = {}): Promise<MadeKey> {
  const made = await who.client.call('POST /api/v1/api-keys', { body: { name: 'Сайт', roles: ['manager'], ...given } });
  requireOk(made);
  return { id: made.body.key.id, secret: made.body.secret };
}

async function ask(secret: string, route: RouteKey, given: { id?: string; body?: unknown; headers?: object } = {}) {
  const [method, path] = route.split(' ') as [string, string];
  const response = await fetch(running.origin + path.replace(':id', given.id ?? ''), {
    method,
    headers: {
      authorization: `Bearer ${secret}`,
      ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...given.headers,
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  });
  const body = JSON.parse(await response.text());
  return {
    status: response.status,
    code: (body.error?.code ?? null) as string | null,
    body,
    headers: response.headers,
  };
}
const codeOf = async (...given: Parameters<typeof ask>) => (await ask(...given)).code;
const forget = () => new Promise((resolve) => setTimeout(resolve, 1_100));

type Entry = {
  event: string;
  reason: string | null;
  key?: string;
  session: string | null;
  actor: { id: string | null };
};
async function entries(): Promise<Entry[]> {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`SELECT bytes FROM audit_entries ORDER BY id`;
  return rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')));
}
async function requireDenied(keyId: string, reason: string) {
  const found = (await entries()).filter(
    ({ event, key, reason: why }) => event.endsWith('denied') && key === keyId && why === reason,
  );
  assert.ok(found.length > 0, `no entry of ${reason}`);
}

test('a program works with the clients of its person, and the log says which key did it', async () => {
  const { id, secret } = await makeKey(manager);
  const made = await ask(secret, 'POST /api/v1/contacts', { body: { lastName: 'Бойко' } });
  assert.equal(made.status, 200);
  const changed = await ask(secret, 'PATCH /api/v1/contacts/:id', {
    id: made.body.id,
    body: { version: made.body.version, changes: { lastName: 'Бойчук' } },
  });
  assert.ok(changed.status === 200 || changed.code === 'request.invalid', String(changed.code));
  assert.equal((await ask(secret, 'GET /api/v1/contacts')).status, 200);
  assert.equal((await ask(secret, 'POST /api/v1/contacts/find', { body: { text: 'Бойко' } })).status, 200);
  const [entry] = (await entries()).filter(({ event, key }) => event === 'contact.created' && key === id);
  assert.deepEqual([entry?.actor.id, entry?.session], [manager.personId, null]);
  const listed = await until('last use', 5, async () => {
    const { body } = await manager.client.call('GET /api/v1/api-keys');
    return body.keys.find((key: { id: string; lastUsedAt: string | null }) => key.id === id && key.lastUsedAt !== null);
  });
  assert.equal(listed.lastAddress, '127.0.0.1');
});

test('the secret is kept as a hash only, and stands in no log and no entry', async () => {
  const { id, secret } = await makeKey(manager);
  await ask(secret, 'GET /api/v1/contacts');
  const [row] = await running.test.admin`SELECT * FROM api_keys WHERE id = ${id}`;
  assert.ok((row!['secret_hash'] as Buffer).equals(createHash('sha256').update(secret).digest()));
  const random = secret.slice(40);
  assert.ok(!JSON.stringify(row).includes(random.slice(0, 12)));
  assert.ok(logged.length > 10 && !logged.some((line) => line.includes(random)));
  assert.ok(!JSON.stringify(await entries()).includes(random));
  assert.match(secret, /^lubart_[0-9a-f]{32}_[0-9A-Za-z]{49}$/);
});

test('a key is never wider than its person: not by a wider role, not after the person lost a right', async () => {
  const { id, secret } = await makeKey(manager, { roles: ['owner'] });
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts/:id', { id: ownContact }), null);
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts/:id', { id: foreignContact }), 'contact.not_found');
  const narrow = await makeKey(company.owner, { roles: ['manager'] });
  assert.equal(await codeOf(narrow.secret, 'GET /api/v1/contacts/:id', { id: ownContact }), 'contact.not_found');
  const change = (roles: string[]) =>
    company.owner.client.call('PATCH /api/v1/people/:id', { params: { id: manager.personId }, body: { roles } });
  requireOk(await change(['security-officer']));
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), 'access.denied');
  await requireDenied(id, 'access.denied');
  requireOk(await change(['manager']));
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), null);
  manager = { ...manager, client: await freshClient(manager) };
});

async function freshClient(who: Colleague) {
  const { openClient } = await import('./client.ts');
  const { signIn } = await import('./running-lubart.ts');
  const client = openClient(running.origin);
  await signIn(client, who);
  return client;
}

test('what the key’s role hides stays hidden, whatever its person sees', async () => {
  const { roles } = (await company.owner.client.call('GET /api/v1/roles')).body;
  const grants = { 'contact.read': 'all' };
  assert.ok(roles.length > 5);
  const made = await company.owner.client.call('POST /api/v1/roles', {
    body: { name: 'Сайт без телефонів', grants, fieldRights: { contact: { phones: 'hidden', lastName: 'masked' } } },
  });
  requireOk(made);
  const { secret } = await makeKey(company.owner, { roles: [made.body.id] });
  const seen = await ask(secret, 'GET /api/v1/contacts/:id', { id: ownContact });
  assert.equal(seen.status, 200);
  assert.ok(!JSON.stringify(seen.body).includes('000011') && !JSON.stringify(seen.body).includes('Коваль'));
  assert.equal(await codeOf(secret, 'POST /api/v1/contacts', { body: { lastName: 'Х' } }), 'access.denied');
});

test('a key does not go on without a role that was deleted: what it forbade would be open', async () => {
  const made = await company.owner.client.call('POST /api/v1/roles', {
    body: { name: 'Без телефонів', grants: {}, fieldRights: { contact: { phones: 'never' } } },
  });
  requireOk(made);
  const { id, secret } = await makeKey(manager, { roles: ['manager', made.body.id] });
  const read = () => ask(secret, 'GET /api/v1/contacts/:id', { id: ownContact });
  const seen = await read();
  assert.deepEqual([seen.status, JSON.stringify(seen.body).includes('000011')], [200, false]);
  requireOk(await company.owner.client.call('DELETE /api/v1/roles/:id', { params: { id: made.body.id } }));
  await forget();
  assert.equal((await read()).code, 'api-key.refused');
  await requireDenied(id, 'api-key.refused');
});

test('the key of a head reaches the own department and what is below it now; so do the keys that a head may revoke', async () => {
  const { owner } = company;
  const sales = await company.addDepartment('Продажі');
  const north = await company.addDepartment('Продажі: північ', sales);
  const service = await company.addDepartment('Сервіс');
  const { roles } = (await owner.client.call('GET /api/v1/roles')).body;
  const { id, version, grants } = roles.find(({ key }: { key: string }) => key === 'head');
  const body = { version, grants: { ...grants, 'api-key.update': 'department' } };
  requireOk(await owner.client.call('PATCH /api/v1/roles/:id', { params: { id }, body }));
  const join = (name: string, email: string, role: 'head' | 'manager', departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  const head = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  const below = await join('Лев Гончар', 'lev.honchar', 'manager', north);
  const beside = await join('Юрій Новак', 'yurii.novak', 'manager', service);
  const contacts = [await addContact(head, 'Бондаренко'), await addContact(below, 'Кравець')];
  const others = [await addContact(beside, 'Мельник'), await addContact(owner, 'Шевчук')];
  const { secret } = await makeKey(head, { roles: ['head'] });
  const sees = (contact: string) => codeOf(secret, 'GET /api/v1/contacts/:id', { id: contact });
  for (const contact of contacts) assert.equal(await sees(contact), null);
  for (const contact of others) assert.equal(await sees(contact), 'contact.not_found');
  // Whose keys: not those of a colleague beside, nor of whoever works above.
  const [theirs, besides, above] = [await makeKey(below), await makeKey(beside), await makeKey(owner)];
  const { keys } = (await head.client.call('GET /api/v1/api-keys')).body;
  assert.deepEqual(
    new Set(keys.map(({ person }: { person: { id: string } }) => person.id)),
    new Set([head.personId, below.personId]),
  );
  const revoke = async (key: MadeKey) =>
    (await head.client.call('DELETE /api/v1/api-keys/:id', { params: { id: key.id } })).body.error?.code ?? null;
  assert.deepEqual(
    [await revoke(besides), await revoke(above), await revoke(theirs)],
    ['api-key.not_found', 'api-key.not_found', null],
  );
  // The department goes elsewhere: what the key reaches goes with it.
  const moved = { params: { id: north }, body: { parentId: service } };
  requireOk(await owner.client.call('PATCH /api/v1/departments/:id', moved));
  await forget();
  assert.deepEqual([await sees(contacts[0]!), await sees(contacts[1]!)], [null, 'contact.not_found']);
});

test('a stolen key opens nothing from another network, and the organization’s own list counts beside it', async () => {
  const far = await makeKey(manager, { networks: ['203.0.113.0/24'] });
  assert.equal(await codeOf(far.secret, 'GET /api/v1/contacts'), 'session.network_denied');
  await requireDenied(far.id, 'session.network_denied');
  const near = await makeKey(manager, { networks: ['127.0.0.0/8', '::1'] });
  assert.equal(await codeOf(near.secret, 'GET /api/v1/contacts'), null);
  const place = '01890000-0000-7000-8000-000000000001';
  const rules = {
    places: [{ id: place, name: 'Офіс', ranges: ['203.0.113.0/24'] }],
    organization: { anywhere: true, places: [] },
    roles: [],
    people: [{ personId: manager.personId, anywhere: false, places: [place] }],
  };
  const set = async (networks: object) => {
    const { body } = await company.owner.client.call('GET /api/v1/security/rules');
    requireOk(
      await company.owner.client.call('PUT /api/v1/security/rules', {
        body: { version: body.version, change: { networks } },
      }),
    );
  };
  await set(rules);
  assert.equal(await codeOf(near.secret, 'GET /api/v1/contacts'), 'session.network_denied');
  await set({ ...rules, people: [] });
  assert.equal(await codeOf(near.secret, 'GET /api/v1/contacts'), null);
  const refused = await manager.client.call('POST /api/v1/api-keys', {
    body: { name: 'Усюди', roles: ['manager'], networks: ['0.0.0.0/0'] },
  });
  assert.deepEqual([refused.body.error.code, refused.body.error.field], ['security.range_invalid', 'networks']);
});

test('outside the hours of its person a key opens nothing', async () => {
  const { id, secret } = await makeKey(manager);
  const set = async (people: object[]) => {
    const { body } = await company.owner.client.call('GET /api/v1/security/rules');
    const change = { hours: { organization: null, roles: [], people } };
    requireOk(
      await company.owner.client.call('PUT /api/v1/security/rules', { body: { version: body.version, change } }),
    );
  };
  const anotherDay = ((new Date().getUTCDay() + 3) % 7) + 1;
  const hours = { days: [anotherDay], from: '00:00', to: '23:59' };
  await set([{ personId: manager.personId, hours }]);
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), 'session.hours_denied');
  await requireDenied(id, 'session.hours_denied');
  await set([]);
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), null);
});

test('nobody has keys without end: so many at a time, each with roles that there are', async () => {
  const made = (roles: string[]) => colleague.client.call('POST /api/v1/api-keys', { body: { name: 'Сайт', roles } });
  const unknown = await made(['01890000-0000-7000-8000-000000000002']);
  assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'role.not_found']);
  const { id } = await makeKey(colleague);
  await running.test.admin`
    INSERT INTO api_keys (organization_id, id, person_id, sealed, hint, secret_hash, role_ids, networks, days, created_at,
      renewed_at, expires_at)
    SELECT organization_id, gen_random_uuid(), person_id, sealed, hint, sha256(n::text::bytea), role_ids, networks, days,
      created_at, renewed_at, expires_at FROM api_keys, generate_series(1, 18) AS n WHERE id = ${id}`;
  requireOk(await made(['manager']));
  const above = await made(['manager']);
  assert.deepEqual([above.status, above.body.error.code], [409, 'api-key.limit']);
  await running.test.admin`DELETE FROM api_keys WHERE person_id = ${colleague.personId}`;
});

test('revoked, expired and rotated keys open nothing more; a rotation leaves a day', async () => {
  const { id, secret } = await makeKey(manager);
  const renewed = await manager.client.call('POST /api/v1/api-keys/:id/rotate', { params: { id } });
  requireOk(renewed);
  const second = renewed.body.secret as string;
  assert.deepEqual(
    [await codeOf(secret, 'GET /api/v1/contacts'), await codeOf(second, 'GET /api/v1/contacts')],
    [null, null],
  );
  await running.test.admin`UPDATE api_keys SET previous_until = now() - interval '1 second' WHERE id = ${id}`;
  await forget();
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), 'api-key.refused');
  assert.equal(await codeOf(second, 'GET /api/v1/contacts'), null);
  await running.test
    .admin`UPDATE api_keys SET renewed_at = now() - interval '2 days', expires_at = now() - interval '1 second' WHERE id = ${id}`;
  await forget();
  assert.equal(await codeOf(second, 'GET /api/v1/contacts'), 'api-key.refused');
  await requireDenied(id, 'api-key.refused');
  const other = await makeKey(manager);
  requireOk(await officer.client.call('DELETE /api/v1/api-keys/:id', { params: { id: other.id } }));
  assert.equal(await codeOf(other.secret, 'GET /api/v1/contacts'), 'api-key.refused', 'at once, not after a second');
});

test('whoever may revoke a colleague’s key cannot get its secret, and a colleague without that right sees none', async () => {
  const { id } = await makeKey(manager);
  const rotate = await officer.client.call('POST /api/v1/api-keys/:id/rotate', { params: { id } });
  assert.equal(rotate.body.error.code, 'api-key.not_found');
  const seen = await colleague.client.call('GET /api/v1/api-keys');
  assert.ok(seen.body.keys.every((key: { own: boolean }) => key.own));
  const revoke = await colleague.client.call('DELETE /api/v1/api-keys/:id', { params: { id } });
  assert.equal(revoke.body.error.code, 'api-key.not_found');
  const all = await officer.client.call('GET /api/v1/api-keys');
  assert.ok(all.body.keys.some((key: { id: string }) => key.id === id));
  const other = await addCompany(running);
  assert.deepEqual((await other.owner.client.call('GET /api/v1/api-keys')).body.keys, []);
});

test('who was dismissed, or lost the right to keys, between the question and the answer makes none and renews none', async () => {
  const who = await company.join({
    name: 'Софія Бондар',
    email: 'sofiia.bondar@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  const { signIn } = running.lubart;
  const { id } = await makeKey(who);
  const stale = (await signIn.actorById(company.organizationId, who.personId))!;
  const body = { name: 'Запізнілий', roles: ['manager'] };
  const late = () =>
    Promise.all(
      [
        callAs(signIn, 'POST /api/v1/api-keys', stale, { body }),
        callAs(signIn, 'POST /api/v1/api-keys/:id/rotate', stale, { params: { id } }),
      ].map((work) =>
        work.then(
          () => null,
          (error: unknown) => (error as { code?: unknown }).code,
        ),
      ),
    );
  const set = (given: object) =>
    company.owner.client.call('PATCH /api/v1/people/:id', { params: { id: who.personId }, body: given });
  requireOk(await set({ roles: ['auditor'] }));
  assert.deepEqual(await late(), ['access.denied', 'access.denied'], 'the right');
  requireOk(await set({ roles: ['manager'] }));
  requireOk(await set({ active: false }));
  assert.deepEqual(await late(), ['access.denied', 'access.denied'], 'dismissed');
  const rows = await running.test.admin`SELECT 1 FROM api_keys WHERE person_id = ${who.personId}`;
  assert.equal(rows.length, 1);
});

test('the key of somebody dismissed is over at once, and coming back does not open it again', async () => {
  const who = await company.join({
    name: 'Назар Клименко',
    email: 'nazar.klymenko@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  const { secret } = await makeKey(who);
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), null);
  const set = (active: boolean) =>
    company.owner.client.call('PATCH /api/v1/people/:id', { params: { id: who.personId }, body: { active } });
  requireOk(await set(false));
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), 'api-key.refused');
  requireOk(await set(true));
  assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), 'api-key.refused');
});

test('a key does nothing but what the contract’s list opens: no sign-in, no rules, no keys, no acts that ask for a fresh proof', async () => {
  const { id, secret } = await makeKey(company.owner, { roles: ['owner'] });
  const proved = new Set<string>(stepUpRoutes);
  assert.deepEqual(
    keyRoutes.filter((route) => proved.has(route)),
    [],
  );
  const open = new Set<string>(keyRoutes);
  const closed = (Object.keys(routes) as RouteKey[]).filter((route) => !open.has(route));
  assert.ok(closed.length > 90);
  for (const route of closed) {
    const asked = () => codeOf(secret, route, { id: ownContact });
    let code = await asked();
    while (code === 'api-key.too_many') {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      code = await asked();
    }
    assert.equal(code, proved.has(route) ? 'api-key.no_step_up' : 'api-key.route_closed', route);
  }
  const left = (await entries()).filter(({ key }) => key === id);
  assert.ok(left.length > 90 && left.every(({ event }) => event === 'api-key.denied'));
});

test('a key beside a browser’s session, twice, in an address or in another form is refused', async () => {
  const { secret } = await makeKey(manager);
  const { secret: other } = await makeKey(manager);
  const list: RouteKey = 'GET /api/v1/contacts';
  assert.equal(await codeOf(secret, list, { headers: { cookie: manager.client.cookie } }), 'api-key.with_cookie');
  assert.equal(await codeOf(secret, list, { headers: { cookie: '__Host-lubart=x' } }), 'api-key.with_cookie');
  const inAddress = await fetch(`${running.origin}/api/v1/contacts?access_token=${secret}`);
  assert.equal(((await inAddress.json()) as { error: { code: string } }).error.code, 'api-key.in_address');
  const hidden = await fetch(`${running.origin}/api/v1/contacts?k=${secret.replace('_', '%5F')}`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  assert.equal(((await hidden.json()) as { error: { code: string } }).error.code, 'api-key.in_address');
  const twice = (...values: string[]) =>
    new Promise<string>((resolve, reject) => {
      const asked = httpRequest(
        `${running.origin}/api/v1/contacts`,
        {
          headers: [
            ['Host', new URL(running.origin).host],
            ...values.map((value) => ['Authorization', value]),
          ].flat() as never,
        },
        (response) => {
          let text = '';
          response
            .on('data', (part) => (text += part))
            .on('end', () => resolve(JSON.parse(text).error?.code ?? 'admitted'));
        },
      );
      asked.on('error', reject).end();
    });
  assert.equal(await twice(`Bearer ${secret}`), 'admitted');
  assert.equal(await twice(`Bearer ${secret}`, `Bearer ${other}`), 'api-key.refused');
  assert.equal(await twice('Basic eDp5', `Bearer ${other}`), 'api-key.refused');
  for (const form of [
    `Bearer ${secret}x`,
    `Bearer ${secret} x`,
    'Bearer',
    `Bearer ${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`,
    `Bearer ${secret},${other}`,
  ])
    assert.equal(await twice(form), 'api-key.refused', form.slice(0, 12));
  assert.equal(await twice(`Basic ${secret}`), 'session.missing');
});

test('a request by key needs no origin, and no page of another site is told it may read the answer', async () => {
  const { secret } = await makeKey(manager);
  const headers = { origin: 'https://zlodii.example', 'sec-fetch-site': 'cross-site' };
  const made = await ask(secret, 'POST /api/v1/contacts', { body: { lastName: 'Олійник' }, headers });
  assert.equal(made.status, 200);
  assert.equal(made.headers.get('access-control-allow-origin'), null);
  const asked = await fetch(`${running.origin}/api/v1/contacts`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://zlodii.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  assert.ok(!asked.ok && asked.headers.get('access-control-allow-origin') === null);
});

test('revoking one key ends that one, once: not the others of its person, nor those of anybody else', async () => {
  const [first, second, theirs] = [await makeKey(manager), await makeKey(manager), await makeKey(colleague)];
  const rows = async (...but: string[]) =>
    (
      await running.test.admin`
      SELECT (k.id, k.revoked_at, k.last_used_at)::text AS text FROM api_keys k WHERE id <> ALL (${but}::uuid[]) ORDER BY id`
    ).map(({ text }) => text);
  // A key that is used says so of itself alone, and not again within the minute.
  await running.lubart.signIn.close(); // “last used” of the tests before is written
  const before = await rows(theirs.id);
  const used = async () =>
    (await running.test.admin`SELECT last_used_at FROM api_keys WHERE id = ${theirs.id}`)[0]![
      'last_used_at'
    ] as Date | null;
  assert.equal(await codeOf(theirs.secret, 'GET /api/v1/contacts'), null);
  await until('last use', 5, used);
  assert.deepEqual(await rows(theirs.id), before);
  const others = await rows(first.id);
  const { client } = manager;
  const revoke = () => client.call('DELETE /api/v1/api-keys/:id', { params: { id: first.id } });
  requireOk(await revoke());
  assert.equal((await revoke()).body.error.code, 'api-key.not_found');
  const rotated = await client.call('POST /api/v1/api-keys/:id/rotate', { params: { id: first.id }, body: {} });
  assert.equal(rotated.body.error.code, 'api-key.not_found');
  assert.deepEqual(await rows(first.id), others);
  await forget();
  assert.equal(await codeOf(first.secret, 'GET /api/v1/contacts'), 'api-key.refused');
  for (const { secret } of [second, theirs]) assert.equal(await codeOf(secret, 'GET /api/v1/contacts'), null);
});

test('a program in a loop is told to wait, and how long; another key is not held up', async () => {
  const { secret } = await makeKey(colleague);
  const { secret: calm } = await makeKey(colleague);
  const stopped: Awaited<ReturnType<typeof ask>>[] = [];
  // A slow machine asks more slowly than the bucket fills; how many are let through is tested beside it, with a clock of its own.
  for (let round = 0; stopped.length === 0 && round < 20; round += 1) {
    const answers = await Promise.all(Array.from({ length: 250 }, () => ask(secret, 'GET /api/v1/setup')));
    stopped.push(...answers.filter(({ code }) => code === 'api-key.too_many'));
  }
  assert.ok(stopped.length > 0);
  assert.equal(stopped[0]!.status, 429);
  assert.ok(Number(stopped[0]!.headers.get('retry-after')) >= 1);
  assert.equal(await codeOf(calm, 'GET /api/v1/contact-tags'), null);
});

test('guessing: well-formed keys that nobody has are soon not looked for, and a good key from there still works', async () => {
  const { newSecret } = await import('../server/protections/sign-in/api-keys/key-form.ts');
  const { secret } = await makeKey(colleague);
  assert.equal(await codeOf(secret, 'GET /api/v1/contact-tags'), null);
  const codes: (string | null)[] = [];
  for (let at = 0; at < 40; at += 1)
    codes.push(await codeOf(newSecret(company.organizationId).secret, 'GET /api/v1/contact-tags'));
  assert.equal(codes[0], 'api-key.refused');
  assert.ok(codes.filter((code) => code === 'api-key.too_many').length >= 5);
  await forget();
  assert.equal(await codeOf(secret, 'GET /api/v1/contact-tags'), null);
});

test('a key ends within a year and after ninety days when nothing is said; its owner gets one letter a week before', async () => {
  const refused = await manager.client.call('POST /api/v1/api-keys', {
    body: { name: 'Вічний', roles: ['manager'], days: 366 },
  });
  assert.equal(refused.body.error.code, 'request.invalid');
  const { id } = await makeKey(manager);
  const [row] = await running.test
    .admin`SELECT (expires_at - created_at) = interval '90 days' AS ninety FROM api_keys WHERE id = ${id}`;
  assert.equal(row!['ninety'], true);
  await running.test.admin`UPDATE api_keys SET expires_at = now() + interval '6 days' WHERE id = ${id}`;
  const told = async () => {
    await running.lubart.signIn.tellEndingKeys();
    const rows = await running.test.admin`SELECT told_at FROM api_keys WHERE told_at IS NOT NULL`;
    return rows.map((one) => (one['told_at'] as Date).getTime());
  };
  const first = await told();
  assert.equal(first.length, 1);
  assert.deepEqual(await told(), first);
});

test('of an end that is near hears, once, whoever can still use the key; a new secret ends anew', async () => {
  const { admin } = running.test;
  const gone = await company.join({
    name: 'Софія Лисенко',
    email: 'sofiia.lysenko@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  const made: string[] = [];
  const endsIn = async (who: Colleague, end: string) => {
    const { id } = await makeKey(who);
    made.push(id);
    await admin`UPDATE api_keys SET told_at = NULL, renewed_at = now() - interval '90 days',
      expires_at = now() + ${end}::text::interval WHERE id = ${id}`;
    return id;
  };
  const soon = await endsIn(manager, '7 days');
  await endsIn(manager, '7 days 1 hour');
  await endsIn(manager, '-1 seconds');
  const revoked = await endsIn(manager, '6 days');
  requireOk(await manager.client.call('DELETE /api/v1/api-keys/:id', { params: { id: revoked } }));
  // Past every door: the key of somebody dismissed is revoked as well.
  await endsIn(gone, '6 days');
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${gone.personId}`;
  const told = async () => {
    await admin`UPDATE api_keys SET told_at = '2026-01-01' WHERE told_at IS NOT NULL`;
    await running.lubart.signIn.tellEndingKeys();
    const rows = await admin`SELECT id FROM api_keys WHERE id = ANY (${made}::uuid[]) AND told_at > '2026-01-01'`;
    return rows.map(({ id }) => id as string);
  };
  assert.deepEqual(await told(), [soon]);
  assert.deepEqual(await told(), []);
  requireOk(await manager.client.call('POST /api/v1/api-keys/:id/rotate', { params: { id: soon } }));
  await admin`UPDATE api_keys SET renewed_at = now() - interval '90 days', expires_at = now() + interval '6 days' WHERE id = ${soon}`;
  assert.deepEqual(await told(), [soon]);
  await admin`DELETE FROM api_keys WHERE id = ANY (${made}::uuid[])`;
});

test('the posture tells of keys that nobody uses and of keys as wide as an owner', async () => {
  const check = running.lubart.posture.find((one) => one.id === 'sign-in.api_keys')!;
  await running.test
    .admin`UPDATE api_keys SET last_used_at = now() - interval '91 days' WHERE person_id = ${colleague.personId}`;
  const { ok, evidence } = await check.run();
  assert.equal(ok, false);
  assert.ok((evidence['unused'] as number) >= 1 && (evidence['wide'] as number) >= 1, JSON.stringify(evidence));
});
