/**
 * Attack: somebody gets a snapshot of the server’s heap – by a debugger, a diagnostic of the operator, a file sent to whoever mends it.
 * A real server, its key file closed by a passphrase, is set up, signed in to, given a number by SMS, and asked for a client and for
 * secrets that are shown once; then V8 collects its garbage and writes down all text that can still be reached
 * (`--heapsnapshot-signal`, a switch of Node that Lubart does not set). What opened something a moment ago must not be in it. What is
 * in it by design, and what no test can promise, stands in docs/protections/encryption.md.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dictionary } from '@zxcvbn-ts/language-common';
import { openRootKeyFile } from '#protections/encryption';
import { passphraseKeeper } from '../server/protections/encryption/keepers/passphrase.ts';
import type { Provider } from '../server/sms/providers.fixture.ts';
import { startTurboSms, turboToken } from '../server/sms/providers.fixture.ts';
import type { Client } from './client.ts';
import { openClient } from './client.ts';
import type { Colleague, Company, LubartProcess } from './running-lubart.ts';
import { codeNow, makePlace, password, requireOk, setUpCompany, signIn, startLubart, until } from './running-lubart.ts';

const passphrase = 'сто сорок лелек над Стиром навесні';
const wrongPassword = 'Недобре-слово-втікача-19';
const nextPassword = 'Полин-понад-шляхом-31';
const phone = '+380671239870';
const contact = { lastName: 'Пам’ятливець', notes: 'Нотатка, яку щойно відкрили' };

const place = makePlace();
const folder = join(place.dataFolder, '..');
const snapshots = join(folder, 'snapshots');
let provider: Provider;
let running: LubartProcess;
let texts: string[];
/** Those of them that are values of the program; names of V8’s own are numbers of six digits, too. */
const values = new Set<string>();
type HeapSnapshot = {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
  strings: string[];
};
/** What must not be found, by what it is; and what is there by design, so that it is seen that the hunter finds. */
const secrets = new Map<string, string>();
/** Six digits stand in many a number: they are looked for as texts of their own. */
const codes: string[] = [];

before(async () => {
  provider = await startTurboSms();
  for (const [name, key] of Object.entries(await closeKeyFile())) noteBytes(name, key);
  mkdirSync(snapshots);
  const env = {
    CREDENTIALS_DIRECTORY: join(folder, 'credentials'),
    LUBART_SMS_URL: `turbosms://${turboToken}@127.0.0.1:${provider.port}?sender=Lubart`,
  };
  const limit = '--heap-snapshot-string-limit=10000000'; // else long texts are cut in the snapshot
  const switches = ['--heapsnapshot-signal=SIGUSR2', limit, `--diagnostic-dir=${snapshots}`];
  running = await startLubart(place, env, [], switches);
  secrets.set('the passphrase of the keys', passphrase);
  secrets.set('the set-up token', running.setupToken!);
  const company = await setUpCompany(running.origin, running.setupToken!);
  await useSecrets(company);
  texts = await takeSnapshot();
});
after(() => provider.close());

/** A key file under a passphrase, and the keys that are in it. */
async function closeKeyFile(): Promise<Record<string, Buffer>> {
  mkdirSync(join(folder, 'keys'), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, 'credentials'), { mode: 0o700 });
  writeFileSync(join(folder, 'credentials', 'lubart-passphrase'), passphrase, { mode: 0o600 });
  const key = await openRootKeyFile(place.keyFile, true);
  const { root, looking } = key.forKit();
  const cheap = { memory: 19_456, passes: 1, lanes: 1 };
  await key.move({ by: 'passphrase', keeper: passphraseKeeper({}, () => Promise.resolve(passphrase), cheap) });
  return { 'the root key': root.expose(), 'the lookup key': looking.expose() };
}

/** Bytes become text on the way into a file or an answer. */
function noteBytes(name: string, bytes: Buffer): void {
  for (const form of ['base64url', 'base64', 'hex', 'latin1'] as const)
    secrets.set(`${name} as ${form}`, bytes.toString(form));
}

