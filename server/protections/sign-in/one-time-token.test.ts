/** What is good once: taken by one, in its time, and not when it was taken back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { Transaction } from '#database';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { insertInvitation, invitationPlace, unansweredInvitations, withdrawInvitationsBy } from './invitation-store.ts';
import type { LinkPurpose } from './links/link-store.ts';
import { claimLink, countLinksSince, insertLink, withdrawLinks } from './links/link-store.ts';
import { newToken } from './session-store.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const act = <T>(work: (tx: Transaction) => Promise<unknown>) =>
  world.database.act(systemReach(world.organizationId), prepared(work)) as Promise<T>;

type Made = { id: string; letterId: string; expiresAt: Date };
async function makeLink(who = world.cast.manager, purpose: LinkPurpose = 'password-reset'): Promise<Made> {
  const { organizationId } = world;
  const at = world.clock.now();
  const [id, letterId] = [newId(), newId()];
  const expiresAt = new Date(at.getTime() + 60_000);
  const row = { id, person_id: who.personId, purpose, act_id: newId() };
  const made = { sealed: Buffer.from('x'), letter_id: letterId, made_by: null, created_at: at, expires_at: expiresAt };
  const { hash } = newToken(organizationId);
  await act((tx) => insertLink(tx, organizationId, { ...row, ...made, token_hash: hash }));
  return { id, letterId, expiresAt };
}
const claim = (id: string, at: Date) => act<boolean>((tx) => claimLink(tx, world.organizationId, id, at));

test('it is taken once, and not at the moment at which its time is over', async () => {
  const { id, expiresAt } = await makeLink();
  assert.equal(await claim(id, expiresAt), false);
  assert.equal(await claim(id, new Date(expiresAt.getTime() - 1)), true);
  assert.equal(await claim(id, new Date(expiresAt.getTime() - 1)), false);
});

test('what was taken back is not taken', async () => {
  const { id } = await makeLink();
  await world.test.admin`UPDATE links SET withdrawn_at = now() WHERE id = ${id}`;
  assert.equal(await claim(id, world.clock.now()), false);
});

/** Every row of the table but these, as it stands. */
const rows = async (table: 'links' | 'invitations', ...but: string[]) => {
  const { admin } = world.test;
  const found = await admin`SELECT t::text AS text FROM ${admin(table)} t WHERE id <> ALL (${but}::uuid[]) ORDER BY id`;
  return found.map(({ text }) => text as string);
};

test('of a person’s links those are taken back that are open and for this; what was used or taken back stays as it was', async () => {
  const { organizationId, cast } = world;
  const now = world.clock.now();
  await world.test.admin`DELETE FROM links`;
  const [open, used, back] = [await makeLink(), await makeLink(), await makeLink()];
  await makeLink(cast.head);
  await makeLink(cast.manager, 'email-confirm');
  await claim(used.id, now);
  await world.test.admin`UPDATE links SET withdrawn_at = ${new Date(now.getTime() - 1_000)} WHERE id = ${back.id}`;
  const others = await rows('links', open.id);
  const holder = { organizationId, personId: cast.manager.personId };
  const take = () => act<string[]>((tx) => withdrawLinks(tx, holder, ['password-reset'], now));
  assert.deepEqual([await take(), await take()], [[open.letterId], []]);
  assert.deepEqual(await rows('links', open.id), others);
  assert.equal(await claim(open.id, now), false);
  const counted = (since: Date) => act<number>((tx) => countLinksSince(tx, holder, 'password-reset', since));
  assert.deepEqual([await counted(new Date(now.getTime() - 1)), await counted(now)], [3, 0]);
});

test('of the invitations that somebody made those are taken back that wait; what was accepted or taken back stays as it was', async () => {
  const { organizationId, cast } = world;
  const now = world.clock.now();
  const seals = await world.keyring.of(organizationId);
  await world.test.admin`DELETE FROM invitations`;
  const invite = async (by: CastMember) => {
    const [id, { hash }] = [newId(), newToken(organizationId)];
    const place = { role_ids: [], department_id: by.departmentId, invited_by: by.personId, letter_id: null };
    const at = { created_at: now, expires_at: new Date(now.getTime() + 60_000) };
    await act((tx) =>
      insertInvitation(tx, organizationId, {
        id,
        sealed: seals.seal(invitationPlace(id), { name: 'Х', email: 'x@vezha.example' }),
        ...place,
        ...at,
        token_hash: hash,
      }),
    );
    return id;
  };
  const { head, owner } = cast;
  const [waits, accepted, back] = [await invite(head), await invite(head), await invite(head)];
  const owners = await invite(owner);
  const before = new Date(now.getTime() - 1_000);
  await world.test.admin`UPDATE invitations SET accepted_at = ${before} WHERE id = ${accepted}`;
  await world.test.admin`UPDATE invitations SET withdrawn_at = ${before} WHERE id = ${back}`;
  const unanswered = async () =>
    (await act<{ id: string }[]>((tx) => unansweredInvitations(tx, seals))).map(({ id }) => id);
  assert.deepEqual((await unanswered()).toSorted(), [waits, owners].toSorted());
  const others = await rows('invitations', waits);
  const take = () => act<number>((tx) => withdrawInvitationsBy(tx, organizationId, head.personId, now));
  assert.deepEqual([await take(), await take()], [1, 0]);
  assert.deepEqual(await rows('invitations', waits), others);
  assert.deepEqual(await unanswered(), [owners]);
});
