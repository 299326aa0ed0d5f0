/** Letters about what others did with access: to whom it concerns, and no client’s name on the way. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { callAs, openWorld } from '#test/cast.ts';
import type { PostOffice } from '#test/post-office.ts';
import { openPostOffice } from '#test/post-office.ts';

let office: PostOffice;
let world: World;
before(async () => {
  office = await openPostOffice();
  world = await openWorld(office.settings);
});
after(async () => {
  await world.close();
  await office.close();
});

const post = async () => {
  const before = office.letters.length;
  await world.mail.deliverDue(world.organizationId);
  return office.letters.slice(before);
};

test('whoever may approve learns of a request, and who asked learns of the answer', async () => {
  const { manager, owner, securityOfficer } = world.cast;
  await post();
  const { id } = await callAs(world.signIn, 'POST /api/v1/profile/elevations', manager, {
    body: { role: 'support', hours: 4, reason: 'Таємна причина' },
  });
  const asked = await post();
  assert.deepEqual(new Set(asked.flatMap(({ to }) => to)), new Set([owner.email, securityOfficer.email]));
  assert.ok(asked.every(({ text }) => text.includes('/security/elevations') && !text.includes('Таємна')));
  await callAs(world.signIn, 'POST /api/v1/elevations/:id/approve', owner, { params: { id } });
  const [answer, ...more] = await post();
  assert.deepEqual([answer?.to, answer?.subject, more.length], [[manager.email], 'Тимчасове право погоджено', 0]);
});

test('with whom a client is shared gets a link to it and a day, and no name of the client', async () => {
  const { manager, colleague } = world.cast;
  const recordId = newId();
  const seals = await world.keyring.of(world.organizationId);
  await world.database.act(systemReach(world.organizationId), (tx) =>
    world.signIn.tellShared(tx, seals, [colleague.personId, world.cast.former.personId], {
      by: manager.name,
      kind: 'contact',
      recordId,
      right: 'edit',
      until: world.clock.now(),
    }),
  );
  const letters = await post();
  assert.deepEqual(
    letters.map(({ to }) => to),
    [[colleague.email]],
    'who left gets nothing',
  );
  assert.ok(letters[0]!.text.includes(`/contacts/${recordId}`));
  assert.match(letters[0]!.text, /бачити й змінювати/);
});
