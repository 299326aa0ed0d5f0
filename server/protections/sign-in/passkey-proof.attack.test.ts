/**
 * Proofs of keys that are made of something else: a signature that is nobody’s, the name of somebody else, a challenge that was made
 * for somebody else, a key that somebody has already. With a key of software, so that every byte can be wrong.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Client, Reply } from '#test/client.ts';
import { openClient } from '#test/client.ts';
import { makeTestFolder } from '#test/harness.ts';
import type { Colleague, Company, InProcess } from '#test/running-lubart.ts';
import { openInProcess, password, requireOk, setUpCompany } from '#test/running-lubart.ts';
import type { SoftKey } from '#test/soft-key.ts';
import { makeMaker, makeSoftKey } from '#test/soft-key.ts';

let running: InProcess;
let company: Company;
let manager: Colleague;
let key: SoftKey;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  const { rootId: departmentId } = company;
  manager = await company.join({
    name: 'Тарас Мельник',
    email: 'taras.melnyk@vezha.example',
    role: 'manager',
    departmentId,
  });
  key = makeSoftKey(running.origin);
  requireOk(await register(manager.client, key));
});

const said = (reply: Reply): string => (reply.status === 200 ? 'in' : reply.body.error.code);
const began = async (client: Client) => {
  const reply = await client.call('POST /api/v1/passkeys/begin');
  requireOk(reply);
  return reply.body as { ticket: string; options: object };
};
async function register(client: Client, made: SoftKey, begun?: { ticket: string; options: object }): Promise<Reply> {
  const { ticket, options } = begun ?? (await began(client));
  return client.call('POST /api/v1/passkeys', { body: { ticket, name: 'Ключ', response: made.create(options) } });
}
type Answer = ReturnType<SoftKey['get']> & { response: Record<string, string> };
const swapped = (answer: object, response: Record<string, string>) => ({
  ...answer,
  response: { ...(answer as Answer).response, ...response },
});
const bent = (text: string) => {
  const bytes = Buffer.from(text, 'base64url');
  bytes.writeUInt8(bytes.at(-1)! ^ 1, bytes.length - 1);
  return bytes.toString('base64url');
};

/** Alone at the door, or after the password. */
async function comeIn(change: (answer: Answer) => object, secondStep: boolean): Promise<string> {
  const client = openClient(running.origin, manager.client.browser);
  const first = secondStep
    ? await client.call('POST /api/v1/sign-in', { body: { email: manager.email, password } })
    : undefined;
  const step = first?.body.ticket as string | undefined;
  const begun = await client.call('POST /api/v1/sign-in/passkey/begin', { body: step ? { ticket: step } : {} });
  requireOk(begun);
  const response = change(key.get(begun.body.options) as Answer);
  const body = { ticket: begun.body.ticket, response, ...(step && { secondStep: step }) };
  return said(await client.call('POST /api/v1/sign-in/passkey', { body }));
}

test('what the key did not sign opens nothing: neither another signature, nor other bytes under it', async () => {
  for (const secondStep of [false, true]) {
    const forged = (answer: Answer) => swapped(answer, { signature: bent(answer.response['signature']!) });
    assert.equal(await comeIn(forged, secondStep), 'passkey.refused');
    const counted = (answer: Answer) =>
      swapped(answer, { authenticatorData: bent(answer.response['authenticatorData']!) });
    assert.equal(await comeIn(counted, secondStep), 'passkey.refused', 'a higher counter');
    assert.equal(await comeIn((answer) => answer, secondStep), 'in');
  }
});

test('a key that says it is somebody else’s is not taken for this person’s', async () => {
  const { body } = await company.owner.client.call('POST /api/v1/passkeys/begin');
  const owners = swapped({}, { userHandle: body.options.user.id }).response['userHandle']!;
  const named = (userHandle: string) => (answer: Answer) => swapped(answer, { userHandle });
  for (const secondStep of [false, true]) assert.equal(await comeIn(named(owners), secondStep), 'passkey.refused');
  assert.equal(await comeIn(named(''), true), 'in', 'after the password a key may say nothing (§7.2 step 6)');
});

