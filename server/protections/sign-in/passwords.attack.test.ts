import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hasCode } from '#kernel';
import type { World } from '#test/cast.ts';
import { callAs, openWorld, visitorFrom } from '#test/cast.ts';
import { hashesAtOnceMax, hashesWaitingMax } from './password.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const mebibyte = 1_048_576;

test('two hundred sign-ins at once take the memory of two hashes; who finds no room is told so at once', async () => {
  global.gc?.();
  const start = process.memoryUsage().rss;
  let peak = start;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 2);
  const tries = Array.from({ length: 200 }, (_, at) =>
    callAs(world.signIn, 'POST /api/v1/sign-in', null, {
      body: { email: `nikho-${at}@nide.example`, password: 'не той пароль' },
      visitor: visitorFrom(`198.51.${Math.floor(at / 100)}.${at % 100}`),
    }).then(
      () => 'in',
      (error: unknown) => (hasCode(error) ? error.code : String(error)),
    ),
  );
  const codes = await Promise.all(tries);
  clearInterval(watch);
  const answered = codes.filter((code) => code === 'sign-in.refused').length;
  assert.deepEqual(new Set(codes), new Set(['sign-in.refused', 'request.too_many']));
  assert.ok(answered >= hashesAtOnceMax + hashesWaitingMax && answered < 100, `${answered} were hashed`);
  const grown = (peak - start) / mebibyte;
  assert.ok(grown < 160, `${Math.round(grown)} MiB more`);
});

test('the office still gets in while a stranger floods the door from one network', async () => {
  const flood = Array.from({ length: 60 }, () =>
    callAs(world.signIn, 'POST /api/v1/sign-in', null, {
      body: { email: 'nikho@nide.example', password: 'не той пароль' },
      visitor: visitorFrom('203.0.113.9'),
    }).catch(() => null),
  );
  const { manager } = world.cast;
  const signIn = () =>
    callAs(world.signIn, 'POST /api/v1/sign-in', null, {
      body: { email: manager.email, password: 'Верес-край-дороги-7' },
      visitor: visitorFrom('192.0.2.10'),
    });
  let ticket: string | undefined;
  for (let at = 0; at < 10 && ticket === undefined; at += 1) {
    ticket = await signIn().then(
      (given) => given.ticket,
      () => undefined,
    );
  }
  assert.ok(ticket !== undefined);
  await Promise.all(flood);
});
