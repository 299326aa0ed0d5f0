/**
 * Passkeys with a real browser and its virtual authenticator (WebDriver extension of WebAuthn, §11) against whoever copies keys,
 * replays answers or uses a challenge for something else.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { password } from './cast.ts';
import type { Client, Reply } from './client.ts';
import { openClient } from './client.ts';
import { browserPath, openVisitor } from './journeys/browser.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from './running-lubart.ts';

const skip = browserPath === undefined;
let running: InProcess;
let company: Company;
let page: Page;
let cdp: CDPSession;
const elsewhere = createServer((_request, response) => response.end('another page on this machine'));

before(async () => {
  if (skip) return;
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  ({ page } = await openVisitor(running.origin));
  await page.goto(`${running.origin}/api/v1/setup`);
  cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});
after(() => elsewhere.close());

type Key = { authenticatorId: string };
type Kind = { verifies?: boolean; synced?: boolean };

/** Another authenticator in place of the one before. */
async function plugIn({ verifies = true, synced = false }: Kind = {}): Promise<Key> {
  return cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: verifies,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
}
const unplug = (key: Key) => cdp.send('WebAuthn.removeVirtualAuthenticator', key);

// oxlint-disable-next-line typescript/no-explicit-any -- what the browser gives is passed on as it is
type Json = any;

/** What a page does with the options it was given. */
const create = (options: Json): Promise<Json> =>
  page.evaluate(`navigator.credentials
    .create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)}) })
    .then((made) => made.toJSON())`);
const get = (options: Json): Promise<Json> =>
  page.evaluate(`navigator.credentials
    .get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)}) })
    .then((proof) => proof.toJSON())`);

async function register(client: Client, name = 'Ключ'): Promise<string> {
  const begun = await client.call('POST /api/v1/passkeys/begin');
  requireOk(begun);
  const response = await create(begun.body.options);
  const added = await client.call('POST /api/v1/passkeys', { body: { ticket: begun.body.ticket, name, response } });
  requireOk(added);
  return added.body.id;
}

async function begin(client = openClient(running.origin)) {
  const begun = await client.call('POST /api/v1/sign-in/passkey/begin', { body: {} });
  requireOk(begun);
  return { client, ...begun.body } as { client: Client; ticket: string; options: Json };
}
const finish = (client: Client, body: object) => client.call('POST /api/v1/sign-in/passkey', { body });
const said = (reply: Reply) => (reply.status === 200 ? 'in' : reply.body.error.code);

async function enter(): Promise<string> {
  const { client, ticket, options } = await begin();
  return said(await finish(client, { ticket, response: await get(options) }));
}

async function eventsOf(event: string): Promise<number> {
  await running.lubart.auditLog.flush();
  const [row] = await running.test.admin`SELECT count(*)::int AS n FROM audit_entries WHERE event = ${event}`;
  return row!['n'];
}

test('a key that asks for finger or PIN opens the door alone, and shows what kind it is', { skip }, async () => {
  const { client } = company.owner;
  const bound = await plugIn();
  const id = await register(client, 'Ноутбук Олени');
  assert.equal(await enter(), 'in');
  const listed = await client.call('GET /api/v1/factors');
  const [key] = listed.body.passkeys;
  assert.deepEqual([key.name, key.kind], ['Ноутбук Олени', 'device-bound']);
  assert.notEqual(key.lastUsedAt, null);
  requireOk(await client.call('DELETE /api/v1/passkeys/:id', { params: { id } }));
  assert.equal(await enter(), 'passkey.refused', 'what was taken away opens nothing');
  await unplug(bound);
});

test('a synced key never counts, is shown as synced, and still opens', { skip }, async () => {
  const synced = await plugIn({ synced: true });
  const { client } = company.owner;
  const id = await register(client);
  const listed = await client.call('GET /api/v1/factors');
  assert.equal(listed.body.passkeys[0].kind, 'synced');
  await running.test.admin`UPDATE passkeys SET sign_counter = 0 WHERE id = ${id}`;
  const { credentials } = await cdp.send('WebAuthn.getCredentials', synced);
  await cdp.send('WebAuthn.clearCredentials', synced);
  await cdp.send('WebAuthn.addCredential', { ...synced, credential: { ...credentials[0]!, signCount: 0 } });
  assert.equal(await enter(), 'in');
  await unplug(synced);
});

