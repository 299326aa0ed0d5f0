/** What Lubart says of who sees what, held against what happens: over HTTP, with real people, roles and records. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { PersonAccessView, RolePreviewView, RoleView, ViewersView } from '#contract';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { addCompany, openInProcess, requireOk, setUpCompany, signIn, strangeId, until } from './running-lubart.ts';

let running: InProcess;
let company: Company;
let other: Company;
const cast: Record<string, Colleague> = {};
/** Records of different holders, by whose they are. */
const contacts: Record<string, string> = {};
const companies: Record<string, string> = {};

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  other = await addCompany(running);
  const sales = await company.addDepartment('Продажі');
  const north = await company.addDepartment('Продажі: північ', sales);
  const service = await company.addDepartment('Сервіс');
  const join = async (name: string, email: string, role: Colleague['role'], departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  cast['owner'] = company.owner;
  cast['head'] = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  cast['manager'] = await join('Тарас Мельник', 'taras.melnyk', 'manager', north);
  cast['colleague'] = await join('Соломія Ткачук', 'solomiia.tkachuk', 'manager', service);
  cast['support'] = await join('Лев Гончар', 'lev.honchar', 'support', service);
  cast['auditor'] = await join('Дарина Поліщук', 'daryna.polishchuk', 'auditor', company.rootId);
  for (const who of ['owner', 'head', 'manager', 'colleague']) {
    contacts[who] = await ask(cast[who]!, 'POST /api/v1/contacts', { body: { lastName: 'Коваль' } }).then(
      ({ id }) => id,
    );
    companies[who] = await ask(cast[who]!, 'POST /api/v1/companies', { body: { name: `Вежа ${who}` } }).then(
      ({ id }) => id,
    );
  }
  // Some of them are shared: with a person, with a department and what is below it, for reading and for editing.
  const share = (kind: 'contacts' | 'companies', whose: string, body: object) =>
    ask(cast[whose]!, `POST /api/v1/${kind}/:id/shares`, {
      params: { id: (kind === 'contacts' ? contacts : companies)[whose]! },
      body,
    });
  await share('contacts', 'owner', { personId: cast['colleague'].personId, right: 'edit' });
  await share('contacts', 'head', { departmentId: service, right: 'read' });
  await share('companies', 'colleague', { departmentId: sales, right: 'read' });
  await share('companies', 'owner', { personId: cast['auditor'].personId, right: 'read' }).then(
    () => assert.fail('an auditor reads no company'),
    () => {},
  );
});

type Given = Parameters<Colleague['client']['call']>[1];
async function ask<T = { id: string }>(who: Colleague, key: string, given: Given = {}): Promise<T> {
  const reply = await who.client.call(key as never, given);
  requireOk(reply);
  return reply.body as T;
}
const codeOf = async (who: Colleague, key: string, given: Given) => {
  const reply = await who.client.call(key as never, given);
  return reply.status === 200 ? null : (reply.body.error.code as string);
};
const roles = async () => (await ask<{ roles: RoleView[] }>(company.owner, 'GET /api/v1/roles')).roles;
const role = async (key: string) => (await roles()).find((one) => one.key === key)!;
const totalOf = async (who: Colleague, kind: 'contacts' | 'companies') => {
  const reply = await who.client.call(`GET /api/v1/${kind}` as never, { query: { count: 'true' } });
  return reply.status === 200 ? (reply.body.total as number) : 0;
};

test('who is said to see a record is exactly who gets it', async () => {
  let seen = 0;
  for (const [kind, ids] of Object.entries({ contacts, companies })) {
    for (const id of Object.values(ids)) {
      const said = await ask<ViewersView>(company.owner, `GET /api/v1/${kind}/:id/viewers`, { params: { id } });
      const got = new Set<string>();
      for (const who of Object.values(cast)) {
        if ((await codeOf(who, `GET /api/v1/${kind}/:id`, { params: { id } })) === null) got.add(who.personId);
      }
      assert.deepEqual(new Set(said.viewers.map((viewer) => viewer.id)), got, `${kind} ${id}`);
      assert.ok(said.viewers.every(({ reasons }) => reasons.length > 0));
      seen += got.size;
    }
  }
  assert.ok(seen > 15);
});

test('each viewer is told with the reason, the role, and what more they may do', async () => {
  const id = contacts['manager']!;
  const { viewers } = await ask<ViewersView>(company.owner, 'GET /api/v1/contacts/:id/viewers', { params: { id } });
  const of = (who: string) => viewers.find((viewer) => viewer.id === cast[who]!.personId)!;
  const whys = (who: string) => of(who).reasons.map(({ why, roles: by }) => [why, by.map(({ key }) => key)]);
  assert.deepEqual(whys('manager'), [['owner', ['manager']]]);
  assert.deepEqual(whys('head'), [['below', ['head']]]);
  assert.deepEqual(whys('support'), [['all', ['support']]]);
  assert.equal(viewers[0]!.name, 'Тарас Мельник', 'the nearest first');
  assert.ok(of('manager').may.includes('contact.update'));
  assert.deepEqual(of('support').may, ['contact.reveal']);
});

