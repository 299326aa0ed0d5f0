/**
 * No dangerous act slips past the fresh proof: every route that changes something is on the list of `contract/step-up.ts` or stands
 * below with the reason why it need not be. A new route is on neither, and fails here until somebody decides.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Permission, Route } from '#contract';
import { routes, stepUpRoutes } from '#contract';
import type { InProcess } from './running-lubart.ts';
import { openInProcess, setUpCompany, strangeId } from './running-lubart.ts';
import type { Key } from './matrix-examples.ts';

/** Why an act needs no fresh proof. Only the first five are enough where the permission is dangerous. */
const reasons = {
  looks: 'changes nothing',
  sends: 'sends now what goes there by itself, to the place that was added with a proof and to no other',
  takes: 'takes somebody’s way in or a right away, or keeps it; nobody gets more',
  asks: 'asks for the proof itself: the password that stands, or a code',
  second: 'the second half of an act whose first half asked',
  own: 'touches what is shown to oneself, or one’s own session',
  answered: 'asks for something that somebody else must allow',
  // An undo, too: it is an ordinary change of one client, by the same right and under the same version; asked for anew it would keep
  // nobody from typing the older values, and the undo of an import, which changes many, is on the list.
  one: 'changes one client, which the log keeps with before and after',
  noted: 'opens one field of one client, with a reason, so many an hour',
  house: 'names of the house; gives nobody anything',
  notes: 'marks and notes beside the log; entries stay for a week more, and each act is one of them',
  upload: 'brings a table in, or stops it; no client changes before it is started',
} as const;
type Reason = keyof typeof reasons;
const enough: readonly Reason[] = ['looks', 'sends', 'takes', 'asks', 'second'];

/** What lets clients out, changes many of them, gives rights, or turns a protection. */
const dangerous: readonly Permission[] = [
  'contact.export',
  'company.export',
  'contact.bulk',
  'company.bulk',
  'person.invite',
  'person.update',
  'person.leave',
  'person.recover',
  'role.update',
  'elevation.approve',
  'review.run',
  'security.update',
  'device.approve',
  'api-key.update',
];

const withoutProof: Partial<Record<Key, Reason>> = {
  'POST /api/v1/sign-out': 'own',
  'DELETE /api/v1/sessions/:id': 'takes',
  'POST /api/v1/sessions/end-others': 'takes',
  'PATCH /api/v1/profile': 'own',
  'POST /api/v1/profile/password': 'asks',
  'POST /api/v1/profile/email': 'asks',
  'DELETE /api/v1/profile/email': 'takes',
  'DELETE /api/v1/invitations/:id': 'takes',
  'POST /api/v1/departments': 'house',
  'DELETE /api/v1/departments/:id': 'house',
  'PATCH /api/v1/organization': 'house',
  'POST /api/v1/contacts/find': 'looks',
  'POST /api/v1/contacts': 'one',
  'PATCH /api/v1/contacts/:id': 'one',
  'POST /api/v1/contacts/:id/archive': 'one',
  'POST /api/v1/contacts/:id/restore': 'one',
  'POST /api/v1/contacts/:id/undo': 'one',
  'POST /api/v1/companies/find': 'looks',
  'POST /api/v1/companies': 'one',
  'PATCH /api/v1/companies/:id': 'one',
  'POST /api/v1/companies/:id/archive': 'one',
  'POST /api/v1/companies/:id/restore': 'one',
  'POST /api/v1/companies/:id/undo': 'one',
  'POST /api/v1/investigations': 'notes',
  'PATCH /api/v1/investigations/:id': 'notes',
  'POST /api/v1/investigations/:id/close': 'notes',
  'POST /api/v1/investigations/:id/reopen': 'notes',
  'POST /api/v1/investigations/:id/marks': 'notes',
  'DELETE /api/v1/investigations/:id/marks/:entryId': 'notes',
  'POST /api/v1/investigations/:id/filters': 'notes',
  'DELETE /api/v1/investigations/:id/filters/:filterId': 'notes',
  'POST /api/v1/imports': 'upload',
  'PUT /api/v1/imports/:id/file': 'upload',
  'POST /api/v1/imports/:id/preview': 'upload',
  'POST /api/v1/imports/:id/cancel': 'upload',
  'POST /api/v1/authenticators': 'second',
  'POST /api/v1/passkeys': 'second',
  'PATCH /api/v1/passkeys/:id': 'own',
  'POST /api/v1/sms-number': 'second',
  'POST /api/v1/step-up': 'asks',
  'POST /api/v1/step-up/passkey/begin': 'asks',
  'POST /api/v1/step-up/passkey': 'asks',
  'POST /api/v1/step-up/sms': 'asks',
  'POST /api/v1/step-up/sms/code': 'asks',
  'DELETE /api/v1/api-keys/:id': 'takes',
  'POST /api/v1/security/witnesses/:id/try': 'sends',
  'POST /api/v1/security/forwards/:id/try': 'sends',
  'POST /api/v1/security/anchors/:id/try': 'sends',
  'POST /api/v1/security/heads/check': 'looks',
  'POST /api/v1/witness/:id/add-checkpoint': 'looks',
  'POST /api/v1/recovery/cancel': 'takes',
  'POST /api/v1/recovery-requests/:id/refuse': 'takes',
  'POST /api/v1/security/emergency/check': 'looks',
  'POST /api/v1/security/kit/prove': 'looks',
  'POST /api/v1/security/emergency/acknowledge': 'own',
  'POST /api/v1/sso/providers/:id/test': 'looks',
  'POST /api/v1/security/rules/preview': 'looks',
  'POST /api/v1/security/recovery/preview': 'looks',
  'DELETE /api/v1/people/:id/sessions': 'takes',
  'POST /api/v1/reviews/:id/answers': 'takes',
  'POST /api/v1/contacts/:id/reveal': 'noted',
  'POST /api/v1/companies/:id/reveal': 'noted',
  'POST /api/v1/departments/:id/preview': 'looks',
  'POST /api/v1/people/:id/preview-move': 'looks',
  'POST /api/v1/roles/:id/preview': 'looks',
  'DELETE /api/v1/deputies/:id': 'takes',
  'POST /api/v1/contacts/:id/shares': 'one',
  'DELETE /api/v1/contacts/:id/shares/:shareId': 'takes',
  'DELETE /api/v1/exports/:id': 'takes',
  'POST /api/v1/companies/:id/shares': 'one',
  'DELETE /api/v1/companies/:id/shares/:shareId': 'takes',
  'POST /api/v1/profile/elevations': 'answered',
  'POST /api/v1/profile/elevations/:id/end': 'takes',
  'POST /api/v1/elevations/:id/refuse': 'takes',
  'POST /api/v1/elevations/:id/end': 'takes',
  'PATCH /api/v1/devices/:id': 'own',
  'DELETE /api/v1/devices/:id': 'takes',
  'POST /api/v1/device-requests/:id/refuse': 'takes',
  'DELETE /api/v1/security/devices/:id': 'takes',
};

