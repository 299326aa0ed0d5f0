/** The sealed sheet against whoever has half of it, an old one, somebody else’s, or none. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { EmergencySheetView } from '#contract';
import { readHalf, writeHalf } from '#contract';
import { hasCode } from '#kernel';
import { systemReach } from '#protections/encryption';
import { runPosture } from '#protections/posture';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import { callAs, codeOf, openWorld, origin, raceOn, readEntries, signInAs, visitorFrom } from '#test/cast.ts';
import type { PostOffice } from '#test/post-office.ts';
import { openPostOffice } from '#test/post-office.ts';
import type { Probe } from '../../../http/frame.fixture.ts';
import { openProbe } from '../../../http/frame.fixture.ts';
import { refusalMillisMin } from '../begin-sign-in.ts';
import { emergencyIdleMinutesMax, emergencyMinutesMax } from '../session-store.ts';
import { emergencyTriesMax } from './emergency-sign-in.ts';
import { sheetDays } from './make-sheet.ts';
import { drawSheet, isHalf, joinHalves } from './secret.ts';
import { claimReminder, findAlarm } from './sheet-store.ts';
import { alarmDays, reminderDays } from './show-sheet.ts';

let post: PostOffice;
let world: World;
let probe: Probe;
before(async () => {
  post = await openPostOffice();
  world = await openWorld(post.settings);
  probe = await openProbe(world);
});
after(async () => {
  await probe.frame.app.close();
  await world.close();
  await post.close();
});

const minute = 60_000;
const day = 24 * 60 * minute;
let network = 0;
/** Each from a network of its own, so that one test does not use up the tries of another. */
const somewhere = () => visitorFrom(`198.51.${(network += 1)}.20`, 'Firefox, Android');
const refusal = (code: string) => (error: unknown) => hasCode(error) && error.code === code;
const call: typeof callAs = (...given) => callAs(...given);
const about = async (event: string) => (await readEntries(world)).filter((entry) => entry.event === event);

/** The owner signs in anew (a fresh proof) and makes a sheet. */
async function make(by: CastMember = world.cast.owner): Promise<EmergencySheetView> {
  const token = await signInAs(world.signIn, world.clock, by);
  return call(world.signIn, 'POST /api/v1/security/emergency', await world.signIn.actorOf(token, somewhere()));
}
const bring = (halves: readonly string[], cookie: Cookie = {}, visitor = somewhere()) =>
  call(world.signIn, 'POST /api/v1/emergency/sign-in', null, { body: { halves: [...halves] }, visitor, cookie });
const show = (who: CastMember = world.cast.owner) => call(world.signIn, 'GET /api/v1/security/emergency', who);
const check = (half: string, who: CastMember = world.cast.owner) =>
  call(world.signIn, 'POST /api/v1/security/emergency/check', who, { body: { half } });
const isRed = async () =>
  (await runPosture(world.signIn.posture)).some(({ id, ok }) => id === 'sign-in.emergency_sheet' && !ok);

/** “Last seen” is written behind the answer. */
const seen = () => world.signIn.close();

/** A half that nobody made, with a checksum that is right. */
const forged = (half: 1 | 2, sheet: string) => writeHalf({ half, sheet, share: randomBytes(32) });

test('both halves let the owner in once, for an hour, and everybody who watches is told', async () => {
  assert.equal((await show()).state, 'none');
  const { auditor } = world.cast;
  await world.test.admin`INSERT INTO person_roles (organization_id, person_id, role_id, given_at)
    SELECT organization_id, ${auditor.personId}, id, now() FROM roles
    WHERE organization_id = ${world.organizationId} AND key = 'security-officer'`;
  const { halves, number } = await make();
  assert.equal((await show()).state, 'standing');
  const cookie: Cookie = {};
  const visitor = somewhere();
  const session = await bring(halves, cookie, visitor);
  assert.equal(session.person.id, world.cast.owner.personId);
  const actor = await world.signIn.actorOf(cookie.token!, visitor);
  assert.deepEqual(actor.factors, ['break-glass']);
  await world.mail.deliverDue(world.organizationId);
  for (const who of [world.cast.owner, world.cast.securityOfficer, auditor]) {
    const letters = post.letters.filter(({ to }) => to.includes(who.email)).map(({ subject }) => subject);
    assert.ok(letters.includes('Зроблено новий аварійний аркуш') && letters.includes('Аварійний вхід за аркушем'));
  }
  assert.ok(!post.letters.some(({ to }) => to.includes(world.cast.manager.email)));
  await world.test.admin`DELETE FROM person_roles WHERE person_id = ${auditor.personId} AND role_id IN (
    SELECT id FROM roles WHERE organization_id = ${world.organizationId} AND key = 'security-officer')`;
  const [entry] = await about('emergency.signed_in');
  assert.equal(entry?.facts['number'], number);
  assert.equal((await show()).state, 'used');
  assert.equal(await isRed(), true);
  await assert.rejects(bring(halves), refusal('emergency.refused'), 'a sheet opens once');

  for (let slept = 0; slept < emergencyMinutesMax - 10; slept += 10) {
    world.clock.move(10 * minute);
    await world.signIn.actorOf(cookie.token!, visitor);
    await seen();
  }
  world.clock.move(10 * minute);
  await assert.rejects(world.signIn.actorOf(cookie.token!, visitor), refusal('session.expired'), 'an hour is over');
  await make();
  assert.equal(await isRed(), false, 'a new sheet mends it');
});