test('whom a colleague let in is told with the colleague’s name, for what and until when', async () => {
  const of = async (whose: string, who: string) => {
    const given = { params: { id: contacts[whose]! } };
    const { viewers } = await ask<ViewersView>(company.owner, 'GET /api/v1/contacts/:id/viewers', given);
    return viewers.find((viewer) => viewer.id === cast[who]!.personId)!;
  };
  const person = await of('owner', 'colleague');
  const { why, shared } = person.reasons[0]!;
  assert.deepEqual([why, shared?.byName, shared?.right], ['shared', company.owner.name, 'edit']);
  assert.deepEqual(person.may, ['contact.update'], 'and nothing more than was shared');
  const byDepartment = await of('head', 'support');
  assert.deepEqual(
    byDepartment.reasons.map((reason) => reason.why),
    ['all', 'shared'],
  );
});

test('a record that is out of reach, or of another company, is not explained', async () => {
  const given = (id: string) => ({ params: { id } });
  const viewers = 'GET /api/v1/contacts/:id/viewers';
  assert.equal(await codeOf(cast['colleague']!, viewers, given(contacts['manager']!)), 'contact.not_found');
  assert.equal(await codeOf(other.owner, viewers, given(contacts['manager']!)), 'contact.not_found');
  assert.equal(await codeOf(cast['auditor']!, viewers, given(contacts['manager']!)), 'access.denied');
  assert.equal(await codeOf(company.owner, viewers, given(strangeId())), 'contact.not_found');
  const access = 'GET /api/v1/people/:id/access';
  assert.equal(await codeOf(other.owner, access, given(cast['manager']!.personId)), 'person.not_found');
  assert.equal(await codeOf(cast['manager']!, access, given(company.owner.personId)), 'access.denied');
});

test('who may not see whose a record is does not learn it from the reasons', async () => {
  const { support } = cast;
  const id = contacts['manager']!;
  const supports = await role('support');
  assert.equal(await codeOf(support!, 'GET /api/v1/contacts/:id/viewers', { params: { id } }), null);
  const params = { id: supports.id };
  for (const [at, field] of ['ownerId', 'departmentId'].entries()) {
    const fieldRights = { ...supports.fieldRights, contact: { ...supports.fieldRights.contact, [field]: 'hidden' } };
    const body = { version: supports.version + at, fieldRights };
    await ask(company.owner, 'PATCH /api/v1/roles/:id', { params, body });
    assert.equal(
      await codeOf(support!, 'GET /api/v1/contacts/:id/viewers', { params: { id } }),
      'access.denied',
      field,
    );
  }
  await ask(company.owner, 'POST /api/v1/roles/:id/reset', { params });
});

test('what a person is said to see is what the person gets, by the numbers', async () => {
  for (const who of Object.values(cast)) {
    const given = { params: { id: who.personId } };
    const said = await ask<PersonAccessView>(company.owner, 'GET /api/v1/people/:id/access', given);
    assert.equal(said.contacts.count, await totalOf(who, 'contacts'), who.name);
    assert.equal(said.companies.count, await totalOf(who, 'companies'), who.name);
    const session = await ask<{ permissions: { permission: string; scope: string }[] }>(who, 'GET /api/v1/session');
    const granted = said.permissions.filter(({ scope }) => scope !== 'none');
    assert.deepEqual(
      granted.map(({ permission, scope }) => `${permission} ${scope}`).toSorted(),
      session.permissions.map(({ permission, scope }) => `${permission} ${scope}`).toSorted(),
    );
    assert.ok(granted.every(({ by }) => by.length > 0));
    assert.deepEqual(
      await ask<PersonAccessView>(who, 'GET /api/v1/profile/access'),
      said,
      'one’s own, without any right',
    );
  }
});

test('a role whose time is over counts for nothing in what is explained, swept or not', async () => {
  const { auditor } = cast;
  const { organizationId } = company;
  const support = await role('support');
  const { personId } = auditor!;
  const until = (seconds: number) => running.test.admin`
    INSERT INTO person_roles (organization_id, person_id, role_id, given_by, given_at, until)
    VALUES (${organizationId}, ${personId}, ${support.id}, ${company.owner.personId}, now() - interval '1 hour',
      now() + make_interval(secs => ${seconds}))
    ON CONFLICT (organization_id, person_id, role_id) DO UPDATE SET until = EXCLUDED.until`;
  const said = async () => {
    const given = { params: { id: personId } };
    const access = await ask<PersonAccessView>(company.owner, 'GET /api/v1/people/:id/access', given);
    const record = { params: { id: contacts['manager']! } };
    const { viewers } = await ask<ViewersView>(company.owner, 'GET /api/v1/contacts/:id/viewers', record);
    return [
      access.roles.some(({ id }) => id === support.id),
      access.contacts.count > 0,
      viewers.some(({ id }) => id === personId),
    ];
  };
  await until(600);
  assert.deepEqual(await said(), [true, true, true]);
  await until(-1);
  assert.deepEqual(await said(), [false, false, false]);
  assert.equal(
    await codeOf(auditor!, 'GET /api/v1/contacts/:id', { params: { id: contacts['manager']! } }),
    'access.denied',
  );
  await running.test.admin`DELETE FROM person_roles WHERE person_id = ${personId} AND role_id = ${support.id}`;
});

