/** The fresh proof against whoever sits down at an open browser or brings its cookie. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshProofMinutes, routes, stepUpRoutes } from '#contract';
import { openProbe } from '../../http/frame.fixture.ts';
import type { Probe } from '../../http/frame.fixture.ts';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import { callAs, codeOf, openWorld, origin, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';
import { promptTries } from './failures.ts';

let world: World;
let probe: Probe;
before(async () => {
  world = await openWorld();
  probe = await openProbe(world);
});
after(async () => {
  await probe.frame.app.close();
  await world.close();
});

const minute = 60_000;
const enter = (token: string) => world.signIn.actorOf(token, visitorFrom('192.0.2.30'));
const signIn = (person: CastMember) => signInAs(world.signIn, world.clock, person);

/** A dangerous act, through the frame: the owner changes a person. */
async function act(token: string): Promise<string | null> {
  const answer = await probe.frame.app.inject({
    method: 'PATCH',
    url: `/api/v1/people/${world.cast.manager.personId}`,
    headers: { host: 'crm.vezha.example', origin, cookie: `lubart=${token}` },
    payload: {},
  });
  return answer.statusCode === 200 ? null : answer.json<{ error: { code: string } }>().error.code;
}

async function proveAnew(token: string, code: string): Promise<string> {
  const cookie: Cookie = {};
  await callAs(world.signIn, 'POST /api/v1/step-up', await enter(token), { body: { code }, cookie });
  return cookie.token!;
}

test('the list of acts names only routes that ask for a session', () => {
  assert.ok(stepUpRoutes.length >= 4);
  for (const key of stepUpRoutes) assert.notEqual(routes[key].permission, 'anyone', key);
});

test('a proof is good for five minutes, and then the act is refused and recorded', async () => {
  const token = await signIn(world.cast.owner);
  const table: [number, string | null][] = [
    [freshProofMinutes * minute - 1, null],
    [1, null],
    [1, 'session.step_up_needed'],
  ];
  for (const [millis, expected] of table) {
    world.clock.move(millis);
    assert.equal(await act(token), expected, String(millis));
  }
  const entry = (await readEntries(world)).findLast((one) => one.event === 'session.step_up_denied')!;
  assert.equal(entry.outcome, 'refused');
});

test('proving anew opens the act, gives the session a new token, and the old one is dead', async () => {
  const old = await signIn(world.cast.owner);
  const before = await enter(old);
  world.clock.move(20 * minute);
  assert.equal(await act(old), 'session.step_up_needed');
  const fresh = await proveAnew(old, codeOf(world.cast.owner, world.clock));
  assert.notEqual(fresh, old);
  assert.equal(await act(fresh), null);
  assert.equal(await act(old), 'session.expired');
  assert.equal((await enter(fresh)).sessionId, before.sessionId, 'the same session');
  assert.ok((await readEntries(world)).some((one) => one.event === 'session.proved_anew'));
});

test('a code that opened the door proves nothing anew', async () => {
  const token = await signIn(world.cast.owner);
  const code = codeOf(world.cast.owner, world.clock);
  assert.equal(await refusalOf(proveAnew(token, code)), 'sign-in.code_already_used');
});

test('a session that ends at this moment is not brought back by a right code', async () => {
  const { colleague } = world.cast;
  const token = await signIn(colleague);
  const stale = await enter(token);
  world.clock.move(minute);
  await callAs(world.signIn, 'POST /api/v1/sign-out', stale);
  const code = codeOf(colleague, world.clock);
  const cookie: Cookie = {};
  const proved = callAs(world.signIn, 'POST /api/v1/step-up', stale, { body: { code }, cookie });
  assert.equal(await refusalOf(proved), 'session.expired');
  assert.equal(cookie.token, undefined);
  const entries = (await readEntries(world)).slice(-1).map(({ event, reason }) => [event, reason]);
  assert.deepEqual(entries, [['sign-in.denied', 'session.expired']]);
  assert.ok(await signIn(colleague), 'and the code is not lost');
});

test('an open browser is no place to guess: tries count like those at the door', async () => {
  const { head } = world.cast;
  const token = await signIn(head);
  for (let at = 0; at < promptTries; at += 1)
    assert.equal(await refusalOf(proveAnew(token, '000000')), 'sign-in.code_wrong');
  assert.equal(await refusalOf(proveAnew(token, codeOf(head, world.clock))), 'sign-in.too_many_attempts');
  assert.equal((await readEntries(world)).at(-1)!.event, 'sign-in.denied');
});
