/**
 * Nothing happens unrecorded: every route, job and command, walked. Allowed, a route leaves an entry with the number of its request;
 * refused, one of its own or, in a flood, a place in an exact count. What answers and leaves none is named here with its reason.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { EventName, Permission, Route } from '#contract';
import { openRoutes, readEvents, routes } from '#contract';
import type { JobName, JobWork } from '#jobs';
import { jobs, schedule } from '#jobs';
import { LubartError } from '#kernel';
import { openCalls } from '../cli/call-route.ts';
import { openSystemNotes } from '../server/note-system.ts';
import type { Example, Key, Target } from './matrix-examples.ts';
import { examples } from './matrix-examples.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from './running-lubart.ts';

const keys = (Object.keys(examples) as Key[]).filter((key) => key !== 'POST /api/v1/sign-out');
const table = routes as Record<Key, Route>;

const own = 'shows only what is the asker’s own';
const colleagues = 'names of colleagues and departments, which every screen needs; no client';
const door = 'the door, before anybody is known; what comes of it is recorded';
const asked = 'asks for what is so already, so nothing changes: a change is an entry, or it is not committed';
const wouldBe = 'says what would be; doing it is recorded';
/** Routes that answer 200 to the example and leave no entry. */
const silent: Partial<Record<Key, string>> = {
  'GET /api/v1/session': own,
  'GET /api/v1/sessions': own,
  'GET /api/v1/profile/access': own,
  'GET /api/v1/profile/elevations': own,
  'GET /api/v1/profile/email': own,
  'GET /api/v1/devices': own,
  'GET /api/v1/factors': own,
  'GET /api/v1/exports': own,
  'GET /api/v1/recovery/own': own,
  'GET /api/v1/step-up': own,
  'GET /api/v1/reviews/mine': own,
  'GET /api/v1/reviews/waiting': own,
  'GET /api/v1/people': colleagues,
  'GET /api/v1/departments': colleagues,
  'GET /api/v1/deputies': colleagues,
  'GET /api/v1/roles': 'names of roles and what they give; about nobody',
  'GET /api/v1/organization': 'name and settings of the company; about nobody',
  'GET /api/v1/audit-log/head': 'the signed head of the log, a size and a hash; no entry of it',
  'GET /api/v1/audit-logs/:id/checkpoint': 'the signed head of the log; no entry of it',
  'GET /api/v1/audit-logs/:id/tile/:level/*': 'hashes of entries; a bundle of entries themselves is recorded',
  'GET /api/v1/audit-logs/:id/consistency': 'hashes; no entry of the log',
  'GET /api/v1/audit-logs/:id/inclusion': 'hashes; no entry of the log',
  'GET /api/v1/contact-tags': 'words that stand at clients of one’s reach, without the clients',
  'GET /api/v1/setup': door,
  'GET /api/v1/sign-in/sso': door,
  'POST /api/v1/sign-in/passkey/begin': door,
  'POST /api/v1/step-up/passkey/begin': door,
  'POST /api/v1/authenticators/begin': 'a secret that nobody has yet; taking it into use is recorded',
  'POST /api/v1/passkeys/begin': 'a challenge; taking a key into use is recorded',
  'POST /api/v1/password-reset': 'an e-mail of nobody; for somebody it is recorded, and the answer is the same',
  'POST /api/v1/sessions/end-others': asked,
  'POST /api/v1/recovery/cancel': asked,
  'POST /api/v1/security/emergency/acknowledge': asked,
  'PATCH /api/v1/profile': asked,
  'DELETE /api/v1/profile/email': asked,
  'PATCH /api/v1/people/:id': asked,
  'PATCH /api/v1/departments/:id': asked,
  'PUT /api/v1/departments/:id/heads': asked,
  'POST /api/v1/reviews': wouldBe,
  'POST /api/v1/people/:id/leave': wouldBe,
  'POST /api/v1/people/:id/move': wouldBe,
};
/** Refusals that are mistakes or conflicts and no attempts: nothing was tried that is not one’s to try. */
const mistakes = [
  'witness.address_wrong',
  'witness.key_wrong',
  'forward.address_wrong',
  'anchor.address_wrong',
  'anchor.settings_wrong',
  'bulk.refused',
  'department.not_empty',
  'deputy.period_invalid',
  'emergency.no_sheet',
  'erasure.not_in_trash',
  'import.wrong_state',
  'invitation.invalid',
  'key.rotation_not_found',
  'request.invalid',
  'request.not_found',
  'review.rules_conflict',
  'security.version_conflict',
  'sign-in.ticket_expired',
];