async function useSecrets(company: Company): Promise<void> {
  const { owner } = company;
  const me = owner.client;
  secrets.set('the password', password);
  secrets.set('the wrong password', wrongPassword);
  secrets.set('the next password', nextPassword);
  const stranger = openClient(running.origin);
  const asked = { body: { email: owner.email, password: wrongPassword } };
  assert.equal((await stranger.call('POST /api/v1/sign-in', asked)).status, 401);
  await signIn(me, owner);
  noteSession('the owner', owner);
  const { body: rules } = await me.call('GET /api/v1/security/rules');
  const factors = { ...rules.factors, sms: { ...rules.factors.sms, allowed: true } };
  requireOk(await me.call('PUT /api/v1/security/rules', { body: { version: rules.version, change: { factors } } }));
  await askForShownOnce(me);
  const made = await me.call('POST /api/v1/contacts', { body: contact });
  requireOk(made);
  requireOk(await me.call('GET /api/v1/contacts/:id', { params: { id: made.body.id } }));
  const manager = await company.join({
    name: 'Тарас Мельник',
    email: 'taras.melnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  await proveNumber(manager);
  noteSession('the manager', manager);
  requireOk(
    await manager.client.call('POST /api/v1/profile/password', {
      body: { current: password, password: nextPassword },
    }),
  );
}

function noteSession(name: string, { client, totp }: Colleague): void {
  secrets.set(`the session of ${name}`, decodeURIComponent(client.cookie.slice(client.cookie.indexOf('=') + 1)));
  secrets.set(`the authenticator of ${name}`, totp.secret.base32);
  noteBytes(`the authenticator of ${name}`, Buffer.from(totp.secret.bytes));
}

/** What the server makes, shows, and keeps the hash of. */
async function askForShownOnce(me: Client): Promise<void> {
  const made = await me.call('POST /api/v1/recovery-codes');
  requireOk(made);
  for (const [at, code] of made.body.recoveryCodes.entries()) secrets.set(`recovery code ${at}`, code);
  const key = await me.call('POST /api/v1/api-keys', { body: { name: 'Сайт', roles: ['owner'] } });
  requireOk(key);
  secrets.set('the API key', key.body.secret);
  const prepared = await me.call('POST /api/v1/contacts/export', { body: { format: 'xlsx', protection: 'password' } });
  requireOk(prepared);
  secrets.set('the password of an export', prepared.body.password);
}

async function proveNumber(who: Colleague): Promise<void> {
  const me = who.client;
  const lastCode = () => /\d{6}/.exec(provider.received.at(-1)!.text)![0];
  const begun = await me.call('POST /api/v1/sms-number/begin', { body: { phone } });
  requireOk(begun);
  requireOk(await me.call('POST /api/v1/sms-number', { body: { ticket: begun.body.ticket, code: lastCode() } }));
  secrets.set('the message with the code', provider.received.at(-1)!.text);
  codes.push(lastCode());
  const first = await me.call('POST /api/v1/sign-in', { body: { email: who.email, password } });
  requireOk(first);
  secrets.set('the ticket between the steps', first.body.ticket);
  const entered = { ticket: first.body.ticket, code: codeNow(who.totp, 1) };
  codes.push(entered.code);
  requireOk(await me.call('POST /api/v1/sign-in/code', { body: entered }));
}

/**
 * Every text that V8 can still reach after it has collected its garbage. V8 keeps the text that a pattern was last looked for in, so
 * somebody else asks for something first.
 */
async function takeSnapshot(): Promise<string[]> {
  await fetch(`${running.origin}/api/v1/setup`);
  process.kill(running.pid, 'SIGUSR2');
  const file = await until('the snapshot', 120, async () => {
    const [name] = readdirSync(snapshots).filter((one) => one.endsWith('.heapsnapshot'));
    if (name === undefined) return undefined;
    const path = join(snapshots, name);
    const { size } = statSync(path);
    await sleep(500);
    return readFileSync(path).subarray(-3).toString().trimEnd().endsWith('}') && statSync(path).size === size && path;
  });
  const whole = readFileSync(file, 'utf8');
  rmSync(file);
  const { snapshot, nodes, strings } = JSON.parse(whole) as HeapSnapshot;
  const [fields, types] = [snapshot.meta.node_fields, snapshot.meta.node_types[0]];
  const [type, name] = [fields.indexOf('type'), fields.indexOf('name')];
  for (let at = 0; at < nodes.length; at += fields.length)
    if (types[nodes[at + type]!]!.endsWith('string')) values.add(strings[nodes[at + name]!]!);
  return strings;
}

const holding = (part: string) => texts.filter((text) => text.includes(part));

test('the snapshot holds what is kept in memory by design: the client opened last, and the token of the SMS service', () => {
  assert.ok(texts.length > 50_000, `${texts.length} texts`);
  for (const kept of [contact.lastName, contact.notes, turboToken]) assert.equal(holding(kept).length > 0, true, kept);
});

test('nothing that opened something a moment ago can be reached: passwords, codes, tokens, keys and what opens the keys', () => {
  assert.ok(secrets.size > 35, `only ${secrets.size} secrets were used`);
  for (const [name, secret] of secrets) {
    assert.ok(secret.length >= 8, `${name} is too short to be looked for`);
    assert.equal(holding(secret).length, 0, `${name} is still reachable`);
  }
  // One code in a thousand is also a password that everybody guesses first, and the server knows those.
  const guessedFirst = new Set<unknown>(Object.values(dictionary).flat());
  assert.ok(values.has(contact.lastName) && values.size > 10_000, `${values.size} values`);
  for (const code of codes.filter((one) => !guessedFirst.has(one)))
    assert.ok(!values.has(code), 'a code is still reachable');
});
