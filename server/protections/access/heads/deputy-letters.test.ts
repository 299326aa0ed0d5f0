import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
});

test('head and deputy both get a letter when it is agreed, with the last day in it, and when it ends early', async () => {
  const { head, colleague } = world.cast;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' }).format(world.clock.now());
  const body = { deputyId: colleague.personId, fromDay: today, untilDay: '2026-11-08' };
  const { id } = await callAs(world.signIn, 'POST /api/v1/deputies', head, { body });
  await world.mail.deliverDue(world.organizationId);
  for (const who of [head, colleague]) {
    const [letter] = office.to(who.email);
    assert.match(letter!.text, /до 8 листопада 2026/);
    assert.ok(letter!.text.includes(head.name) && letter!.text.includes(colleague.name));
  }
  await callAs(world.signIn, 'DELETE /api/v1/deputies/:id', colleague, { params: { id } });
  await world.mail.deliverDue(world.organizationId);
  assert.deepEqual(
    [head, colleague].map((who) => office.to(who.email).length),
    [2, 2],
  );
});
