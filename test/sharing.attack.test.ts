/**
 * What is shared is read (or edited) by whom it was shared with, until it ends, and nothing more: not passed on, not handed over,
 * not exported, not put into the trash, not found by an import, not read in its past; by the API and below it in SQL.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from '#database';
import type { ViewersView } from '#contract';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import {
  addCompany,
  importEnd,
  openInProcess,
  requireOk,
  setUpCompany,
  signIn,
  startImport,
  strangeId,
  until,
} from './running-lubart.ts';
import { sharesPerRecordMax } from '#protections/access';
import { takeCsv } from './take-csv.ts';

let running: InProcess;
let company: Company;
let other: Company;
let head: Colleague;
let manager: Colleague;
let colleague: Colleague;
let support: Colleague;
let auditor: Colleague;
let north: string;
let service: string;

type Given = Parameters<Colleague['client']['call']>[1];
const call = (who: Colleague, key: string, given: Given = {}) => who.client.call(key as never, given);
async function ask<T = { id: string }>(who: Colleague, key: string, given: Given = {}): Promise<T> {
  const reply = await call(who, key, given);
  requireOk(reply);
  return reply.body as T;
}
const codeOf = async (who: Colleague, key: string, given: Given = {}): Promise<string | null> => {
  const reply = await call(who, key, given);
  return reply.status === 200 ? null : (reply.body.error.code as string);
};

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  other = await addCompany(running);
  const sales = await company.addDepartment('Продажі');
  north = await company.addDepartment('Продажі: північ', sales);
  service = await company.addDepartment('Сервіс');
  const join = (name: string, email: string, role: Colleague['role'], departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  head = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  manager = await join('Тарас Мельник', 'taras.melnyk', 'manager', north);
  colleague = await join('Соломія Ткачук', 'solomiia.tkachuk', 'manager', service);
  support = await join('Лев Гончар', 'lev.honchar', 'support', service);
  auditor = await join('Дарина Поліщук', 'daryna.polishchuk', 'auditor', company.rootId);
});

let counter = 0;
type Client = { id: string; companyId: string; lastName: string };
/** A client of the colleague, with a company. */
async function makeClient(edrpou = ''): Promise<Client> {
  counter += 1;
  const lastName = `Скарбничук${'абвгдежзиклмнопрст'[counter]}`;
  const firm = await ask(colleague, 'POST /api/v1/companies', {
    body: { name: `Скриня ${counter}`, edrpou },
  });
  const contact = await ask(colleague, 'POST /api/v1/contacts', {
    body: {
      lastName,
      phones: [{ number: `+3806700077${10 + counter}` }],
      tags: [`скарб${counter}`],
      companyId: firm.id,
    },
  });
  return { id: contact.id, companyId: firm.id, lastName };
}

const share = (who: Colleague, id: string, body: object, kind = 'contacts') =>
  call(who, `POST /api/v1/${kind}/:id/shares`, { params: { id }, body });
async function shared(id: string, body: object, who = colleague, kind = 'contacts'): Promise<string> {
  const reply = await share(who, id, body, kind);
  requireOk(reply);
  return reply.body.shares[0].id as string;
}
const opens = (who: Colleague, id: string, kind = 'contacts') =>
  codeOf(who, `GET /api/v1/${kind}/:id`, { params: { id } });
const update = (who: Colleague, id: string, version: number, changes: object) =>
  codeOf(who, 'PATCH /api/v1/contacts/:id', { params: { id }, body: { version, changes } });
const listed = async (who: Colleague, query: Record<string, string> = {}, kind = 'contacts') => {
  const reply = await call(who, `GET /api/v1/${kind}`, { query: { count: 'true', limit: '200', ...query } });
  requireOk(reply);
  const rows = reply.body.rows as { id: string; shared?: { byId: string; right: string } }[];
  return { ids: rows.map(({ id }) => id), rows, total: reply.body.total as number };
};
const found = async (who: Colleague, text: string) =>
  (await ask<{ rows: { id: string }[] }>(who, 'POST /api/v1/contacts/find', { body: { text } })).rows.map(
    ({ id }) => id,
  );