test('an emergency session that sleeps a quarter of an hour is over', async () => {
  const { halves } = await make();
  const cookie: Cookie = {};
  const visitor = somewhere();
  await bring(halves, cookie, visitor);
  world.clock.move(emergencyIdleMinutesMax * minute - 1);
  await world.signIn.actorOf(cookie.token!, visitor);
  await seen();
  world.clock.move(emergencyIdleMinutesMax * minute);
  await assert.rejects(world.signIn.actorOf(cookie.token!, visitor), refusal('session.expired'));
});

test('one half, a half twice, halves of two sheets, forged and mistyped ones: one answer, after one time', async () => {
  const old = await make();
  const sheet = await make();
  const [first, second] = sheet.halves as [string, string];
  const share = readHalf(second)!;
  const tries: [string, readonly string[]][] = [
    ['one half twice', [first, first]],
    ['one half and nothing', [first, 'x']],
    ['one half and one of the sheet before', [first, old.halves[1]!]],
    ['the sheet before', old.halves],
    ['one half and one that was made up, its checksum right', [first, forged(2, sheet.number)]],
    ['the halves of the sheet under the number of another', [first, writeHalf({ ...share, sheet: '000000' })]],
    ['two that were made up', [forged(1, sheet.number), forged(2, sheet.number)]],
    ['a slip of the hand', [first, second.replace(/.$/, (letter) => (letter === 'Z' ? 'Y' : 'Z'))]],
    ['both halves as one', [first + second, first + second]],
  ];
  const denied = (await about('emergency.denied')).length;
  for (const [title, halves] of tries) {
    const startedAt = performance.now();
    await assert.rejects(bring(halves), refusal('emergency.refused'), title);
    assert.ok(performance.now() - startedAt >= refusalMillisMin - 2, title);
  }
  assert.equal((await about('emergency.denied')).length, denied + tries.length, 'each is written down');
  await bring([second, first]);
});

test('of a burst with the right halves one is let in', async () => {
  const { halves } = await make();
  const ended = await raceOn(world.test, 'emergency_sheets', [
    () => bring(halves),
    () => bring(halves),
    () => bring(halves),
  ]);
  assert.equal(ended.filter((one) => one === null).length, 1);
  assert.equal(ended.filter((one) => one === 'emergency.refused').length, 2);
});

test('a flood from one network ends; its tries tell nothing and shut nobody else out', async () => {
  const { halves, number } = await make();
  const flood = somewhere();
  for (let at = 0; at < emergencyTriesMax; at += 1)
    await assert.rejects(bring([forged(1, number), forged(2, number)], {}, flood), refusal('emergency.refused'));
  await assert.rejects(bring(halves, {}, flood), refusal('sign-in.too_many_attempts'), 'even with the right halves');
  await bring(halves);
});

test('the sheet of a dismissed owner, of one who is owner no more, and one whose year is over open nothing', async () => {
  const officer = world.cast.securityOfficer;
  const { halves } = await make(officer);
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${officer.personId}`;
  await assert.rejects(bring(halves), refusal('emergency.refused'));
  assert.equal((await show()).state, 'ownerless');
  assert.equal(await isRed(), true);
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${officer.personId}`;
  const setRole = (role: string) => world.test.admin`
    UPDATE person_roles h SET role_id = r.id FROM roles r
    WHERE r.organization_id = h.organization_id AND r.key = ${role} AND h.person_id = ${officer.personId}`;
  await setRole('security-officer');
  await assert.rejects(bring(halves), refusal('emergency.refused'));
  await setRole('owner');
  world.clock.move((sheetDays - reminderDays) * day);
  post.letters.length = 0;
  for (let at = 0; at < 2; at += 1) await world.signIn.sweep();
  await world.mail.deliverDue(world.organizationId);
  const reminders = post.letters.filter(({ subject }) => subject === 'Строк аварійного аркуша спливає');
  assert.equal(reminders.length, 2, 'two watchers, one letter each');
  world.clock.move(reminderDays * day);
  await assert.rejects(bring(halves), refusal('emergency.refused'));
  await assert.rejects(check(halves[0]!), refusal('emergency.no_sheet'), 'nobody is told that it still works');
  assert.equal((await show()).state, 'expired');
});