let running: InProcess;
let company: Company;
let manager: Colleague;
let target: Target;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  const { client } = company.owner;
  const make = async (key: Key, body: unknown) => {
    const reply = await client.call(key, { body });
    requireOk(reply);
    return reply.body.id as string;
  };
  const departmentId = await company.addDepartment('Продажі');
  const person = { name: 'Тарас Мельник', email: 'taras.melnyk@vezha.example', role: 'manager', departmentId } as const;
  manager = await company.join(person);
  const contactId = await make('POST /api/v1/contacts', { lastName: 'Коваль' });
  const companyId = await make('POST /api/v1/companies', { name: 'Майстерня Вежа' });
  const file = { kind: 'contacts', fileName: 'a.csv', sizeBytes: 5 };
  const uploadingImportId = await make('POST /api/v1/imports', file);
  const readyImportId = await make('POST /api/v1/imports', file);
  requireOk(await client.put(`/api/v1/imports/${readyImportId}/file`, Buffer.from('Прізвище\nКоваль\n')));
  const log = await client.call('GET /api/v1/audit-entries');
  const roles = await client.call('GET /api/v1/roles');
  const roleId = roles.body.roles.find(({ key }: { key: string }) => key === 'marketer').id as string;
  const auditEntryId = log.body.rows[0].id as string;
  const { personId } = manager;
  const { organizationId } = company;
  const clients = { contactId, companyId, readyImportId, uploadingImportId };
  target = { ...clients, auditEntryId, organizationId, departmentId, roleId, personId };
});

type Got = { status: number; code: string | null; requestId: string };

async function ask(key: Key, cookie: string, given: Example): Promise<Got> {
  const [method, path] = key.split(' ') as [string, string];
  const filled = path.replace(/:(\w+)|\*$/g, (mark, name = mark) => given.params?.[name] ?? '');
  const search = given.query === undefined ? '' : `?${new URLSearchParams(given.query).toString()}`;
  const body = given.bytes ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
  const type = given.bytes === undefined ? 'application/json' : 'application/octet-stream';
  const response = await fetch(running.origin + filled + search, {
    method,
    redirect: 'manual',
    headers: { origin: running.origin, cookie, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: body as string }),
  });
  const text = await response.text();
  const code = response.status < 400 ? null : (JSON.parse(text).error.code as string);
  return { status: response.status, code, requestId: response.headers.get('x-request-id')! };
}

async function eventsOf(requestId: string): Promise<string[]> {
  await running.lubart.auditLog.flush();
  const rows = await running.test
    .admin`SELECT event FROM audit_entries WHERE convert_from(bytes, 'UTF8')::json ->> 'request' = ${requestId}`;
  return rows.map((row) => row['event'] as string);
}

test('every route, asked by the owner, leaves an entry with the number of its request, or says here why not', async () => {
  const unrecorded: string[] = [];
  const silentNow: Key[] = [];
  let recorded = 0;
  for (const key of keys) {
    const got = await ask(key, company.owner.client.cookie, examples[key](target));
    const events = await eventsOf(got.requestId);
    if (events.length > 0) recorded += 1;
    else if (got.code === null) silentNow.push(key);
    else if (!mistakes.includes(got.code)) unrecorded.push(`${key}: ${got.status} ${got.code}`);
  }
  assert.deepEqual(unrecorded, []);
  assert.deepEqual(silentNow.toSorted(), Object.keys(silent).toSorted());
  assert.ok(recorded > 90, `only ${recorded}`);
});

/** How many refused attempts the log speaks of since then: entries of their own, and counts of floods. */
async function attemptsSince(id: string, personId: string | null): Promise<Map<string, number>> {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`SELECT event, bytes FROM audit_entries
    WHERE id > ${id} AND outcome = 'refused' AND actor_id IS NOT DISTINCT FROM ${personId}`;
  const counts = new Map<string, number>();
  for (const row of rows) {
    const { facts } = JSON.parse((row['bytes'] as Buffer).toString('utf8')) as { facts: { times?: number } };
    counts.set(row['event'] as string, (counts.get(row['event'] as string) ?? 0) + (facts.times ?? 1));
  }
  return counts;
}
const newestEntry = async () => {
  await running.lubart.auditLog.flush();
  return (await running.test.admin`SELECT id FROM audit_entries ORDER BY id DESC LIMIT 1`)[0]!['id'] as string;
};