/** Past every door: the time of a share goes by. */
const passTime = (shareId: string) =>
  running.test
    .admin`UPDATE shares SET created_at = now() - interval '2 days', until = now() - interval '1 second' WHERE id = ${shareId}`;
async function entriesAbout(id: string) {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`SELECT bytes FROM audit_entries WHERE ${id} = ANY (subject_ids) ORDER BY id`;
  return rows.map(
    (row) =>
      JSON.parse((row['bytes'] as Buffer).toString('utf8')) as {
        event: string;
        actor: { id: string | null };
        facts: Record<string, unknown>;
        outcome: string;
      },
  );
}

test('a shared client is opened, listed, counted, filtered, ordered, found and marked; before and after it is not there', async () => {
  const client = await makeClient();
  const mine = await ask(manager, 'POST /api/v1/contacts', { body: { lastName: 'Мій' } });
  assert.equal(await opens(manager, client.id), 'contact.not_found');
  const before = await listed(manager);
  const id = await shared(client.id, {
    personId: manager.personId,
    right: 'read',
    reason: 'Підмініть мене в п’ятницю',
  });
  assert.equal(await opens(manager, client.id), null);
  for (const sort of ['name', '-name', 'created', '-created', 'updated', '-updated']) {
    const now = await listed(manager, { sort });
    assert.ok(now.ids.includes(client.id) && now.ids.includes(mine.id), sort);
    assert.equal(now.total, before.total + 1, sort);
    assert.equal(new Set(now.ids).size, now.ids.length, 'nobody stands there twice');
  }
  for (const query of [
    { ownerId: colleague.personId },
    { departmentId: service },
    { companyId: client.companyId },
    { shared: 'true' },
  ] as Record<string, string>[]) {
    const now = await listed(manager, query);
    assert.deepEqual([now.ids, now.total], [[client.id], 1], JSON.stringify(query));
    assert.deepEqual([now.rows[0]!.shared?.byId, now.rows[0]!.shared?.right], [colleague.personId, 'read']);
  }
  assert.deepEqual(await found(manager, client.lastName), [client.id]);
  assert.equal(await opens(manager, client.companyId, 'companies'), 'company.not_found', 'the company was not shared');
  const view = await ask<Record<string, any>>(manager, 'GET /api/v1/contacts/:id', { params: { id: client.id } }); // oxlint-disable-line typescript/no-explicit-any -- an answer
  assert.deepEqual(view['abilities'], { update: false, archive: false, reassign: false, share: false });
  assert.equal(
    await codeOf(colleague, 'DELETE /api/v1/contacts/:id/shares/:shareId', { params: { id: client.id, shareId: id } }),
    null,
  );
  assert.equal(await opens(manager, client.id), 'contact.not_found');
  assert.deepEqual((await listed(manager)).total, before.total);
  assert.deepEqual(await found(manager, client.lastName), []);
  const events = (await entriesAbout(client.id)).filter((entry) => entry.outcome === 'done');
  for (const event of ['contact.shared', 'contact.share_ended'])
    assert.ok(
      events.some((one) => one.event === event),
      event,
    );
  const reads = events.filter((one) => one.actor.id === manager.personId);
  assert.ok(reads.length > 0 && reads.every((one) => one.facts['shared'] === true), 'reads through a share say so');
});