test('whoever was signed in in this browser is so no more when a sheet opens it', async () => {
  const { halves } = await make();
  const { colleague } = world.cast;
  const [here, elsewhere] = [
    await signInAs(world.signIn, world.clock, colleague),
    await signInAs(world.signIn, world.clock, colleague),
  ];
  const visitor = somewhere();
  await call(world.signIn, 'POST /api/v1/emergency/sign-in', await world.signIn.actorOf(here, visitor), {
    body: { halves },
    visitor,
    cookie: {},
  });
  await assert.rejects(world.signIn.actorOf(here, visitor), refusal('session.expired'));
  await world.signIn.actorOf(elsewhere, visitor);
});

test('a half is checked alone and used up by nothing; a wrong one is refused and written down', async () => {
  const old = await make();
  const { halves, number } = await make();
  assert.deepEqual(await check(halves[1]!), { half: 2, both: false });
  assert.deepEqual(await check(halves[0]!.toLowerCase()), { half: 1, both: true });
  for (const half of [old.halves[0]!, forged(1, number), 'x']) {
    await assert.rejects(check(half), refusal('emergency.half_wrong'));
    assert.equal((await about('emergency.denied')).at(-1)?.reason, 'emergency.half_wrong');
  }
  assert.ok((await show()).sheet?.firstCheckedAt);
  await bring(halves);
  await assert.rejects(check(halves[0]!), refusal('emergency.no_sheet'));
});

test('neither halves nor secret lie in the database', async () => {
  const { halves } = await make();
  const shares = halves.map((half) => Buffer.from(readHalf(half)!.share));
  const secret = Buffer.from(shares[0]!.map((byte, at) => byte ^ shares[1]![at]!));
  const rows = await world.test.admin`SELECT row_to_json(s)::text AS row FROM emergency_sheets s`;
  assert.ok(rows.length > 0);
  for (const bytes of [...shares, secret])
    for (const { row } of rows) assert.ok(!String(row).includes(bytes.toString('hex')));
});

test('what is kept of a secret answers for no half, and what is kept of a half for no secret', () => {
  const { halves, hashes } = drawSheet();
  const [first, second] = halves.map((half) => readHalf(half)!);
  const secret = { ...first!, share: Buffer.from(first!.share.map((byte, at) => byte ^ second!.share[at]!)) };
  assert.equal(isHalf(first!, hashes.first), true);
  for (const [half, hash] of [
    [secret, hashes.secret],
    [first!, hashes.second],
    [second!, hashes.first],
  ] as const)
    assert.equal(isHalf(half, hash), false);
  const nothing = writeHalf({ ...second!, share: Buffer.alloc(second!.share.length) });
  assert.notDeepEqual(joinHalves([halves[0], nothing]), hashes.first, 'a half and nothing');
});

test('a security officer makes no sheet; whoever came in by one neither makes the next nor takes the warning away', async () => {
  const officer = world.cast.securityOfficer;
  const stale = await world.signIn.actorOf(await signInAs(world.signIn, world.clock, officer), somewhere());
  await world.test.admin`
    UPDATE person_roles h SET role_id = r.id FROM roles r
    WHERE r.organization_id = h.organization_id AND r.key = 'security-officer' AND h.person_id = ${officer.personId}`;
  await assert.rejects(make(officer), refusal('emergency.owner_only'));
  await assert.rejects(
    call(world.signIn, 'POST /api/v1/security/emergency', stale),
    refusal('access.denied'),
    'who was owner when the request came in',
  );
  await world.test.admin`
    UPDATE person_roles h SET role_id = r.id FROM roles r
    WHERE r.organization_id = h.organization_id AND r.key = 'owner' AND h.person_id = ${officer.personId}`;
  const { halves } = await make();
  const cookie: Cookie = {};
  const visitor = somewhere();
  await bring(halves, cookie, visitor);
  const thief = await world.signIn.actorOf(cookie.token!, visitor);
  for (const key of ['POST /api/v1/security/emergency', 'DELETE /api/v1/security/emergency'] as const)
    await assert.rejects(call(world.signIn, key, thief), refusal('emergency.not_here'));
  await assert.rejects(
    call(world.signIn, 'POST /api/v1/security/emergency/acknowledge', thief),
    refusal('emergency.not_here'),
  );
  assert.equal((await show()).alarm?.address, visitor.address);
  await call(world.signIn, 'POST /api/v1/security/emergency/acknowledge', world.cast.owner);
  assert.equal((await show()).alarm, null);
  assert.ok((await show(officer)).alarm, 'each for oneself');
  world.clock.move(alarmDays * day);
  assert.equal((await show(officer)).alarm, null, 'a week later it goes by itself');
});

