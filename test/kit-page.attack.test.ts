/**
 * The recovery kit on the page of the owner, against whoever would leave with the root key: a colleague with fewer rights, an owner of
 * yesterday, a stolen session, a stolen emergency sheet, the owner of another company on the same server. And it is loud.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { ocsfActivityOf } from '#contract';
import type { Actor } from '#protections/access';
import type { PostOffice } from './post-office.ts';
import { openPostOffice } from './post-office.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { addCompany, openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';

let office: PostOffice;
let running: InProcess;
let company: Company;
let officer: Colleague;
let second: Colleague;
before(async () => {
  office = await openPostOffice();
  running = await openInProcess(undefined, {
    mail: office.settings,
    keyPace: { refreshMillis: 400, leaseMillis: 2_000 },
  });
  company = await setUpCompany(running.origin, running.setupToken);
  const departmentId = company.rootId;
  const name = { name: 'Ганна Шевчук', email: 'hanna.shevchuk@vezha.example' };
  officer = await company.join({ ...name, role: 'security-officer', departmentId });
  second = await company.join({
    name: 'Богдан Ткаченко',
    email: 'bohdan.tkachenko@vezha.example',
    role: 'owner',
    departmentId,
  });
});

const ask = (who: Colleague, needed = 2, sheets = 3) =>
  who.client.call('POST /api/v1/security/kit', { body: { needed, sheets } });
const show = async (who: Colleague = company.owner) => {
  const reply = await who.client.call('GET /api/v1/security/kit');
  requireOk(reply);
  return reply.body;
};
const make = async (needed = 2, sheets = 3) => {
  const reply = await ask(company.owner, needed, sheets);
  requireOk(reply);
  return reply.body as { id: string; sheets: string[][] };
};
const prove = (text: string, who: Colleague = company.owner) =>
  who.client.call('POST /api/v1/security/kit/prove', { body: { text } });
const textOf = (...sheets: readonly string[][]) => sheets.map((lines) => lines.join('\n')).join('\n');
const entriesOf = async (event: string) => {
  await running.lubart.auditLog.flush();
  const reply = await company.owner.client.call('GET /api/v1/audit-entries', { query: { event } });
  requireOk(reply);
  return reply.body.rows as { level: string; actor: { name: string } }[];
};
/** The route itself, past the frame: who the frame believed to be there. */
const asActor = (actor: Actor) =>
  running.lubart.handlers()['POST /api/v1/security/kit']({ actor, body: { needed: 2, sheets: 2 } } as never);

test('an owner makes a kit: it is recorded as grave before it is shown, every owner and officer gets a letter', async () => {
  assert.deepEqual(await show(), {
    state: 'none',
    key: (await show()).key,
    kit: null,
    alarm: false,
    mayMake: true,
    hindrance: null,
  });
  const { id, sheets } = await make();
  assert.deepEqual([sheets.length, sheets[0]!.length], [3, 12]);
  const [entry] = await entriesOf('keys.kit_made');
  assert.equal(entry!.level, 'security');
  assert.equal(ocsfActivityOf('keys.kit_made')!.severity, 4);
  const watchers = [company.owner, second, officer];
  await until('letters', 20, async () => {
    await running.lubart.mail.deliverDue(company.organizationId);
    return watchers.every(({ email }) => office.to(email).some(({ text }) => text.includes('/security/kit')));
  });
  const letter = office.to(second.email).find(({ text }) => text.includes('/security/kit'))!;
  assert.match(letter.subject, /Головний ключ показано/);
  assert.match(letter.text, /Олена Коваленко/);
  for (const { raw } of office.letters) for (const line of sheets.flat()) assert.ok(!raw.includes(line.slice(3, 12)));
  const view = await show(second);
  assert.deepEqual([view.state, view.kit.id, view.kit.madeBy, view.alarm], ['unproven', id, 'Олена Коваленко', true]);
  assert.equal((await show()).alarm, false, 'whoever made it need not be warned');
});