test('pages of a list with shared clients in it lose nobody and repeat nobody', async () => {
  const clients = [await makeClient(), await makeClient(), await makeClient()];
  for (const { id } of clients) await shared(id, { personId: manager.personId, right: 'read' });
  for (const sort of ['name', '-created', 'updated']) {
    const whole = (await listed(manager, { sort })).ids;
    const paged: string[] = [];
    for (let cursor: string | undefined; ;) {
      const query: Record<string, string> = { sort, limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const page = await ask<{ rows: { id: string }[]; next: string | null }>(manager, 'GET /api/v1/contacts', {
        query,
      });
      paged.push(...page.rows.map(({ id }) => id));
      if (page.next === null) break;
      cursor = page.next;
    }
    assert.deepEqual(paged, whole, sort);
  }
});

test('a client that is shared for reading is not changed; one that is shared for editing is, and stays whose it is', async () => {
  const client = await makeClient();
  await shared(client.id, { personId: manager.personId, right: 'read' });
  assert.equal(await update(manager, client.id, 1, { firstName: 'Чужими руками' }), 'contact.not_found');
  await shared(client.id, { personId: manager.personId, right: 'edit' });
  assert.equal(await update(manager, client.id, 1, { firstName: 'Марта' }), null);
  const changed = (await entriesAbout(client.id)).find((entry) => entry.event === 'contact.updated');
  assert.equal(changed?.facts['shared'], true);
  assert.deepEqual(await found(manager, `Марта ${client.lastName}`), [client.id], 'found by what was edited');
  for (const changes of [{ ownerId: manager.personId }, { departmentId: north }]) {
    assert.equal(await update(manager, client.id, 2, changes), 'access.denied', JSON.stringify(changes));
  }
  assert.equal(
    await update(manager, client.id, 2, { companyId: client.companyId }),
    null,
    'the same company is no change',
  );
  const params = { id: client.id };
  assert.equal(await codeOf(manager, 'POST /api/v1/contacts/:id/archive', { params }), 'contact.not_found');
});

test('what one only got shared is not passed on, and other side doors stay shut', async () => {
  const client = await makeClient('98765438');
  const params = { id: client.id };
  const id = await shared(client.id, { personId: manager.personId, right: 'edit' });
  await shared(client.companyId, { personId: manager.personId, right: 'edit' }, colleague, 'companies');
  assert.equal(
    (await share(manager, client.id, { personId: head.personId, right: 'read' })).body.error.code,
    'contact.not_found',
    're-sharing',
  );
  assert.equal(
    await codeOf(manager, 'DELETE /api/v1/contacts/:id/shares/:shareId', { params: { ...params, shareId: id } }),
    'contact.not_found',
  );
  assert.equal(
    await opens(head, client.id),
    'contact.not_found',
    'the manager’s head sees what is the manager’s, not what was shared',
  );
  // Reveal: not a masked field of one’s own reach.
  assert.equal(
    await codeOf(manager, 'POST /api/v1/contacts/:id/reveal', {
      params,
      body: { field: 'phones', reason: 'подивитись' },
    }),
    'contact.not_found',
  );
  // Import: by phone, and by the code of the company.
  const rows = ['Прізвище;Телефон;ЄДРПОУ', `Підставний;+3806700077${10 + counter};`, 'Причеп;+380670009911;98765438'];
  const plan = {
    mapping: { 0: 'lastName', 1: 'phones', 2: 'companyEdrpou' },
    duplicates: { by: ['phone'], then: 'update' },
  };
  const importId = await startImport(manager.client, { bytes: Buffer.from(rows.join('\n')), ...plan });
  const end = await importEnd(manager.client, importId);
  assert.equal(end['rowsUpdated'], 0);
  const now = await ask<Record<string, unknown>>(colleague, 'GET /api/v1/contacts/:id', { params });
  assert.deepEqual([now['version'], now['lastName']], [1, client.lastName]);
  const linked = await listed(manager, { companyId: client.companyId });
  assert.deepEqual(linked.ids, [client.id], 'nothing of the manager’s was tied to the shared company');
  // Export: by head, who may export the department, with a share from outside of it.
  await shared(client.id, { personId: head.personId, right: 'read' });
  assert.equal(await opens(head, client.id), null);
  const file = await takeCsv(head.client);
  assert.equal(file.status, 200);
  assert.ok(!file.text.includes(client.lastName), 'the file of a head holds no shared client');
  assert.equal(
    await codeOf(manager, 'GET /api/v1/audit-entries', { query: { subjectId: client.id } }),
    'access.denied',
  );
});

test('the past of a shared client stays closed, even to somebody who reads the log', async () => {
  const client = await makeClient();
  assert.equal(await update(colleague, client.id, 1, { firstName: 'Колишня' }), null);
  const reader = await ask<{ id: string }>(company.owner, 'POST /api/v1/roles', {
    body: { name: 'Читає журнал', grants: { 'audit.read': 'all', 'contact.read': 'own' } },
  });
  await ask(company.owner, 'PATCH /api/v1/people/:id', {
    params: { id: auditor.personId },
    body: { roles: ['auditor', reader.id] },
  });
  await signIn(auditor.client, auditor);
  await shared(client.id, { personId: auditor.personId, right: 'read' });
  assert.equal(await opens(auditor, client.id), null);
  await running.lubart.auditLog.flush();
  const entries = await ask<{ rows: { id: string; event: string }[] }>(auditor, 'GET /api/v1/audit-entries', {
    query: { subjectId: client.id },
  });
  const changed = entries.rows.find(({ event }) => event === 'contact.updated')!;
  const opened = await ask<{ changesOpen: boolean; changes: unknown[] }>(auditor, 'GET /api/v1/audit-entries/:id', {
    params: { id: changed.id },
  });
  assert.deepEqual([opened.changesOpen, opened.changes], [false, []]);
});

test('a share ends by itself, in the same moment for both walls, and the log says that it ended', async () => {
  const client = await makeClient();
  const id = await shared(client.id, { personId: manager.personId, right: 'edit' });
  assert.equal(await opens(manager, client.id), null);
  await passTime(id);
  assert.equal(await opens(manager, client.id), 'contact.not_found');
  assert.ok(!(await listed(manager)).ids.includes(client.id));
  assert.equal(await update(manager, client.id, 1, { firstName: 'Запізно' }), 'contact.not_found');
  const said = await ask<ViewersView>(colleague, 'GET /api/v1/contacts/:id/viewers', { params: { id: client.id } });
  assert.ok(!said.viewers.some((viewer) => viewer.id === manager.personId));
  const { noteExpiredShares, expireShares } = await import('#protections/access');
  await noteExpiredShares(running.lubart, company.organizationId, expireShares);
  const ended = (await entriesAbout(client.id)).filter((entry) => entry.event === 'contact.share_ended');
  assert.deepEqual(
    ended.map((entry) => [entry.facts['why'], entry.actor.id]),
    [['expired', null]],
  );
  assert.equal(await noteExpiredShares(running.lubart, company.organizationId, expireShares), 0, 'it ends once');
});

test('nobody shares for good, with themselves, with whoever may see no client, with a stranger or with nobody', async () => {
  const client = await makeClient();
  const day = 24 * 3_600_000;
  const at = (days: number) => new Date(Date.now() + days * day).toISOString();
  const refused: [body: object, code: string][] = [
    [{ personId: manager.personId, right: 'read', until: at(370) }, 'request.invalid'],
    [{ personId: manager.personId, right: 'read', until: at(-1) }, 'request.invalid'],
    [{ personId: colleague.personId, right: 'read' }, 'share.own'],
    [{ personId: manager.personId, right: 'read', until: '2026-12-31T23:59:60Z' }, 'request.invalid'],
    [{ personId: strangeId(), right: 'read' }, 'person.not_found'],
    [{ personId: other.owner.personId, right: 'read' }, 'person.not_found'],
    [{ departmentId: other.rootId, right: 'read' }, 'department.not_found'],
    [{ right: 'read' }, 'request.invalid'],
    [{ personId: manager.personId, departmentId: north, right: 'read' }, 'request.invalid'],
    [{ personId: manager.personId, right: 'own' }, 'request.invalid'],
  ];
  for (const [body, code] of refused) {
    assert.equal((await share(colleague, client.id, body)).body.error?.code, code, JSON.stringify(body));
  }
  const mine = await ask(manager, 'POST /api/v1/contacts', { body: { lastName: 'Підлеглого' } });
  for (const [personId, who] of [
    [head.personId, 'with oneself'],
    [manager.personId, 'with whose it is'],
  ] as const) {
    assert.equal((await share(head, mine.id, { personId, right: 'read' })).body.error?.code, 'share.own', who);
  }
  const gone = await company.join({
    name: 'Орест Бойко',
    email: 'orest.boiko@vezha.example',
    role: 'manager',
    departmentId: north,
  });
  const active = (to: boolean) =>
    ask(company.owner, 'PATCH /api/v1/people/:id', { params: { id: gone.personId }, body: { active: to } });
  await shared(client.id, { personId: gone.personId, right: 'read' });
  await active(false);
  const again = await share(colleague, client.id, { personId: gone.personId, right: 'read' });
  assert.equal(again.body.error.code, 'person.not_found', 'who may not sign in');
  await active(true);
  // Whoever comes back has no known browser; that somebody approved this one is not what is asked here.
  await running.test.admin`UPDATE devices SET revoked_at = NULL WHERE person_id = ${gone.personId}`;
  await signIn(gone.client, gone);
  assert.equal(await opens(gone, client.id), 'contact.not_found', 'what was shared before does not come back');
  const trashed = await makeClient();
  await ask(colleague, 'POST /api/v1/contacts/:id/archive', { params: { id: trashed.id } });
  const inTrash = await share(colleague, trashed.id, { personId: manager.personId, right: 'read' });
  assert.equal(inTrash.body.error.code, 'contact.archived');
  const officer = await company.join({
    name: 'Богдан Романюк',
    email: 'bohdan.romaniuk@vezha.example',
    role: 'security-officer',
    departmentId: company.rootId,
  });
  assert.equal(
    (await share(colleague, client.id, { personId: officer.personId, right: 'read' })).body.error.code,
    'share.receiver',
  );
  await shared(client.id, { departmentId: company.rootId, right: 'read' });
  assert.equal(
    await opens(officer, client.id),
    'access.denied',
    'a share with everybody gives nothing to whom the role gives nothing',
  );
  assert.equal(await opens(manager, client.id), null);
  assert.equal(await opens(other.owner, client.id), 'contact.not_found');
});

test('each receiver has a share of their own; one that was withdrawn is withdrawn once; no client is shared with a crowd', async () => {
  const client = await makeClient();
  const params = { id: client.id };
  const first = await shared(client.id, { personId: manager.personId, right: 'read' });
  await shared(client.id, { personId: head.personId, right: 'read' });
  assert.deepEqual([await opens(manager, client.id), await opens(head, client.id)], [null, null]);
  const withdraw = () =>
    codeOf(colleague, 'DELETE /api/v1/contacts/:id/shares/:shareId', { params: { ...params, shareId: first } });
  assert.deepEqual([await withdraw(), await withdraw()], [null, 'share.not_found']);
  assert.deepEqual([await opens(manager, client.id), await opens(head, client.id)], ['contact.not_found', null]);
  await running.test.admin`
    INSERT INTO shares (organization_id, id, contact_id, department_id, may_edit, shared_by, created_at, until)
    SELECT ${company.organizationId}, gen_random_uuid(), ${client.id}, ${service}, false, ${colleague.personId}, now(),
      now() + interval '1 hour' FROM generate_series(1, ${sharesPerRecordMax - 2})`;
  assert.equal((await share(colleague, client.id, { departmentId: north, right: 'read' })).status, 200, 'the limit');
  const above = await share(colleague, client.id, { personId: manager.personId, right: 'read' });
  assert.deepEqual([above.status, above.body.error?.code], [409, 'share.too_many']);
});

test('no share outlives the right to give it: neither one for hours nor that of a stand-in', async () => {
  const client = await makeClient();
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
  const role = await ask(company.owner, 'POST /api/v1/roles', {
    body: { name: 'Відкриває всіх', grants: { 'contact.read': 'all', 'contact.share': 'all' } },
  });
  const { id } = await ask(manager, 'POST /api/v1/profile/elevations', {
    body: { role: role.id, hours: 8, reason: 'Підміняю колегу' },
  });
  await ask(company.owner, 'POST /api/v1/elevations/:id/approve', { params: { id } });
  const toOwn = (until?: string) => ({ departmentId: north, right: 'read', ...(until && { until }) });
  for (const until of [undefined, hours(9)]) {
    const reply = await share(manager, client.id, toOwn(until));
    assert.deepEqual(
      [reply.body.error?.code, reply.body.error?.field],
      ['share.longer_than_right', 'until'],
      String(until),
    );
  }
  const [denied] = await running.test.admin`
    SELECT event, actor_id FROM audit_entries WHERE outcome = 'refused' ORDER BY id DESC LIMIT 1`;
  assert.deepEqual([denied!['event'], denied!['actor_id']], ['contact.share.denied', manager.personId]);
  assert.equal((await share(manager, client.id, toOwn(hours(7)))).status, 200, 'while the right lasts');
  const mine = await ask(manager, 'POST /api/v1/contacts', { body: { lastName: 'Власний' } });
  assert.equal((await share(manager, mine.id, { departmentId: service, right: 'read' })).status, 200, 'own for good');
  await ask(company.owner, 'POST /api/v1/elevations/:id/end', { params: { id } });
  // In the place of the head, whose client it is.
  const theirs = await ask(head, 'POST /api/v1/contacts', { body: { lastName: 'Головний' } });
  const kyiv = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' });
  const dayIn = (days: number) => kyiv.format(Date.now() + days * 24 * 3_600_000);
  const deputy = await ask(head, 'POST /api/v1/deputies', {
    body: { deputyId: manager.personId, fromDay: dayIn(0), untilDay: dayIn(1) },
  });
  assert.equal((await share(manager, theirs.id, toOwn())).body.error.code, 'share.longer_than_right');
  assert.equal((await share(manager, theirs.id, toOwn(hours(7)))).status, 200);
  await ask(head, 'DELETE /api/v1/deputies/:id', { params: { id: deputy.id } });
});

test('a share with a department reaches everybody below it, nobody beside it, and follows who moves', async () => {
  const client = await makeClient();
  const sales = head.departmentId;
  await shared(client.id, { departmentId: sales, right: 'read' });
  assert.deepEqual([await opens(head, client.id), await opens(manager, client.id)], [null, null]);
  await ask(company.owner, 'POST /api/v1/people/:id/move', {
    params: { id: manager.personId },
    body: { dryRun: false, departmentId: service, clients: 'along' },
  });
  assert.equal(await opens(manager, client.id), 'contact.not_found');
  await ask(company.owner, 'POST /api/v1/people/:id/move', {
    params: { id: manager.personId },
    body: { dryRun: false, departmentId: north, clients: 'along' },
  });
  assert.equal(await opens(manager, client.id), null);
  await shared(client.id, { departmentId: service, right: 'read' });
  const { viewers } = await ask<ViewersView>(colleague, 'GET /api/v1/contacts/:id/viewers', {
    params: { id: client.id },
  });
  const reason = viewers.find((viewer) => viewer.id === manager.personId)!.reasons[0]!;
  assert.deepEqual([reason.why, reason.shared?.byName, reason.shared?.right], ['shared', colleague.name, 'read']);
});

test('masked and hidden fields stay so for whom they are masked and hidden, shared or not', async () => {
  const client = await makeClient();
  const role = await ask<{ id: string }>(company.owner, 'POST /api/v1/roles', {
    body: {
      name: 'Свої, з маскою',
      grants: { 'contact.read': 'own', 'contact.update': 'own' },
      fieldRights: { contact: { phones: 'masked', notes: 'hidden' } },
    },
  });
  await ask(company.owner, 'PATCH /api/v1/people/:id', {
    params: { id: support.personId },
    body: { roles: [role.id] },
  });
  await signIn(support.client, support);
  assert.equal(await opens(support, client.id), 'contact.not_found');
  await shared(client.id, { personId: support.personId, right: 'edit' });
  const view = await ask<{ phones: { number: string }[] }>(support, 'GET /api/v1/contacts/:id', {
    params: { id: client.id },
  });
  assert.match(view.phones[0]!.number, /···|•|\*/);
  assert.equal(await update(support, client.id, 1, { phones: [{ number: '+380670001234' }] }), 'access.denied');
});

test('whoever leaves takes no share along, and what the person shared ends too', async () => {
  const leaver = await company.join({
    name: 'Назар Клименко',
    email: 'nazar.klymenko@vezha.example',
    role: 'manager',
    departmentId: north,
  });
  const client = await makeClient();
  const theirs = await ask(leaver, 'POST /api/v1/contacts', { body: { lastName: 'Остання' } });
  await shared(client.id, { personId: leaver.personId, right: 'read' });
  await shared(theirs.id, { personId: colleague.personId, right: 'read' }, leaver);
  assert.equal(await opens(colleague, theirs.id), null);
  // What was over before the leaving stays what it was, and is not counted.
  const withdrawn = await shared(theirs.id, { personId: head.personId, right: 'read' }, leaver);
  await ask(leaver, 'DELETE /api/v1/contacts/:id/shares/:shareId', {
    params: { id: theirs.id, shareId: withdrawn },
  });
  const over = await shared(theirs.id, { personId: manager.personId, right: 'read' }, leaver);
  await passTime(over);
  const earlier = async () =>
    (await running.test.admin`SELECT id, ended_at, ended_why FROM shares WHERE id IN (${withdrawn}, ${over})`)
      .map((row) => ({ ...row }))
      .toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])));
  const ended = await earlier();
  assert.deepEqual(new Set(ended.map((row) => row['ended_why'])), new Set(['withdrawn', null]));
  const leave = (dryRun: boolean) =>
    ask<{ steps: { name: string; count: number }[] }>(company.owner, 'POST /api/v1/people/:id/leave', {
      params: { id: leaver.personId },
      body: { dryRun, handOver: { rule: 'person', personId: manager.personId } },
    });
  for (const dryRun of [true, false]) {
    assert.equal((await leave(dryRun)).steps.find(({ name }) => name === 'shares')?.count, 2);
  }
  assert.deepEqual(await earlier(), ended);
  assert.equal(await opens(colleague, theirs.id), 'contact.not_found');
});