test('who does not see the clients is told tens of them, and of oneself everything', async () => {
  const { auditor, colleague } = cast;
  const access = (who: Colleague, id: string) =>
    ask<PersonAccessView>(who, 'GET /api/v1/people/:id/access', { params: { id } });
  const exact = await access(company.owner, colleague!.personId);
  assert.ok(exact.contacts.count > 0 && exact.contacts.about === undefined);
  const { contacts, companies } = await access(auditor!, colleague!.personId);
  assert.deepEqual([contacts.about, contacts.count % 10, companies.about], [true, 0, true]);
  assert.equal((await access(auditor!, auditor!.personId)).contacts.about, undefined);
});

test('what would change is what changes', async () => {
  const managers = await role('manager');
  const grants = { ...managers.grants, 'contact.read': 'department', 'company.read': 'none', 'contact.import': 'none' };
  const before = await totals();
  const preview = await ask<RolePreviewView>(company.owner, 'POST /api/v1/roles/:id/preview', {
    params: { id: managers.id },
    body: { grants, fieldRights: { contact: { notes: 'hidden' } } },
  });
  assert.deepEqual(await totals(), before, 'asking changes nothing');
  assert.deepEqual([preview.peopleCount, preview.widerCount, preview.narrowerCount], [2, 2, 2]);
  await ask(company.owner, 'PATCH /api/v1/roles/:id', {
    params: { id: managers.id },
    body: { version: managers.version, grants, fieldRights: { contact: { notes: 'hidden' } } },
  });
  const after = await totals();
  for (const who of ['manager', 'colleague']) {
    const said = preview.people.find(({ id }) => id === cast[who]!.personId)!;
    assert.deepEqual([said.contacts!.before.count, said.contacts!.after.count], [before[who]![0], after[who]![0]], who);
    assert.deepEqual(
      [said.companies!.before.count, said.companies!.after.count],
      [before[who]![1], after[who]![1]],
      who,
    );
    assert.deepEqual(said.fields, [{ record: 'contact', field: 'notes', before: 'open', after: 'hidden' }]);
    assert.ok(said.grants.some((one) => one.permission === 'contact.import' && one.after === 'none'));
  }
  await ask(company.owner, 'POST /api/v1/roles/:id/reset', { params: { id: managers.id } });
});

const totals = async (): Promise<Record<string, number[]>> => {
  const found: Record<string, number[]> = {};
  for (const [name, who] of Object.entries(cast)) {
    found[name] = [await totalOf(who, 'contacts'), await totalOf(who, 'companies')];
  }
  return found;
};

test('a person whose other role gives the same is not said to lose it', async () => {
  const { manager } = cast;
  const person = { params: { id: manager!.personId } };
  await ask(company.owner, 'PATCH /api/v1/people/:id', { ...person, body: { roles: ['manager', 'support'] } });
  const managers = await role('manager');
  const body = { grants: { ...managers.grants, 'contact.read': 'none' }, fieldRights: {} };
  const key = 'POST /api/v1/roles/:id/preview';
  const said = await ask<RolePreviewView>(company.owner, key, { params: { id: managers.id }, body });
  const theirs = said.people.find(({ id }) => id === manager!.personId);
  assert.equal(theirs?.grants.some(({ permission }) => permission === 'contact.read') ?? false, false);
  assert.ok(said.people.some(({ id }) => id === cast['colleague']!.personId));
  await ask(company.owner, 'PATCH /api/v1/people/:id', { ...person, body: { roles: ['manager'] } });
});

test('a preview refuses what saving would refuse, and the refusal is written down', async () => {
  const refused = async (who: Colleague, id: string, grants = {}) =>
    codeOf(who, 'POST /api/v1/roles/:id/preview', { params: { id }, body: { grants, fieldRights: {} } });
  assert.equal(await refused(company.owner, (await role('owner')).id), 'role.fixed');
  assert.equal(await refused(other.owner, (await role('manager')).id), 'role.not_found');
  assert.equal(await refused(cast['head']!, (await role('manager')).id), 'access.denied');
  const made = await ask<RoleView>(company.owner, 'POST /api/v1/roles', {
    body: { name: 'Веде ролі', grants: { 'role.read': 'all', 'role.update': 'all' } },
  });
  const person = { params: { id: cast['colleague']!.personId } };
  await ask(company.owner, 'PATCH /api/v1/people/:id', { ...person, body: { roles: ['manager', made.id] } });
  await signIn(cast['colleague']!.client, cast['colleague']!);
  assert.equal(await refused(cast['colleague']!, made.id, { 'contact.read': 'all' }), 'role.beyond_own');
  await until('the refusal in the log', 5, async () => {
    await running.lubart.auditLog.flush();
    const rows = await running.test.admin`
      SELECT bytes FROM audit_entries WHERE actor_id = ${cast['colleague']!.personId} AND outcome = 'refused'`;
    return rows.some((row) => (row['bytes'] as Buffer).toString('utf8').includes('role.beyond_own'));
  });
});
