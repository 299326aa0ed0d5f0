/**
 * Faults in the middle of signing in: the database goes away between two steps or inside one, a node dies, no letter leaves. What
 * was not answered did not happen, a code that was not accepted is not spent, and there is always a way on.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '#database';
import { openClient } from './client.ts';
import { openPostOffice } from './post-office.ts';
import type { PostOffice } from './post-office.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { codeNow, openInProcess, openNode, password, requireOk, setUpCompany, until } from './running-lubart.ts';

let office: PostOffice;
let running: InProcess;
let company: Company;

before(async () => {
  office = await openPostOffice();
  running = await openInProcess(undefined, { mail: office.settings });
  company = await setUpCompany(running.origin, running.setupToken);
});

let joined = 0;
const join = (): Promise<Colleague> =>
  company.join({
    name: 'Тарас Мельник',
    email: `taras-${(joined += 1)}@vezha.example`,
    role: 'manager',
    departmentId: company.rootId,
  });

async function begin(who: Colleague, origin = running.origin) {
  const client = openClient(origin);
  const begun = await client.call('POST /api/v1/sign-in', { body: { email: who.email, password } });
  requireOk(begun);
  const ticket = begun.body.ticket as string;
  return { client, finish: (code: string) => client.call('POST /api/v1/sign-in/code', { body: { ticket, code } }) };
}

/** Every connection of the app is cut, as when the database stops at once. */
async function cutConnections(): Promise<number> {
  const cut = await running.test.admin`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'lubart-app'`;
  return cut.length;
}

const sessionsOf = async ({ personId }: Colleague) =>
  (await running.test.admin`SELECT count(*)::int AS n FROM sessions WHERE person_id = ${personId}`)[0]!['n'] as number;

test('the database goes away between the password and the code: the code opens, and older sessions live on', async () => {
  const taras = await join();
  const { client, finish } = await begin(taras);
  assert.ok((await cutConnections()) > 0);
  await sleep(50);
  requireOk(await finish(codeNow(taras.totp, 1)));
  assert.equal((await client.call('GET /api/v1/session')).status, 200);
  assert.equal((await taras.client.call('GET /api/v1/session')).status, 200);
});

test(
  'inside the second step: refused with a code, nothing is half done, and the same code opens when it is back',
  { timeout: 30_000 },
  async () => {
    const taras = await join();
    const { finish } = await begin(taras);
    const before_ = await sessionsOf(taras);
    const code = codeNow(taras.totp, 1);
    const held = Promise.withResolvers<void>();
    const holding = Promise.withResolvers<void>();
    // Somebody changes the person just now, so the step waits in its middle.
    const another = connect(running.test.address, 'admin');
    const changing = another.begin(async (tx) => {
      await tx`SELECT 1 FROM people WHERE id = ${taras.personId} FOR UPDATE`;
      holding.resolve();
      await held.promise;
    });
    await holding.promise;
    const finishing = finish(code);
    await until('the step to wait', 10, async () => {
      const [row] = await running.test.admin`
      SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'lubart-app' AND wait_event_type = 'Lock'
        AND query LIKE '%FOR SHARE%'`;
      return row!['n'] > 0;
    });
    await cutConnections();
    const refused = await finishing;
    held.resolve();
    await changing;
    await another.end();
    assert.deepEqual([refused.status, refused.body.error.code], [500, 'server.failed']);
    assert.equal(await sessionsOf(taras), before_);
    requireOk(await finish(code));
    assert.equal(await sessionsOf(taras), before_ + 1);
  },
);

test('a node is killed between the two steps: the other one goes on with the ticket, and with the sessions', async () => {
  const { lubart: other, origin } = await openNode(running);
  const taras = await join();
  const { finish } = await begin(taras, origin);
  const elsewhere = await begin(taras);
  const there = openClient(origin, taras.client.cookie);
  assert.equal((await there.call('GET /api/v1/session')).status, 200);
  await other.close();
  await assert.rejects(finish(codeNow(taras.totp, 1)), 'nobody answers there any more');
  requireOk(await elsewhere.finish(codeNow(taras.totp, 1)));
  assert.equal((await taras.client.call('GET /api/v1/session')).status, 200);
});

test('no letter leaves: the answer is the same, the letter waits and opens when it comes', async () => {
  const taras = await join();
  const { port } = office;
  await office.close();
  const client = openClient(running.origin);
  requireOk(await client.call('POST /api/v1/password-reset', { body: { email: taras.email } }));
  const deliver = () => running.lubart.mail.deliverDue(company.organizationId);
  await until('the letter to wait', 10, async () => {
    await deliver();
    const [row] = await running.test.admin`SELECT count(*)::int AS n FROM letters WHERE tries > 0 AND sent_at IS NULL`;
    return row!['n'] > 0;
  });
  // The old password still opens: a lost letter locks nobody out.
  requireOk(await (await begin(taras)).finish(codeNow(taras.totp, 1)));
  office = await openPostOffice({ port });
  const resetIn = () =>
    office
      .to(taras.email)
      .map(({ text }) => /\/reset#token=([\w.-]+)/.exec(text)?.[1])
      .find((token) => token !== undefined);
  await running.test.admin`UPDATE letters SET next_try_at = now() - interval '1 minute' WHERE sent_at IS NULL`;
  await until('the letter', 10, async () => {
    await deliver();
    return resetIn() !== undefined;
  });
  const token = resetIn();
  requireOk(await client.call('POST /api/v1/password-reset/open', { body: { token } }));
});