test('who may no longer sign in has nothing shared, and the one who shared may withdraw what was handed on', async () => {
  const client = await makeClient();
  const id = await shared(client.id, { personId: manager.personId, right: 'read' });
  await ask(company.owner, 'PATCH /api/v1/contacts/:id', {
    params: { id: client.id },
    body: { version: 1, changes: { ownerId: head.personId } },
  });
  assert.equal(await opens(colleague, client.id), 'contact.not_found');
  assert.equal(await opens(manager, client.id), null, 'a share stays when the client changes hands');
  assert.equal(
    await codeOf(colleague, 'DELETE /api/v1/contacts/:id/shares/:shareId', { params: { id: client.id, shareId: id } }),
    null,
  );
  const [again] = [await shared(client.id, { personId: colleague.personId, right: 'read' }, head)];
  assert.equal(
    await codeOf(manager, 'DELETE /api/v1/contacts/:id/shares/:shareId', { params: { id: client.id, shareId: again } }),
    'contact.not_found',
  );
  assert.equal(
    await codeOf(company.owner, 'DELETE /api/v1/contacts/:id/shares/:shareId', {
      params: { id: client.id, shareId: again },
    }),
    null,
  );
  const refused = (await entriesAbout(client.id)).filter((entry) => entry.outcome === 'refused');
  assert.ok(refused.length > 0);
});