/** Permissions that a GET may be for besides `….read`: they show what the same person may change. */
const shownToWhoChanges: readonly Permission[] = [
  'contact.import',
  'contact.statistics',
  'company.statistics',
  'person.invite',
  'person.leave',
  'person.recover',
  'api-key.update',
  'security.update',
  'device.approve',
  'elevation.approve',
  'review.answer',
];

const all = Object.entries(routes) as [Key, Route][];
const listed: ReadonlySet<Key> = new Set(stepUpRoutes);
const changes = ([key]: [Key, Route]) => !key.startsWith('GET ');

test('every act of somebody who is signed in asks for a fresh proof, or says why it need not', () => {
  const acts = all.filter(changes).filter(([, { permission }]) => permission !== 'anyone');
  assert.ok(acts.length > 60);
  const undecided = acts.map(([key]) => key).filter((key) => !listed.has(key) && withoutProof[key] === undefined);
  assert.deepEqual(undecided, [], 'a new route: put it into contract/step-up.ts, or here with a reason');
  const twice = Object.keys(withoutProof).filter((key) => listed.has(key as Key));
  assert.deepEqual(twice, [], 'on both lists');
  const gone = Object.keys(withoutProof).filter((key) => !(key in routes));
  assert.deepEqual(gone, [], 'no such route');
});

test('where the permission is dangerous only looking, taking away and an own question excuse from the proof', () => {
  const seen = all.filter(changes).filter(([, { permission }]) => dangerous.some((one) => one === permission));
  assert.ok(seen.length > 25);
  const weak = seen.filter(([key]) => !listed.has(key) && !enough.includes(withoutProof[key]!));
  assert.deepEqual(
    weak.map(([key]) => `${key}: ${reasons[withoutProof[key]!]}`),
    [],
  );
  // A browser is approved by whoever it belongs to as well: that route is for anybody who is signed in, and on the list.
  for (const permission of dangerous)
    assert.ok(
      stepUpRoutes.some((key) => routes[key].permission === permission) || permission === 'device.approve',
      `${permission}: no act of it is on the list`,
    );
});

test('what is only asked for reads: no GET belongs to a permission that lets clients out or changes them', () => {
  const strange = all
    .filter((one) => !changes(one))
    .filter(
      ([, { permission }]) =>
        permission !== 'anyone' &&
        permission !== 'signed-in' &&
        !permission.endsWith('.read') &&
        !shownToWhoChanges.includes(permission),
    );
  assert.deepEqual(strange, []);
});

test('before there is a session nothing is asked anew, and no route of the list is open to anybody', () => {
  for (const key of stepUpRoutes) assert.notEqual(routes[key].permission, 'anyone', key);
});

test('six minutes after the proof the running server refuses every act of the list, whatever is sent', async () => {
  const running: InProcess = await openInProcess();
  const { owner } = await setUpCompany(running.origin, running.setupToken);
  await running.test.admin`UPDATE sessions SET proved_at = now() - interval '6 minutes'`;
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // what a node knows of a session it knows for a second
  for (const key of stepUpRoutes) {
    const params = Object.fromEntries([...key.matchAll(/:(\w+)/g)].map(([, name]) => [name!, strangeId()]));
    const { status, body } = await owner.client.call(key, { params });
    assert.deepEqual([status, body.error?.code], [403, 'session.step_up_needed'], key);
  }
  const [noted] = await running.test.admin`
    SELECT count(*)::int AS n FROM audit_entries WHERE convert_from(bytes, 'utf8') LIKE '%session.step_up_denied%'`;
  assert.ok(noted!['n'] >= 1);
});
