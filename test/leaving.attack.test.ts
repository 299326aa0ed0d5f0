/** Leaving and moving: one act, everything or nothing, by whom it may be, and the clients never stay with somebody who is gone. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { BodyOf, Routes } from '#contract';
import { openHandOver } from '#crm/records';
import type { Actor } from '#protections/access';
import { systemReach } from '#protections/encryption';
import { openSignIn } from '#protections/sign-in';
import { create, openRooms } from '../server/crm/records/rooms.fixture.ts';
import type { CastMember, World } from '#test/cast.ts';
import type { WayIn } from '#test/ways-in.ts';
import { addWaysIn, countWaysIn } from '#test/ways-in.ts';
import {
  callAs,
  openWorld,
  origin,
  password,
  raceOn,
  readEntries,
  refusalOf,
  signInAs,
  visitorFrom,
} from '#test/cast.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

type Leave = BodyOf<Routes['POST /api/v1/people/:id/leave']>;
const leave = (by: CastMember | Actor, whom: CastMember, body: Partial<Leave> = {}) =>
  callAs(world.signIn, 'POST /api/v1/people/:id/leave', by, {
    params: { id: whom.personId },
    body: { dryRun: false, ...body },
  });
const move = (by: CastMember, whom: CastMember, body: Partial<BodyOf<Routes['POST /api/v1/people/:id/move']>>) =>
  callAs(world.signIn, 'POST /api/v1/people/:id/move', by, {
    params: { id: whom.personId },
    body: { dryRun: false, departmentId: world.departments.service, clients: 'along', ...body },
  });
const change = (
  by: CastMember,
  whom: CastMember,
  body: { roles?: string[]; departmentId?: string; active?: boolean },
) => callAs(world.signIn, 'PATCH /api/v1/people/:id', by, { params: { id: whom.personId }, body });
const to = (person: CastMember) => ({ rule: 'person' as const, personId: person.personId });
const countOf = (view: { steps: { name: string; count: number }[] }, name: string) =>
  view.steps.find((step) => step.name === name)!.count;
const rows = (sql: string) =>
  world.database.read(systemReach(world.organizationId, 'all'), (tx) => tx.unsafe(sql)) as Promise<
    Record<string, unknown>[]
  >;
const clientsOf = async (who: CastMember) =>
  (await rows(`SELECT count(*)::int AS n FROM contacts WHERE owner_id = '${who.personId}'`))[0]!['n'];

async function giveClients(who: CastMember, count: number): Promise<void> {
  const { contacts, companies } = openRooms(world);
  for (let at = 0; at < count; at += 1) await create(contacts, who, { lastName: `Клієнт ${at}` });
  await create(companies, who, { name: 'ТОВ «Млин»' });
}

const signInAgain = async (person: CastMember) => {
  person.actor = await world.signIn.actorOf(
    await signInAs(world.signIn, world.clock, person),
    visitorFrom('192.0.2.60'),
  );
};

test('a dry run says what would happen and changes nothing', async () => {
  const { owner, manager, colleague } = world.cast;
  await giveClients(manager, 3);
  const before = (await readEntries(world)).length;
  const plan = await leave(owner, manager, { dryRun: true, handOver: to(colleague) });
  assert.deepEqual([plan.contacts, plan.companies, plan.done], [3, 1, false]);
  assert.deepEqual([countOf(plan, 'sessions'), countOf(plan, 'roles'), countOf(plan, 'authenticators')], [1, 1, 1]);
  assert.equal(plan.heirs[0]!.name, colleague.name);
  assert.equal((await readEntries(world)).length, before);
  await world.signIn.actorOf(manager.token, visitorFrom('192.0.2.10'));
});

test('leaving ends everything at once and leaves a certificate; the clients follow with their search', async () => {
  const { owner, manager, colleague } = world.cast;
  await giveClients(manager, 3);
  await world.test.admin`INSERT INTO sms_numbers (organization_id, person_id, sealed, created_at)
    VALUES (${world.organizationId}, ${manager.personId}, 's', now())`;
  const done = await leave(owner, manager, { handOver: to(colleague) });
  assert.deepEqual([done.done, done.heirs[0]!.contacts, done.heirs[0]!.companies], [true, 3, 1]);
  assert.equal(await refusalOf(world.signIn.actorOf(manager.token, visitorFrom('192.0.2.10'))), 'session.expired');
  for (const table of ['contacts', 'contact_search', 'companies', 'company_search']) {
    const [seen] = await rows(`SELECT count(*) FILTER (WHERE owner_id = '${manager.personId}')::int AS old,
      count(*) FILTER (WHERE owner_id = '${colleague.personId}' AND department_id = '${colleague.departmentId}')::int AS now FROM ${table}`);
    assert.deepEqual(seen, { old: 0, now: table.startsWith('contact') ? 3 : 1 }, table);
  }
  const left = await rows(`SELECT (SELECT count(*) FROM authenticators WHERE person_id = '${manager.personId}')
    + (SELECT count(*) FROM person_roles WHERE person_id = '${manager.personId}')
    + (SELECT count(*) FROM sms_numbers WHERE person_id = '${manager.personId}')
    + (SELECT count(*) FROM recovery_codes WHERE person_id = '${manager.personId}') AS n`);
  assert.equal(Number(left[0]!['n']), 0);
  const certificate = await callAs(world.signIn, 'GET /api/v1/people/:id/leaving', owner, {
    params: { id: manager.personId },
  });
  assert.deepEqual(
    [certificate.personName, certificate.byName, certificate.contacts, certificate.companies],
    [manager.name, owner.name, 3, 1],
  );
  assert.deepEqual([countOf(certificate, 'sessions'), countOf(certificate, 'smsNumber')], [1, 1]);
  const events = (await readEntries(world)).slice(-3).map(({ event }) => event);
  assert.deepEqual(events, ['contact.handed_over', 'company.handed_over', 'person.left']);
});

test('no password stays behind; whoever comes back gets in by a new link only, and nothing is led or stood in for', async () => {
  const { owner, manager, head } = world.cast;
  const { sales, salesNorth } = world.departments;
  await callAs(world.signIn, 'PUT /api/v1/departments/:id/heads', owner, {
    params: { id: salesNorth },
    body: { personIds: [head.personId] },
  });
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' }).format(world.clock.now());
  const body = { deputyId: manager.personId, fromDay: today, untilDay: today };
  await callAs(world.signIn, 'POST /api/v1/deputies', head, { body });
  const done = await leave(owner, head);
  const counted = ['password', 'headships', 'deputies'].map((name) => countOf(done, name));
  assert.deepEqual(counted, [1, 1, 1]);
  assert.equal(await refusalOf(leave(owner, head)), 'leaving.already');
  await change(owner, head, { active: true, departmentId: sales, roles: ['head'] });
  const signIn = callAs(world.signIn, 'POST /api/v1/sign-in', null, { body: { email: head.email, password } });
  assert.equal(await refusalOf(signIn), 'sign-in.refused');
  const [standing] = await rows(`SELECT (SELECT count(*) FROM deputies WHERE ended_at IS NULL)
    + (SELECT count(*) FROM department_heads) AS n`);
  assert.equal(Number(standing!['n']), 0);
});

test('of every way in nothing is left to the leaver, and nothing is taken from anybody else', async () => {
  const { owner, securityOfficer, manager, colleague } = world.cast;
  for (const who of [manager, colleague]) await addWaysIn(world, who);
  await callAs(world.signIn, 'POST /api/v1/security/emergency', owner);
  const before = await countWaysIn(world, colleague);
  for (const [way, count] of Object.entries(before)) assert.ok(count > 0, `${way}: nothing to see`);
  const mine = await countWaysIn(world, manager);
  const done = await leave(owner, manager);
  const names: Record<WayIn, string> = {
    sessions: 'sessions',
    authenticators: 'authenticators',
    recovery_codes: 'recoveryCodes',
    passkeys: 'passkeys',
    sms_numbers: 'smsNumber',
    sso_identities: 'singleSignOn',
    api_keys: 'apiKeys',
    devices: 'devices',
    links: 'links',
    recovery_requests: 'recoveryRequests',
    invitations: 'invitations',
  };
  for (const [way, name] of Object.entries(names)) assert.equal(countOf(done, name), mine[way as WayIn], way);
  for (const [way, count] of Object.entries(await countWaysIn(world, manager))) assert.equal(count, 0, way);
  assert.deepEqual(await countWaysIn(world, colleague), before);
  const standing = async () =>
    (await callAs(world.signIn, 'GET /api/v1/security/emergency', securityOfficer)).state === 'standing';
  assert.ok(await standing(), 'the sheet is the owner’s');
  assert.equal(countOf(await leave(securityOfficer, owner), 'emergencySheets'), 1);
  assert.ok(!(await standing()));
});

test('a key of a program ends with its person, and coming back does not open it again', async () => {
  const { owner, securityOfficer } = world.cast;
  const { secret } = await callAs(world.signIn, 'POST /api/v1/api-keys', securityOfficer, {
    body: { name: 'Сайт', roles: ['manager'] },
  });
  const come = () => refusalOf(world.signIn.actorOfKey(secret, visitorFrom('192.0.2.10')));
  assert.equal(await come(), null);
  assert.equal(countOf(await leave(owner, securityOfficer), 'apiKeys'), 1);
  world.clock.move(2_000);
  assert.equal(await come(), 'api-key.refused');
  await change(owner, securityOfficer, { active: true, roles: ['owner'] });
  world.clock.move(2_000);
  assert.equal(await come(), 'api-key.refused');
});

test('nobody carries out the own leaving; the last owner stays; only an owner lets an owner go', async () => {
  const { owner, securityOfficer, manager, head } = world.cast;
  assert.equal(await refusalOf(leave(owner, owner)), 'leaving.own');
  assert.equal(await refusalOf(leave(head, manager)), 'access.denied');
  await change(owner, head, { roles: ['security-officer'] });
  await signInAgain(head);
  assert.equal(await refusalOf(leave(head, owner)), 'access.denied');
  assert.equal(await refusalOf(leave(head, manager, { dryRun: true })), null);
  await leave(owner, securityOfficer);
  assert.equal(await refusalOf(leave(owner, owner)), 'leaving.own');
});

test('an owner for a time does not send away the last one who is owner for good', async () => {
  const { owner, securityOfficer } = world.cast;
  const tomorrow = new Date(world.clock.now().getTime() + 86_400_000);
  const end = (until: Date | null) =>
    world.test.admin`UPDATE person_roles SET until = ${until} WHERE person_id = ${securityOfficer.personId}`;
  await end(tomorrow);
  assert.equal(await refusalOf(leave(securityOfficer, owner)), 'person.last_owner');
  assert.equal(await refusalOf(leave(securityOfficer, owner, { dryRun: true })), 'person.last_owner');
  await end(null);
  assert.equal(await refusalOf(leave(securityOfficer, owner)), null);
});

test('two owners who let each other leave at one moment: one stays', async () => {
  const { owner, securityOfficer } = world.cast;
  const answers = await raceOn(world.test, 'people', [
    () => leave(owner, securityOfficer),
    () => leave(securityOfficer, owner),
  ]);
  assert.deepEqual(new Set(answers), new Set(['access.denied', null]));
  const active = await rows(`SELECT count(*)::int AS n FROM people WHERE deactivated_at IS NULL
    AND id IN ('${owner.personId}', '${securityOfficer.personId}')`);
  assert.equal(active[0]!['n'], 1);
});

test('who may let people of one department leave does not reach into another', async () => {
  const { owner, head, manager, colleague } = world.cast;
  const role = await callAs(world.signIn, 'POST /api/v1/roles', owner, {
    body: { name: 'Кадри продажів', grants: { 'person.leave': 'department' } },
  });
  await change(owner, head, { roles: ['head', role.id] });
  await signInAgain(head);
  await giveClients(manager, 1);
  assert.equal(await refusalOf(leave(head, colleague)), 'access.denied');
  assert.equal(
    await refusalOf(leave(head, manager, { handOver: to(colleague) })),
    'access.denied',
    'clients stay inside',
  );
  assert.equal(await refusalOf(move(head, manager, {})), 'access.denied', 'nobody is moved outside');
  const inside = { departmentId: world.departments.sales, clients: 'stay', handOver: to(colleague) } as const;
  assert.equal(
    await refusalOf(move(head, manager, inside)),
    'access.denied',
    'clients stay inside, also when one moves',
  );
  const asked = { params: { id: colleague.personId } };
  const certificate = callAs(world.signIn, 'GET /api/v1/people/:id/leaving', head, asked);
  assert.equal(await refusalOf(certificate), 'access.denied', 'no certificate of somebody else’s people');
  // Moved away a moment ago, but the session still says otherwise.
  const stale = head.actor;
  await change(owner, head, { departmentId: world.departments.service });
  assert.equal(await refusalOf(leave(stale, manager, { handOver: { rule: 'head' } })), 'access.denied');
});

test('who has just lost the right does nothing with an actor that was made before', async () => {
  const { owner, securityOfficer, manager } = world.cast;
  const stale = securityOfficer.actor;
  await change(owner, securityOfficer, { roles: ['auditor'] });
  assert.equal(await refusalOf(leave(stale, manager)), 'access.denied');
});

test('a person of another organization does not exist, and takes no clients', async () => {
  const { owner, outsider, manager } = world.cast;
  assert.equal(await refusalOf(leave(owner, outsider)), 'person.not_found');
  assert.equal(await refusalOf(move(owner, outsider, {})), 'person.not_found');
  assert.equal(await refusalOf(leave(owner, outsider, { handOver: to(manager) })), 'person.not_found');
  const elsewhere = { departmentId: outsider.departmentId };
  assert.equal(await refusalOf(move(owner, manager, elsewhere)), 'department.not_found');
  const certificate = (whom: CastMember) =>
    refusalOf(callAs(world.signIn, 'GET /api/v1/people/:id/leaving', owner, { params: { id: whom.personId } }));
  assert.deepEqual(
    [await certificate(outsider), await certificate(manager)],
    ['person.not_found', 'leaving.not_found'],
  );
  await giveClients(manager, 1);
  assert.equal(await refusalOf(leave(owner, manager, { handOver: to(outsider) })), 'person.not_found');
  assert.equal(await refusalOf(leave(owner, manager, { handOver: to(manager) })), 'request.invalid');
  assert.equal(await refusalOf(leave(owner, manager, {})), 'request.invalid', 'clients are never left behind');
});

test('the new owner who is dismissed at the same moment takes nothing', async () => {
  const { owner, securityOfficer, manager, colleague, former } = world.cast;
  await giveClients(manager, 2);
  assert.equal(await refusalOf(leave(owner, manager, { handOver: to(former) })), 'leaving.heir_gone');
  const answers = await raceOn(world.test, 'people', [
    () => leave(owner, manager, { handOver: to(colleague) }),
    () => leave(securityOfficer, colleague, { handOver: to(world.cast.head) }),
  ]);
  assert.equal(answers[1], null);
  assert.equal(await clientsOf(colleague), 0, 'nobody who is gone owns a client');
  assert.ok(answers[0] === null || answers[0] === 'leaving.heir_gone', String(answers[0]));
});

test('clients go to nobody who may not see them: neither by name, nor because that person leads', async () => {
  const { owner, auditor, colleague, manager } = world.cast;
  const blind = async (asked: object) => [
    await refusalOf(leave(owner, manager, asked)),
    await refusalOf(leave(owner, manager, { ...asked, dryRun: true })),
    await refusalOf(move(owner, manager, { departmentId: world.departments.service, clients: 'stay', ...asked })),
  ];
  const thrice = (code: string) => [code, code, code];
  await giveClients(manager, 1);
  assert.deepEqual(await blind({ handOver: to(auditor) }), thrice('leaving.heir_blind'));
  const role = async (name: string, grants: object) =>
    (await callAs(world.signIn, 'POST /api/v1/roles', owner, { body: { name, grants } })).id;
  await change(owner, colleague, { roles: [await role('Лише контакти', { 'contact.read': 'own' })] });
  assert.deepEqual(await blind({ handOver: to(colleague) }), thrice('leaving.heir_blind'), 'the company stays unseen');
  await change(owner, colleague, { roles: [await role('Лише компанії', { 'company.read': 'own' })] });
  assert.deepEqual(await blind({ handOver: to(colleague) }), thrice('leaving.heir_blind'), 'the contact stays unseen');
  await callAs(world.signIn, 'PUT /api/v1/departments/:id/heads', owner, {
    params: { id: world.departments.salesNorth },
    body: { personIds: [auditor.personId] },
  });
  assert.deepEqual(await blind({ handOver: { rule: 'head' } }), thrice('leaving.heir_blind'));
  assert.equal(await clientsOf(manager), 1);
  // Of the department, in which somebody was dismissed, too.
  const { salesNorth } = world.departments;
  await change(owner, auditor, { departmentId: salesNorth });
  await change(owner, colleague, { roles: ['manager'], departmentId: salesNorth });
  const done = await leave(owner, manager, { handOver: { rule: 'evenly' } });
  assert.deepEqual(
    done.heirs.map(({ id }) => id),
    [colleague.personId],
  );
});

test('a second leaving finds nothing to do', async () => {
  const { owner, securityOfficer, manager } = world.cast;
  const answers = await raceOn(world.test, 'people', [
    () => leave(owner, manager),
    () => leave(securityOfficer, manager),
  ]);
  assert.deepEqual(new Set(answers), new Set([null, 'leaving.already']));
  assert.equal((await rows('SELECT id FROM leavings')).length, 1);
});

test('everything or nothing: a hand-over that fails half-way leaves the person at work', async () => {
  const { owner, manager, colleague } = world.cast;
  await giveClients(manager, 2);
  const { database, keyring, auditLog, clock } = world;
  const records = openHandOver(auditLog);
  const broken = openSignIn({
    database,
    keyring,
    auditLog,
    clock,
    origin: () => origin,
    records: {
      ...records,
      give: async (...given) => {
        await records.give(...given);
        throw new Error('the disk is gone');
      },
    },
  });
  const body = { dryRun: false, handOver: to(colleague) };
  const failed = callAs(broken, 'POST /api/v1/people/:id/leave', owner, { params: { id: manager.personId }, body });
  assert.equal(await refusalOf(failed), 'Error: the disk is gone');
  assert.equal(await clientsOf(manager), 2);
  await world.signIn.actorOf(manager.token, visitorFrom('192.0.2.10'));
  assert.equal((await rows('SELECT id FROM leavings')).length, 0);
  assert.ok(!(await readEntries(world)).some(({ event }) => event.endsWith('.handed_over')));
});

test('a second node refuses the session within a second', async () => {
  const { owner, manager } = world.cast;
  const { database, keyring, auditLog, clock } = world;
  const other = openSignIn({ database, keyring, auditLog, clock, origin: () => origin });
  await other.actorOf(manager.token, visitorFrom('192.0.2.10'));
  await leave(owner, manager);
  clock.move(1000);
  assert.equal(await refusalOf(other.actorOf(manager.token, visitorFrom('192.0.2.10'))), 'session.expired');
});

test('clients are spread evenly over the department; the head takes them by rule', async () => {
  const { owner, head, manager, colleague } = world.cast;
  await giveClients(colleague, 5);
  assert.equal(await refusalOf(leave(owner, colleague, { handOver: { rule: 'evenly' } })), 'leaving.no_heir');
  await change(owner, manager, { departmentId: world.departments.service });
  await change(owner, head, { departmentId: world.departments.service });
  const done = await leave(owner, colleague, { handOver: { rule: 'evenly' } });
  assert.deepEqual(
    done.heirs.map(({ contacts }) => contacts).toSorted((a, b) => a - b),
    [2, 3],
  );
  const after = await leave(owner, manager, { handOver: { rule: 'head' } });
  assert.equal(after.heirs[0]!.id, head.personId);
  assert.equal(await clientsOf(head), 5);
});

test('moving takes effect at once; clients go along or stay in the department', async () => {
  const { owner, head, manager } = world.cast;
  await giveClients(manager, 2);
  const tried = await move(owner, manager, { dryRun: true });
  assert.deepEqual([tried.done, tried.contacts], [false, 2]);
  const home = await rows(`SELECT DISTINCT department_id FROM contacts WHERE owner_id = '${manager.personId}'`);
  assert.deepEqual(
    home.map((row) => row['department_id']),
    [manager.departmentId],
    'a dry run moves nothing',
  );
  const along = await move(owner, manager, {});
  assert.equal(along.contacts, 2);
  const seen = await rows(`SELECT DISTINCT department_id FROM contacts WHERE owner_id = '${manager.personId}'`);
  assert.deepEqual(
    seen.map((row) => row['department_id']),
    [world.departments.service],
  );
  assert.equal(
    (await world.signIn.actorOf(manager.token, visitorFrom('192.0.2.10'))).departmentId,
    world.departments.service,
  );
  await move(owner, manager, { departmentId: world.departments.salesNorth });
  const { service } = world.departments;
  assert.equal(await refusalOf(move(owner, manager, { departmentId: service, clients: 'stay' })), 'request.invalid');
  const stay = await move(owner, manager, { departmentId: service, clients: 'stay', handOver: { rule: 'head' } });
  assert.equal(stay.heirs[0]!.id, head.personId);
  assert.deepEqual([await clientsOf(manager), await clientsOf(head)], [0, 2]);
  assert.equal((await readEntries(world)).at(-1)!.event, 'person.moved');
});

test('the detector names leavers with something left and accounts that sleep', async () => {
  const { owner, former, auditor } = world.cast;
  const look = () => callAs(world.signIn, 'GET /api/v1/people/sleeping', owner);
  const check = async (id: string) => (await world.signIn.posture.find((one) => one.id === id)!.run()).ok;
  assert.deepEqual(
    (await look()).leftActive.map(({ id, roles }) => [id, roles]),
    [[former.personId, 1]],
  );
  await leave(owner, former);
  assert.deepEqual((await look()).leftActive, []);
  assert.equal(await check('access.nobody_left_active'), true);
  const day = 24 * 3_600_000;
  world.clock.move(29 * day);
  assert.deepEqual([(await look()).sleeping, await check('access.no_sleeping_accounts')], [[], true]);
  world.clock.move(day + 3_600_000);
  assert.ok((await look()).sleeping.some(({ id }) => id === auditor.personId));
  assert.equal(await check('access.no_sleeping_accounts'), false);
});