test('below the API: the app’s own role gets shared rows only for the permission that is shared, and moves none of them', async () => {
  const client = await makeClient();
  await shared(client.id, { personId: manager.personId, right: 'edit' });
  const readOnly = await makeClient();
  await shared(readOnly.id, { personId: manager.personId, right: 'read' });
  const sql = connect(running.test.address, 'app');
  const begin = (shares: string, scope = 'own') =>
    `BEGIN; SET LOCAL lubart.organization_id = '${company.organizationId}'; SET LOCAL lubart.person_id = '${manager.personId}'; SET LOCAL lubart.scope = '${scope}';${shares === '' ? '' : ` SET LOCAL lubart.shares = '${shares}';`}`;
  const seen = async (shares: string, scope?: string) => {
    const answers = (await sql.unsafe(
      `${begin(shares, scope)} SELECT id FROM contacts WHERE id IN ('${client.id}', '${readOnly.id}')`,
    )) as unknown as { id: string }[][];
    await sql.unsafe('ROLLBACK');
    return answers.at(-1)!.length;
  };
  try {
    assert.deepEqual(
      [
        await seen('contact.read'),
        await seen('contact.update'),
        await seen(''),
        await seen('contact.export'),
        await seen('company.read'),
        await seen('contact.read', 'none'),
      ],
      [2, 1, 0, 0, 0, 0],
    );
    const denied = [
      `UPDATE contacts SET owner_id = '${manager.personId}' WHERE id = '${client.id}'`,
      `UPDATE contacts SET department_id = '${north}' WHERE id = '${client.id}'`,
      `UPDATE contacts SET archived_at = now() WHERE id = '${client.id}'`,
      `UPDATE contact_search SET owner_id = '${manager.personId}' WHERE record_id = '${client.id}'`,
      `UPDATE contact_search SET archived = true WHERE record_id = '${client.id}'`,
    ];
    for (const statement of denied) {
      await assert.rejects(sql.unsafe(`${begin('contact.update')} ${statement}`), { code: '42501' }, statement);
      await sql.unsafe('ROLLBACK');
    }
    const nothing = [
      [`contact.update`, `DELETE FROM contacts WHERE id = '${client.id}' RETURNING id`],
      [`contact.read`, `UPDATE contacts SET stage = stage WHERE id = '${client.id}' RETURNING id`],
      [`contact.update`, `UPDATE contacts SET stage = stage WHERE id = '${readOnly.id}' RETURNING id`],
    ] as const;
    for (const [shares, statement] of nothing) {
      const answers = (await sql.unsafe(`${begin(shares)} ${statement}`)) as unknown as unknown[][];
      assert.equal(answers.at(-1)!.length, 0, statement);
      await sql.unsafe('ROLLBACK');
    }
    const [{ tokens }] = (await running.test
      .admin`SELECT tokens FROM contact_search WHERE record_id = ${client.id}`) as unknown as [{ tokens: number[] }];
    for (const [shares, hits] of [
      ['contact.read', 1],
      ['', 0],
    ] as const) {
      const answers = (await sql.unsafe(
        `${begin(shares)} SELECT lubart_find_contact('{${tokens.join(',')}}', false, false, 100) AS id`,
      )) as unknown as unknown[][];
      assert.equal(answers.at(-1)!.length, hits, `search with ${shares}`);
      await sql.unsafe('ROLLBACK');
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
});

test('attempts to share what is out of reach are written down', async () => {
  const client = await makeClient();
  assert.equal(
    (await share(manager, client.id, { personId: head.personId, right: 'read' })).body.error.code,
    'contact.not_found',
  );
  await until('the refusal', 5, async () =>
    (await entriesAbout(client.id)).some((entry) => entry.outcome === 'refused' && entry.actor.id === manager.personId),
  );
});

test('a row that is within scope asks for no share: the list of shares is not even read', async () => {
  const reach = {
    organizationId: company.organizationId,
    personId: manager.personId,
    departmentIds: [north],
    scope: 'own' as const,
    shares: 'contact.read' as const,
  };
  await ask(manager, 'POST /api/v1/contacts', { body: { lastName: 'Свій' } });
  const rows = await running.lubart.database.read(
    reach,
    (tx) => tx`EXPLAIN (ANALYZE, TIMING OFF) SELECT id FROM contacts
      WHERE organization_id = ${company.organizationId} AND owner_id = ${manager.personId}`,
  );
  const plan = rows.map((row) => row['QUERY PLAN'] as string).join('\n');
  assert.match(plan, /ProjectSet .*\(never executed\)/, plan);
});