test('a key whose counter goes back was copied: refused, and an alarm is recorded', { skip }, async () => {
  const key = await plugIn();
  await register(company.owner.client);
  assert.equal(await enter(), 'in');
  const { credentials } = await cdp.send('WebAuthn.getCredentials', key);
  const copy = credentials[0]!;
  assert.equal(await enter(), 'in');
  await cdp.send('WebAuthn.clearCredentials', key);
  await cdp.send('WebAuthn.addCredential', { ...key, credential: { ...copy, signCount: 1 } });
  const alarms = await eventsOf('sign-in.passkey_copy_denied');
  assert.equal(await enter(), 'passkey.copied');
  assert.equal(await eventsOf('sign-in.passkey_copy_denied'), alarms + 1);
  await unplug(key);
});

test('without user verification a key is possession only: not alone, but after the password', { skip }, async () => {
  const { owner } = company;
  const key = await plugIn({ verifies: true });
  await register(owner.client);
  await cdp.send('WebAuthn.setUserVerified', { ...key, isUserVerified: false });
  const alone = await begin();
  const response = await get({ ...alone.options, userVerification: 'discouraged' });
  assert.equal(said(await finish(alone.client, { ticket: alone.ticket, response })), 'passkey.refused');

  const client = openClient(running.origin);
  const first = await client.call('POST /api/v1/sign-in', { body: { email: owner.email, password } });
  requireOk(first);
  assert.deepEqual(first.body.ways, ['passkey', 'totp', 'recovery']);
  const secondStep = first.body.ticket;
  const begun = await client.call('POST /api/v1/sign-in/passkey/begin', { body: { ticket: secondStep } });
  const answer = await get({ ...begun.body.options, userVerification: 'discouraged' });
  assert.equal(said(await finish(client, { ticket: begun.body.ticket, secondStep, response: answer })), 'in');
  await unplug(key);
});

test('an answer is good once, for its own challenge, and from our own page', { skip }, async () => {
  const key = await plugIn();
  await register(company.owner.client);
  const one = await begin();
  const other = await begin();
  const response = await get(one.options);
  assert.equal(said(await finish(other.client, { ticket: other.ticket, response })), 'passkey.refused');
  assert.equal(said(await finish(one.client, { ticket: one.ticket, response })), 'in');
  assert.equal(said(await finish(one.client, { ticket: one.ticket, response })), 'sign-in.ticket_expired', 'replayed');

  const { port } = elsewhere.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/`);
  const phished = await begin();
  const answer = await get(phished.options);
  assert.equal(said(await finish(phished.client, { ticket: phished.ticket, response: answer })), 'passkey.refused');
  await page.goto(`${running.origin}/api/v1/setup`);
  await unplug(key);
});

test('a challenge for making a key, or for a fresh proof, opens no door', { skip }, async () => {
  const key = await plugIn();
  const { client } = company.owner;
  await register(client);
  const door = await begin();
  const { rpId } = door.options;
  const challenges = [
    (await client.call('POST /api/v1/passkeys/begin')).body,
    (await client.call('POST /api/v1/step-up/passkey/begin')).body,
  ];
  for (const { ticket, options } of challenges) {
    const response = await get({ rpId, challenge: options.challenge, userVerification: 'required' });
    assert.equal(said(await finish(door.client, { ticket, response })), 'sign-in.ticket_expired');
  }
  await unplug(key);
});

test('a key proves anew that it is me, and gives the session a new token', { skip }, async () => {
  const key = await plugIn();
  const { client } = company.owner;
  await register(client);
  const old = client.cookie;
  const begun = await client.call('POST /api/v1/step-up/passkey/begin');
  const response = await get(begun.body.options);
  requireOk(await client.call('POST /api/v1/step-up/passkey', { body: { ticket: begun.body.ticket, response } }));
  assert.notEqual(client.cookie, old);
  assert.equal(said(await openClient(running.origin, old).call('GET /api/v1/session')), 'session.expired');
  await unplug(key);
});

test('the last factor stays, also when two requests take the last two away at once', { skip }, async () => {
  const key = await plugIn();
  const { client } = company.owner;
  const { body } = await client.call('GET /api/v1/factors');
  for (const { id } of body.passkeys) requireOk(await client.call('DELETE /api/v1/passkeys/:id', { params: { id } }));
  const id = await register(client);
  const app = { params: { id: body.authenticators[0].id } };
  const ended = await Promise.all([
    client.call('DELETE /api/v1/passkeys/:id', { params: { id } }),
    client.call('DELETE /api/v1/authenticators/:id', app),
  ]);
  assert.deepEqual(new Set(ended.map(said)), new Set(['factor.last', 'in']));
  await unplug(key);
});
