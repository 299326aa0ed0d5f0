import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRules } from '#contract';
import type { FactorRules } from '#contract';
import type { Demands, FactorStanding, Proof } from './demand.ts';
import { coverageOf, isAttested, judge } from './demand.ts';
import { dateDemands } from './factor-rules.ts';

const day = 86_400_000;
const now = new Date('2026-11-02T09:00:00Z');
const before = (days: number) => new Date(now.getTime() - days * day);

const rules = (given: Partial<FactorRules> = {}): Demands => ({ ...defaultRules.factors, ...given, rootMarks: [] });
const someone = (given: Partial<FactorStanding> = {}): FactorStanding => ({
  personId: 'taras',
  joinedAt: before(100),
  roles: [{ reference: 'manager', givenAt: before(100) }],
  apps: 1,
  keys: [],
  sms: false,
  codesLeft: 10,
  ...given,
});
const byCode: Proof = { factors: ['password', 'totp'], passkeyId: null };
const key = { id: 'key', deviceBound: true, aaguid: 'a', vouched: false, root: null };
const managers = (since: Date, graceDays = 7) =>
  rules({ roles: [{ role: 'manager', level: 'key', since: since.toISOString() }], graceDays });

test('the days of grace: one moment before their end, the end, one after', () => {
  const at = (millis: number) => judge(managers(before(7)), someone(), byCode, new Date(now.getTime() + millis));
  assert.deepEqual([at(-1).state, at(-1).until], ['grace', now]);
  assert.deepEqual([at(0).state, at(0).wall], ['wall', 'enrol']);
  assert.equal(at(1).wall, 'enrol');
});

test('the days of grace begin when the demand rose or the role was given, whichever is later', () => {
  const late = someone({ roles: [{ reference: 'manager', givenAt: before(1) }] });
  assert.equal(judge(managers(before(30)), late, byCode, now).state, 'grace');
  assert.equal(judge(managers(before(1)), someone(), byCode, now).state, 'grace');
  assert.equal(judge(managers(before(30)), someone(), byCode, now).state, 'wall');
  assert.equal(judge(managers(before(30)), someone({ roles: [] }), byCode, now).state, 'met');
});

test('rights that are had for a time come with their demand at once; only a demand that has just risen leaves days for it', () => {
  const lent = someone({ roles: [{ reference: 'manager', givenAt: before(0), lent: true }] });
  assert.equal(judge(managers(before(30)), lent, byCode, now).wall, 'enrol');
  assert.equal(judge(managers(before(1)), lent, byCode, now).state, 'grace');
  const kept = someone({ roles: [...lent.roles, { reference: 'manager', givenAt: before(0) }] });
  assert.equal(judge(managers(before(30)), kept, byCode, now).wall, 'enrol', 'lent beside one’s own');
});

test('of several demands the strictest counts, and what is there is proved before something is enrolled', () => {
  const both = rules({
    organization: { level: 'key', since: before(30).toISOString() },
    roles: [{ role: 'manager', level: 'attested', since: before(30).toISOString() }],
  });
  assert.equal(judge(both, someone(), byCode, now).level, 'attested');
  assert.equal(judge(both, someone({ keys: [key] }), byCode, now).wall, 'prove');
  const proved: Proof = { factors: ['passkey-verified'], passkeyId: 'key' };
  assert.deepEqual(judge(both, someone({ keys: [key] }), proved, now).wall, 'enrol');
});

test('SMS is a second factor where it is allowed, never for an owner, and never a key', () => {
  const bySms: Proof = { factors: ['password', 'sms'], passkeyId: null };
  const allowed = rules({ sms: { ...defaultRules.factors.sms, allowed: true } });
  const holder = someone({ sms: true, apps: 0 });
  const owner = { ...holder, roles: [{ reference: 'owner', givenAt: before(9) }] };
  assert.equal(judge(allowed, holder, bySms, now).state, 'met');
  assert.equal(judge(rules(), holder, bySms, now).wall, 'enrol', 'not allowed any more');
  assert.equal(judge(allowed, owner, bySms, now).wall, 'enrol');
  assert.equal(coverageOf(allowed, owner, now).state, 'wall');
  assert.equal(coverageOf(allowed, holder, now).state, 'met');
});

test('who has nothing to prove with enrols a first factor, and only after the sealed sheet nothing is asked', () => {
  const nothing = someone({ apps: 0, codesLeft: 0 });
  assert.equal(judge(rules(), nothing, { factors: ['sso'], passkeyId: null }, now).wall, 'first');
  assert.equal(judge(managers(before(30)), nothing, { factors: ['break-glass'], passkeyId: null }, now).state, 'met');
});

test('saving a rule again does not begin the days of grace anew; raising it does, and so does trusting fewer makers', () => {
  const at = (level: 'any' | 'key' | 'attested', models: string[] = []): FactorRules => ({
    ...defaultRules.factors,
    attested: { models, roots: [] },
    roles: [{ role: 'manager', level, since: null }],
  });
  const first = dateDemands(defaultRules.factors, at('key'), before(5));
  const sinceOf = ({ roles }: FactorRules) => roles[0]!.since;
  assert.equal(sinceOf(first), before(5).toISOString());
  assert.equal(sinceOf(dateDemands(first, at('key'), now)), before(5).toISOString());
  const attested = dateDemands(first, at('attested', ['a', 'b']), before(2));
  assert.equal(sinceOf(attested), before(2).toISOString());
  assert.equal(sinceOf(dateDemands(attested, at('attested', ['a', 'b', 'c']), now)), before(2).toISOString());
  assert.equal(sinceOf(dateDemands(attested, at('attested', ['a']), now)), now.toISOString());
  assert.equal(sinceOf(dateDemands(attested, at('key', ['a']), now)), before(2).toISOString(), 'lowered');
});

test('a key of another model is not accepted, however well its maker vouches for it', () => {
  const root = 'ab'.repeat(32);
  const vouched = { ...key, vouched: true, root };
  const demands = (models: string[]): Demands => ({ ...rules({ attested: { models, roots: [] } }), rootMarks: [root] });
  assert.equal(isAttested(demands([key.aaguid]), vouched), true);
  assert.equal(isAttested(demands([]), vouched), true, 'no list: every model of these makers');
  assert.equal(isAttested(demands(['another']), vouched), false);
});