test('nothing of the kit stays: not in the database, not beside the key, not in an answer', async () => {
  const { sheets } = await make(1, 1);
  const lines = sheets.flat().map((line) => line.slice(3, 22));
  const folder = dirname(running.keyFile);
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'latin1');
    for (const line of lines) assert.ok(!text.includes(line) && !text.includes(line.replaceAll(' ', '')), name);
  }
  const tables = await running.test.admin`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
  assert.ok(tables.length > 30);
  for (const { name } of tables) {
    const [found] = await running.test.admin`
      SELECT count(*)::int AS n FROM ${running.test.admin(name as string)} AS row WHERE row::text LIKE ANY (${lines.map((line) => `%${line}%`)})`;
    assert.equal(found!['n'], 0, name as string);
  }
  const shown = JSON.stringify(await show());
  for (const line of lines) assert.ok(!shown.includes(line));
});

test('typed back it is proved, by whom and when; a mistake names its line and its sheet, and is recorded', async () => {
  const older = await make();
  const { sheets } = await make();
  const wrong = await prove(textOf(sheets[0]!, sheets[2]!).replace(/^05 ..../m, '05 ZZZZ'));
  const { code, details } = wrong.body.error;
  assert.deepEqual([wrong.status, code, details], [422, 'key.kit_unreadable', { sheet: 1, line: 5 }]);
  assert.equal((await prove(textOf(sheets[0]!))).body.error.code, 'key.kit_too_few');
  assert.equal((await prove(textOf(older.sheets[0]!, older.sheets[1]!))).body.error.code, 'key.kit_older');
  assert.equal((await show()).state, 'unproven');
  const proved = await prove(textOf(sheets[2]!, sheets[0]!), officer);
  requireOk(proved);
  assert.deepEqual(
    [proved.body.state, proved.body.kit.madeBy, proved.body.kit.provenBy],
    ['proven', 'Олена Коваленко', 'Ганна Шевчук'],
  );
  assert.ok(proved.body.kit.provenAt > proved.body.kit.madeAt);
  assert.equal((await entriesOf('keys.kit_not_proven')).length, 3);
  const [entry] = await entriesOf('keys.kit_proven');
  assert.equal(entry!.actor.name, 'Ганна Шевчук');
});

test('attack: a security officer, an owner of a moment ago and whoever came in by the emergency sheet get no kit', async () => {
  const made = (await entriesOf('keys.kit_made')).length;
  const refused = await ask(officer);
  assert.deepEqual([refused.status, refused.body.error.code], [403, 'key.kit_owner_only']);
  assert.equal((await show(officer)).mayMake, false);
  const owner = await running.lubart.signIn.actorById(company.organizationId, company.owner.personId);
  await assert.rejects(asActor({ ...owner!, factors: ['break-glass', 'totp'] }), { code: 'emergency.not_here' });
  const demoted = await running.lubart.signIn.actorById(company.organizationId, second.personId);
  const toRole = (key: string) => running.test.admin`
    UPDATE person_roles h SET role_id = r.id FROM roles r
    WHERE r.organization_id = h.organization_id AND r.key = ${key} AND h.person_id = ${second.personId}`;
  await toRole('security-officer');
  await assert.rejects(asActor(demoted!), { code: 'access.denied' });
  await toRole('owner');
  assert.equal((await entriesOf('keys.kit_made')).length, made, 'none was made');
  assert.ok((await entriesOf('security.update.denied')).length >= 1);
});

test('attack: a session that was stolen and proved nothing within five minutes gets no kit', async () => {
  await running.test
    .admin`UPDATE sessions SET proved_at = now() - interval '6 minutes' WHERE person_id = ${second.personId}`;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal((await ask(second)).body.error.code, 'session.step_up_needed');
});

test('a kit that could not be recorded, or of which nobody could be told, is not shown, and the one before stays the newest', async () => {
  const before = await show();
  await running.test.admin`ALTER TABLE letters RENAME TO letters_away`;
  try {
    const failed = await ask(company.owner);
    assert.equal(failed.status, 500);
    assert.ok(!JSON.stringify(failed.body).includes('sheets'));
  } finally {
    await running.test.admin`ALTER TABLE letters_away RENAME TO letters`;
  }
  assert.deepEqual((await show()).kit, before.kit);
});

test('when the root key was replaced the page says that the kit is older, and while it is replaced none is made', async () => {
  const { sheets } = await make();
  requireOk(await prove(textOf(sheets[0]!, sheets[1]!)));
  requireOk(await company.owner.client.call('POST /api/v1/security/keys/:kind/rotate', { params: { kind: 'root' } }));
  const { state, hindrance } = await show();
  assert.equal(state, 'older');
  if (hindrance === 'rotation') assert.equal((await ask(company.owner)).body.error.code, 'key.rotation_runs');
  await until('rotated', 30, async () => (await show()).hindrance === null);
  assert.equal((await show()).state, 'older');
});

test('attack: where several companies share the root key, the owner of one cannot take it', async () => {
  await addCompany(running);
  assert.equal((await show()).hindrance, 'several');
  const refused = await ask(company.owner);
  assert.deepEqual([refused.status, refused.body.error.code], [409, 'key.kit_several']);
  // Nor does anybody of one company write into the logs of the others, as often as they like.
  const proved = await company.owner.client.call('POST /api/v1/security/kit/prove', { body: { text: 'не той аркуш' } });
  assert.deepEqual([proved.status, proved.body.error.code], [409, 'key.kit_several']);
});