test('a challenge made for somebody else proves nothing, and makes no key', async () => {
  const theirs = await company.owner.client.call('POST /api/v1/step-up/passkey/begin');
  const { challenge } = theirs.body.options;
  const response = key.get({ challenge });
  const body = { ticket: theirs.body.ticket, response };
  assert.equal(said(await manager.client.call('POST /api/v1/step-up/passkey', { body })), 'sign-in.ticket_expired');
  const mine = makeSoftKey(running.origin);
  const begun = await began(company.owner.client);
  assert.equal(said(await register(manager.client, mine, begun)), 'sign-in.ticket_expired');
});

test('a key is one person’s, and is made once: not again by its own challenge, nor by another', async () => {
  const mine = makeSoftKey(running.origin);
  const begun = await began(manager.client);
  requireOk(await register(manager.client, mine, begun));
  assert.equal(said(await register(manager.client, makeSoftKey(running.origin), begun)), 'sign-in.ticket_expired');
  assert.equal(said(await register(manager.client, mine)), 'passkey.known');
  assert.equal(said(await register(company.owner.client, mine)), 'passkey.known', 'of a colleague');
});

test('a statement that the maker’s certificate did not sign makes no key at all', async () => {
  const folder = makeTestFolder();
  const model = 'f8a011f3-8c0a-4d15-8006-17111f9edc7d';
  const [maker, forger] = [makeMaker(folder.path, 'Varta', model), makeMaker(folder.path, 'Pidrobka', model)];
  const forged = makeSoftKey(running.origin, { aaguid: model, maker: { ...maker, key: forger.key } });
  assert.equal(said(await register(manager.client, forged)), 'passkey.refused');
  requireOk(await register(manager.client, makeSoftKey(running.origin, { aaguid: model, maker })));
  folder.remove();
});

test('nobody sees, renames or takes away a colleague’s factor; of two own keys one is renamed', async () => {
  const { rootId: departmentId } = company;
  const who = {
    name: 'Соломія Ткачук',
    email: 'solomiia.tkachuk@vezha.example',
    role: 'manager',
    departmentId,
  } as const;
  const colleague = await company.join(who);
  const holder = await company.join({ ...who, name: 'Марта Лисенко', email: 'marta.lysenko@vezha.example' });
  for (let count = 0; count < 2; count += 1) requireOk(await register(holder.client, makeSoftKey(running.origin)));
  const factors = async (of: Colleague) => (await of.client.call('GET /api/v1/factors')).body;
  const rows = async () =>
    (await running.test.admin`SELECT k::text AS text FROM passkeys k ORDER BY id`).map(({ text }) => text);
  const before = await rows();
  const mine = (await factors(holder)).passkeys as { id: string; name: string }[];
  const theirs = await factors(colleague);
  assert.deepEqual([mine.length, theirs.passkeys], [2, []]);
  const [first, last] = [mine[0]!, mine[1]!];
  const rename = (by: Colleague, id: string) =>
    by.client.call('PATCH /api/v1/passkeys/:id', { params: { id }, body: { name: 'Мій' } });
  const remove = (by: Colleague, id: string) => by.client.call('DELETE /api/v1/passkeys/:id', { params: { id } });
  for (const { id } of mine) {
    assert.equal(said(await rename(colleague, id)), 'request.not_found');
    assert.equal(said(await remove(colleague, id)), 'request.not_found');
  }
  const app = (await factors(holder)).authenticators[0].id as string;
  const taken = await colleague.client.call('DELETE /api/v1/authenticators/:id', { params: { id: app } });
  assert.equal(said(taken), 'request.not_found');
  assert.deepEqual(await rows(), before);
  requireOk(await rename(holder, last.id));
  assert.deepEqual(
    ((await factors(holder)).passkeys as { id: string; name: string }[]).map(({ id, name }) => [id, name]),
    [
      [first.id, 'Ключ'],
      [last.id, 'Мій'],
    ],
  );
  // Codes that are left are one’s own, and those that were not used.
  await running.test.admin`
    UPDATE recovery_codes SET used_at = now() WHERE person_id = ${holder.personId}
      AND code_hash = (SELECT code_hash FROM recovery_codes WHERE person_id = ${holder.personId} LIMIT 1)`;
  assert.deepEqual([(await factors(holder)).recoveryCodesLeft, theirs.recoveryCodesLeft], [9, 10]);
  requireOk(await remove(holder, last.id));
  assert.equal((await factors(holder)).passkeys.length, 1);
});