test('every route that is not open, asked by nobody: as many refused attempts in the log as were made', async () => {
  const since = await newestEntry();
  // What the page of sign-in asks first: without a cookie “nobody” is its answer (server/http/frame.attack.test.ts).
  const closed = keys.filter((key) => table[key].permission !== 'anyone' && key !== 'GET /api/v1/session');
  for (const key of closed) assert.equal((await ask(key, '', examples[key](target))).code, 'session.missing', key);
  assert.ok(closed.length > 120);
  assert.deepEqual([...(await attemptsSince(since, null))], [['session.denied', closed.length]]);
});

test('every route beyond a manager’s rights: as many refused attempts, each under its permission', async () => {
  const since = await newestEntry();
  const made = new Map<string, number>();
  for (const key of keys.filter((one) => !openRoutes.includes(table[one].permission as 'anyone'))) {
    const got = await ask(key, manager.client.cookie, examples[key](target));
    if (got.code !== 'access.denied') continue;
    const event: EventName = `${table[key].permission as Permission}.denied`;
    made.set(event, (made.get(event) ?? 0) + 1);
  }
  const said = await attemptsSince(since, manager.personId);
  assert.ok(made.size > 10, `only ${made.size} permissions`);
  for (const [event, times] of made)
    assert.ok((said.get(event) ?? 0) >= times, `${event}: ${said.get(event)} of ${times}`);
});

test('every job is counted when it ran, and leaves an entry when it failed', async () => {
  const { lubart } = running;
  const all = Object.values(jobs);
  for (const { job } of schedule) assert.ok(all.includes(job));
  const notes = () =>
    openSystemNotes({
      ...lubart,
      clock: { now: () => new Date() },
      version: '0.1.0',
      organizations: () => lubart.organizations(),
    });
  const each = (work: JobWork) => Object.fromEntries(all.map((name) => [name, work])) as Record<JobName, JobWork>;
  const since = await newestEntry();
  const running_ = notes();
  const signal = new AbortController().signal;
  for (const run of Object.values(running_.counted(each(async () => {})))) await run({}, signal);
  const broken = each(async () => {
    throw new LubartError('server.failed');
  });
  for (const run of Object.values(running_.counted(broken))) await run({}, signal).catch(() => {});
  await running_.stopped();
  await lubart.auditLog.flush();
  const rows = await running.test
    .admin`SELECT event, bytes FROM audit_entries WHERE id > ${since} AND event LIKE 'job.%'`;
  const facts = (event: string) =>
    rows
      .filter((row) => row['event'] === event)
      .map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')).facts as { job?: string; jobs?: object });
  assert.deepEqual(Object.keys(facts('job.finished')[0]!.jobs!).toSorted(), all.toSorted());
  assert.deepEqual(
    facts('job.failed')
      .map(({ job }) => job!)
      .toSorted(),
    all.toSorted(),
  );
});

test('a command reads no more unseen than the browser: the same route leaves the same entry, refused too', async () => {
  const { lubart } = running;
  const calls = openCalls(lubart, { mode: 'own', language: 'uk', origin: running.origin });
  const owner = await calls.actor(company.owner.email);
  for (const [key, event] of [
    ['GET /api/v1/imports', 'import.listed'],
    ['GET /api/v1/audit-entries', 'audit.listed'],
    ['GET /api/v1/contacts', 'contact.listed'],
  ] as const) {
    const since = await newestEntry();
    await calls.call(owner, key, { query: {} as never });
    await lubart.auditLog.flush();
    const rows = await running.test.admin`SELECT 1 FROM audit_entries WHERE id > ${since} AND event = ${event}`;
    assert.equal(rows.length, 1, key);
  }
  assert.ok(Object.keys(readEvents).every((key) => key in routes));
  const taras = await calls.actor('taras.melnyk@vezha.example');
  const since = await newestEntry();
  await assert.rejects(calls.call(taras, 'GET /api/v1/audit-entries', { query: {} }), { code: 'access.denied' });
  assert.equal((await attemptsSince(since, taras.personId)).get('audit.read.denied'), 1);
});
