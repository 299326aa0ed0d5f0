/** Sessions against whoever has found, kept or brought one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import { callAs, codeOf, openWorld, password, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { openRules } from './rules.ts';
import { openSessions } from './session.ts';
import {
  countOpenSessions,
  endSessionsOfDevice,
  listOpenSessions,
  listSessions,
  sessionDaysMax,
  sessionIdleHoursMax,
  touchSession,
} from './session-store.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const visitor = visitorFrom('192.0.2.30');
const enter = (token: string) => world.signIn.actorOf(token, visitor);
const signIn = (person: CastMember) => signInAs(world.signIn, world.clock, person);
const change = (person: CastMember, body: { active?: boolean; roles?: string[] }) =>
  callAs(world.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, { params: { id: person.personId }, body });

test('a session says who, in which departments, and from where this request came', async () => {
  const actor = await enter(await signIn(world.cast.head));
  assert.equal(actor.name, 'Ірина Савчук');
  assert.deepEqual(new Set(actor.departmentIds), new Set([world.departments.sales, world.departments.salesNorth]));
  assert.deepEqual([actor.address, actor.requestId], [visitor.address, visitor.requestId]);
});

test('what is no token of ours opens nothing', async () => {
  const token = await signIn(world.cast.manager);
  const [organizationId, secret] = token.split('.') as [string, string];
  const table: [string, string][] = [
    ['', 'session.missing'],
    ['x', 'session.missing'],
    [secret, 'session.missing'],
    [`${organizationId}.`, 'session.missing'],
    [`${organizationId}.${secret}A`, 'session.missing'],
    [`${organizationId.toUpperCase()}.${secret}`, 'session.missing'],
    [`${organizationId}.${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`, 'session.expired'],
    [`${world.otherOrganizationId}.${secret}`, 'session.expired'],
    [`${newId()}.${secret}`, 'session.expired'],
  ];
  for (const [given, expected] of table) assert.equal(await refusalOf(enter(given)), expected, given);
});

test('the database holds no token that would open a session', async () => {
  const token = await signIn(world.cast.manager);
  const secret = token.split('.')[1]!;
  const rows = await world.test.admin`SELECT token_hash FROM sessions WHERE organization_id = ${world.organizationId}`;
  assert.ok(rows.length > 5);
  assert.ok(rows.every((row) => !(row['token_hash'] as Buffer).equals(Buffer.from(secret, 'base64url'))));
  for (const row of rows) {
    assert.notEqual(
      await refusalOf(enter(`${world.organizationId}.${(row['token_hash'] as Buffer).toString('base64url')}`)),
      null,
    );
  }
});

test('a dismissed person’s session is over at the next request', async () => {
  const { colleague } = world.cast;
  const token = await signIn(colleague);
  await enter(token);
  await change(colleague, { active: false });
  assert.equal(await refusalOf(enter(token)), 'session.expired');
  await change(colleague, { active: true });
  assert.equal(await refusalOf(enter(token)), 'session.expired', 'coming back opens no old session');
});

test('a session of the former employee stays closed even if its row is opened again', async () => {
  const { former } = world.cast;
  await world.test.admin`UPDATE sessions SET ended_at = NULL WHERE person_id = ${former.personId}`;
  assert.equal(await refusalOf(enter(former.token)), 'session.expired');
  await world.test.admin`UPDATE sessions SET ended_at = now() WHERE person_id = ${former.personId}`;
});

test('another role means signing in anew', async () => {
  const { manager } = world.cast;
  const token = await signIn(manager);
  await change(manager, { roles: ['head'] });
  assert.equal(await refusalOf(enter(token)), 'session.expired');
  await change(manager, { roles: ['manager'] });
});

test('what was read while a session ended is not kept for the next request', async () => {
  const { manager } = world.cast;
  const token = await signIn(manager);
  const actor = await enter(token);
  const { database, keyring, clock } = world;
  const rules = openRules({ database, clock });
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  let reached = () => {};
  const read = new Promise<void>((resolve) => (reached = resolve));
  const slow = {
    ...rules,
    of: async (id: string) => {
      reached(); // the row was read, and is about to be kept
      await held;
      return rules.of(id);
    },
  };
  const sessions = openSessions({ database, keyring, clock, rules: slow });
  const first = sessions.actorOf(token, visitor);
  await read;
  await callAs(world.signIn, 'POST /api/v1/sign-out', actor);
  sessions.forget();
  goOn();
  await first;
  assert.equal(await refusalOf(sessions.actorOf(token, visitor)), 'session.expired');
  await sessions.settle();
});

test('sign-out ends this session and no other, and only once', async () => {
  const { head } = world.cast;
  const [first, second] = [await signIn(head), await signIn(head)];
  const cookie: Cookie = {};
  await callAs(world.signIn, 'POST /api/v1/sign-out', await enter(first), { cookie });
  assert.equal(cookie.token, null);
  assert.equal(await refusalOf(enter(first)), 'session.expired');
  assert.equal(await refusalOf(enter(second)), null);
  assert.equal((await readEntries(world)).at(-1)!.event, 'session.signed_out');
});

test('I see and end my own sessions, not a colleague’s', async () => {
  const { head, manager } = world.cast;
  const actor = await enter(await signIn(head));
  const { sessions } = await callAs(world.signIn, 'GET /api/v1/sessions', actor);
  assert.ok(sessions.length >= 2);
  assert.equal(sessions.filter((session) => session.current).length, 1);
  const theirs = await enter(await signIn(manager));
  const end = (id: string) => refusalOf(callAs(world.signIn, 'DELETE /api/v1/sessions/:id', actor, { params: { id } }));
  assert.equal(await end(theirs.sessionId!), 'request.not_found');
  const other = sessions.find((session) => !session.current)!;
  assert.equal(await end(other.id), null);
  assert.equal(await end(other.id), 'request.not_found');
  const { ended } = await callAs(world.signIn, 'POST /api/v1/sessions/end-others', actor);
  assert.equal((await callAs(world.signIn, 'GET /api/v1/sessions', actor)).sessions.length, 1);
  assert.ok(ended >= 0);
});

test('a session a thief planted in the browser is left behind at sign-in', async () => {
  const { manager, head } = world.cast;
  const planted = await signIn(head);
  world.clock.move(31_000);
  const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: manager.email, password },
  });
  const cookie: Cookie = {};
  const body = { ticket, code: codeOf(manager, world.clock) };
  await callAs(world.signIn, 'POST /api/v1/sign-in/code', await enter(planted), { body, cookie });
  assert.notEqual(cookie.token, planted);
  assert.equal((await enter(cookie.token!)).personId, manager.personId);
  assert.equal(await refusalOf(enter(planted)), 'session.expired');
});

test('a session ends when it sleeps too long, and in any case after a week', async () => {
  const { head } = world.cast;
  const hour = 3_600_000;
  const asleep = await signIn(head);
  world.clock.move(sessionIdleHoursMax * hour - 1_000);
  assert.equal(await refusalOf(enter(asleep)), null, 'a moment before');
  await world.signIn.close(); // “last seen” is written
  world.clock.move(sessionIdleHoursMax * hour - 1_000);
  assert.equal(await refusalOf(enter(asleep)), null, 'it was used, so it lives on');
  await world.signIn.close();
  world.clock.move(sessionIdleHoursMax * hour);
  assert.equal(await refusalOf(enter(asleep)), 'session.expired');
  const busy = await signIn(head);
  for (let hours = 0; hours < sessionDaysMax * 24 - 6; hours += 6) {
    world.clock.move(6 * hour);
    assert.equal(await refusalOf(enter(busy)), null, `after ${hours + 6} hours`);
    await world.signIn.close();
  }
  world.clock.move(6 * hour);
  assert.equal(await refusalOf(enter(busy)), 'session.expired');
});

test('a new password ends the other sessions and keeps this one', async () => {
  const { auditor } = world.cast;
  const [here, elsewhere] = [await signIn(auditor), await signIn(auditor)];
  const actor = await enter(here);
  const to = (current: string, next: string) =>
    refusalOf(callAs(world.signIn, 'POST /api/v1/profile/password', actor, { body: { current, password: next } }));
  assert.equal(await to('не той пароль зовсім', 'Інший-довгий-шлях-44'), 'sign-in.refused');
  assert.equal(await to(password, 'коротко'), 'password.too_short');
  assert.equal(await refusalOf(enter(elsewhere)), null, 'nothing ended yet');
  assert.equal(await to(password, 'Інший-довгий-шлях-44'), null);
  assert.equal(await refusalOf(enter(here)), null);
  assert.equal(await refusalOf(enter(elsewhere)), 'session.expired');
  assert.equal((await readEntries(world)).at(-1)!.event, 'person.password_changed');
  assert.equal(await to('Інший-довгий-шлях-44', password), null);
});

test('what ended is swept away, what lives stays', async () => {
  const token = await signIn(world.cast.head);
  world.clock.move(10 * 3_600_000);
  await enter(token);
  await world.signIn.close();
  await world.signIn.sweep();
  const count = () =>
    world.database.read(
      systemReach(world.organizationId),
      (tx) =>
        tx`SELECT count(*)::int AS n FROM sessions WHERE ended_at < ${new Date(world.clock.now().getTime() - 86_400_000)}`,
    );
  assert.equal((await count())[0]!['n'], 0);
  assert.equal(await refusalOf(enter(token)), null);
});

test('in the table itself: what is done to one session is done to no other, and what is over is neither seen nor used', async () => {
  const { organizationId } = world;
  const { manager, head } = world.cast;
  const { admin } = world.test;
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId), prepared(work));
  const now = world.clock.now();
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  await admin`UPDATE sessions SET ended_at = created_at WHERE ended_at IS NULL`;
  const device = async (who: CastMember) => {
    const [row] = await admin`
      INSERT INTO devices (organization_id, id, person_id, secret_hash, sealed, address, approved_at, last_used_at)
      VALUES (${organizationId}, gen_random_uuid(), ${who.personId}, sha256(${newId()}::text::bytea), 's', '192.0.2.9', ${now}, ${now})
      RETURNING id`;
    return row!['id'] as string;
  };
  const [mine, theirs] = [await device(manager), await device(head)];
  type Given = { who?: CastMember; at?: string | null; seen?: Date; expires?: Date; ended?: Date | null };
  const add = async ({ who = manager, at = mine, seen = now, expires = inHours(9), ended = null }: Given = {}) => {
    const id = newId();
    await admin`
      INSERT INTO sessions (organization_id, id, person_id, token_hash, address, device, created_at, last_seen_at, expires_at,
        ended_at, way, factors, proved_at, device_id)
      VALUES (${organizationId}, ${id}, ${who.personId}, sha256(${id}::text::bytea), '192.0.2.9', 'Firefox', ${seen}, ${seen},
        ${expires}, ${ended}, 'password', '{password,totp}', ${seen}, ${at})`;
    return id;
  };
  const first = await add();
  const [second, other] = [await add({ at: null }), await add({ who: head, at: theirs })];
  const over = await add({ ended: now });
  await add({ seen: inHours(-sessionIdleHoursMax) });
  await add({ seen: inHours(-1), expires: now });
  const seen = (await act((tx) => listSessions(tx, organizationId, manager.personId, now))).map(({ id }) => id);
  assert.deepEqual(seen.toSorted(), [first, second].toSorted());
  const open = await act((tx) => listOpenSessions(tx, organizationId, now));
  assert.deepEqual(
    open.map((row) => row.person_id).toSorted(),
    [manager, manager, head].map(({ personId }) => personId).toSorted(),
  );
  const counted = await act((tx) => countOpenSessions(tx, organizationId, now));
  assert.deepEqual([counted.get(manager.personId), counted.get(head.personId)], [2, 1]);
  const rows = async (...but: string[]) => {
    const found = await admin`SELECT s::text AS text FROM sessions s WHERE id <> ALL (${but}::uuid[]) ORDER BY id`;
    return found.map(({ text }) => text);
  };
  const people = async () => {
    const found = await admin`SELECT id, last_seen_at FROM people WHERE id <> ${manager.personId} ORDER BY id`;
    return found.map((row) => [row['id'], row['last_seen_at']]);
  };
  const use = (id: string, hours: number, address = '192.0.2.60') =>
    act((tx) =>
      touchSession(tx, organizationId, { id, personId: manager.personId, deviceId: null, address }, inHours(hours)),
    );
  const [before, others] = [await rows(first), await people()];
  await use(first, 1);
  await use(first, 0.5, '192.0.2.61');
  assert.deepEqual([await rows(first), await people()], [before, others]);
  const last = async () =>
    (
      await admin`
    SELECT s.last_seen_at, s.last_address, p.last_seen_at AS person FROM sessions s JOIN people p ON p.id = s.person_id
    WHERE s.id = ${first}`
    )[0];
  assert.deepEqual({ ...(await last()) }, { last_seen_at: inHours(1), last_address: '192.0.2.60', person: inHours(1) });
  const all = await rows();
  await use(over, 2);
  assert.deepEqual(await rows(), all, 'what ended is not used');
  assert.equal(await act((tx) => endSessionsOfDevice(tx, organizationId, mine, inHours(2))), 3);
  assert.equal(await act((tx) => endSessionsOfDevice(tx, organizationId, mine, inHours(3))), 0);
  const ended = async (id: string) => (await admin`SELECT ended_at FROM sessions WHERE id = ${id}`)[0]!['ended_at'];
  assert.deepEqual(
    [await ended(first), await ended(second), await ended(other), await ended(over)],
    [inHours(2), null, null, now],
  );
});