test('networks and hours keep nobody out who brings the sheet; a new app can be connected, the rest asks for a fresh proof', async () => {
  const { halves } = await make();
  const places = [{ id: '00000000-0000-4000-8000-000000000001', name: 'Офіс', ranges: ['192.0.2.0/24'] }];
  const rules = {
    networks: { places, organization: { anywhere: false, places: [places[0]!.id] }, roles: [], people: [] },
    hours: { organization: { days: [7], from: '03:00', to: '03:01' }, roles: [], people: [] },
  };
  await world.test.admin`
    INSERT INTO sign_in_rules (organization_id, version, sections, changed_at)
    VALUES (${world.organizationId}, 1, ${JSON.stringify(rules)}::text::jsonb, now())`;
  world.clock.move(2_000); // what a node keeps in memory
  const cookie: Cookie = {};
  const visitor = visitorFrom('203.0.113.9', 'Firefox, Android');
  await bring(halves, cookie, visitor);
  const actor = await world.signIn.actorOf(cookie.token!, visitor);
  assert.equal(actor.personId, world.cast.owner.personId);
  await assert.rejects(
    signInAs(world.signIn, world.clock, world.cast.owner, visitor),
    refusal('session.network_denied'),
  );

  const ask = async (method: 'POST' | 'PATCH', url: string) => {
    const headers = { host: 'crm.vezha.example', origin, cookie: `lubart=${cookie.token}` };
    const payload = method === 'POST' ? { name: 'Новий телефон' } : {};
    const answer = await probe.frame.app.inject({ method, url, headers, payload, remoteAddress: '203.0.113.9' });
    return answer.statusCode === 200 ? null : answer.json<{ error: { code: string } }>().error.code;
  };
  const dangerous = `/api/v1/people/${world.cast.manager.personId}`;
  world.clock.move(10 * minute);
  assert.equal(await ask('PATCH', dangerous), 'session.step_up_needed');
  assert.equal(await ask('POST', '/api/v1/authenticators/begin'), null);
  await world.test.admin`DELETE FROM sign_in_rules WHERE organization_id = ${world.organizationId}`;
  assert.ok(codeOf(world.cast.owner, world.clock));
});

test('a half that is checked says nothing of the other, nor of a sheet that stands no more', async () => {
  const { number } = await make();
  const sheet = await make();
  await check(sheet.halves[1]!);
  const checked = async (which: string) => {
    const [row] = await world.test.admin`
      SELECT first_checked_at IS NOT NULL AS first, second_checked_at IS NOT NULL AS second
      FROM emergency_sheets WHERE number = ${which}`;
    return [row!['first'], row!['second']];
  };
  assert.deepEqual(await checked(sheet.number), [false, true]);
  assert.deepEqual(await checked(number), [false, false]);
  await check(sheet.halves[0]!);
  assert.deepEqual(await checked(sheet.number), [true, true]);
});

test('attack: who acknowledges before the sheet is used is told all the same when it is', async () => {
  const { owner, securityOfficer } = world.cast;
  const { halves } = await make();
  const seenBy = () => call(world.signIn, 'POST /api/v1/security/emergency/acknowledge', securityOfficer);
  const { organizationId } = world;
  const since = new Date(world.clock.now().getTime() - minute);
  const alarm = () =>
    world.database.read(systemReach(organizationId), (tx) =>
      findAlarm(tx, { organizationId, personId: securityOfficer.personId }, since),
    );
  await seenBy();
  assert.equal(await alarm(), undefined);
  await bring(halves);
  assert.equal((await alarm())?.person_id, owner.personId);
  await seenBy();
  await seenBy();
  assert.equal(await alarm(), undefined, 'acknowledged, also twice');
});

test('a reminder is for the sheet that stands and ends soon, once', async () => {
  const { organizationId } = world;
  const remind = (days: number) =>
    world.database.act(systemReach(organizationId), (tx) =>
      claimReminder(tx, organizationId, {
        until: new Date(world.clock.now().getTime() + days * day),
        at: world.clock.now(),
      }),
    );
  const old = await make();
  await bring(old.halves);
  const withdrawn = await make();
  const { number } = await make();
  assert.equal(await remind(sheetDays - 1), undefined, 'neither used, nor withdrawn, nor good for long');
  assert.equal((await remind(sheetDays + 1))?.number, number);
  assert.equal(await remind(sheetDays + 1), undefined);
  assert.notEqual(withdrawn.number, number);
});
