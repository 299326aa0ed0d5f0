/**
 * What opens something is looked for where a careless line would print it: in the settings, the keyring, the sign-in and the
 * mail as the server holds them, seen by util.inspect, JSON, templates and a message to a worker; in the log at its chattiest; and in
 * an answer. Nothing of it may be there.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { readConfig, Secret, secretOf } from '#kernel';
import { openLogKey, openWrappedKey } from '#protections/audit-log/tree';
import { openRootKeyFile } from '#protections/encryption';
import { rootSecret } from '../server/protections/encryption/root-key.ts';
import { makeAuthority, writePair } from '../server/protections/encryption/transit/certificates.fixture.ts';
import { readCertificate } from '../server/protections/encryption/transit/read-certificate.ts';
import { openWorld } from './cast.ts';
import { makeTestFolder } from './harness.ts';

const value = 'zamok-77-dzvinok';
const surroundings = { cwd: '/nowhere', home: '/nowhere/home', uid: 1000 };

/** All ways by which a value becomes text without anybody asking for it. */
function textsOf(thing: unknown): string[] {
  const deep = { depth: Infinity, showHidden: true, getters: true, maxArrayLength: Infinity, breakLength: Infinity };
  return [
    inspect(thing, deep),
    inspect(thing, { ...deep, customInspect: false, showProxy: true }),
    inspect({ inside: [thing] }, deep),
    JSON.stringify({ inside: [thing] }) ?? '',
    ownText(thing),
    Object.entries(Object(thing)).join(),
  ];
}

/** Put into a text, as somebody would by mistake; an object without a prototype has none. */
function ownText(thing: unknown): string {
  try {
    return [['', thing].join(), String(thing), new Error(String(thing)).stack].join(' ');
  } catch {
    return '';
  }
}

/** In every form in which bytes are printed. */
const formsOf = (secret: string | Buffer): string[] => {
  const bytes = Buffer.from(secret);
  const listed = [...bytes.subarray(0, 12)];
  return [
    bytes.toString('utf8'),
    bytes.toString('hex'),
    bytes.toString('base64'),
    bytes
      .subarray(0, 12)
      .toString('hex')
      .replace(/..(?=.)/g, '$& '),
    listed.join(', '),
    listed.join(','),
  ];
};

function requireUnseen(thing: unknown, secrets: (string | Buffer)[], name: string): void {
  for (const text of textsOf(thing))
    for (const secret of secrets)
      for (const form of formsOf(secret)) assert.ok(!text.includes(form), `${name} shows a secret`);
}

test('the eye sees what is not hidden: a plain text, and bytes in an object', () => {
  const key = randomBytes(32);
  for (const [thing, secret] of [
    [{ token: value }, value],
    [{ key }, key],
    [
      {
        get inner() {
          return { key };
        },
      },
      key,
    ],
  ] as const)
    assert.throws(() => requireUnseen(thing, [secret], 'a control'), /shows a secret/);
});

test('a secret is no text for anybody who does not ask for it by name', () => {
  const key = randomBytes(32);
  for (const hidden of [value, key, { key }]) {
    const secret = new Secret(hidden);
    requireUnseen(secret, [value, key], 'a secret');
    assert.equal(secret.expose(), hidden);
    assert.deepEqual(
      [String(secret), JSON.stringify([secret]), inspect(secret)],
      ['[secret]', '["[secret]"]', '[secret]'],
    );
    const copied = structuredClone({ secret });
    requireUnseen(copied, [value, key], 'a copy for a worker');
    assert.deepEqual(Reflect.ownKeys(secret), []);
  }
  assert.deepEqual([secretOf(undefined), secretOf('')], [undefined, undefined]);
});

test('settings can be printed as a whole: passwords and tokens of every service are not in them', () => {
  const sid = `AC${'0f'.repeat(16)}`;
  for (const sms of [
    `turbosms://${value}@?sender=L`,
    `twilio://${sid}:${value}@?from=L`,
    'smpps://a:zamok-77@smsc.example?from=L',
  ]) {
    const config = readConfig(
      {
        DATABASE_URL: `postgres://lubart:${value}@127.0.0.1/lubart`,
        LUBART_SMTP_URL: `smtps://crm:${value}@mail.vezha.example`,
        LUBART_MAIL_FROM: 'crm@vezha.example',
        LUBART_SMS_URL: sms,
        LUBART_VAULT_TOKEN: value,
        LUBART_VAULT_ROLE: `role:${value}`,
        LUBART_AWS_KEY: `AKIALUBART:${value}`,
      },
      [],
      surroundings,
    );
    requireUnseen(config, [value, 'zamok-77'], 'the settings');
    assert.ok(
      config.databaseUrl?.expose().includes(value) && config.mail?.password?.expose() === value,
      'they are there',
    );
  }
});

test('keys are in nothing that the server passes around: root key, keyring, seals, and what stands on them', async () => {
  const world = await openWorld();
  try {
    const { keyring, organizationId, auditLog, signIn, mail, database } = world;
    const seals = await keyring.of(organizationId);
    const rows = await world.test.admin<{ id: string; purpose: string; wrapped: Buffer }[]>`
      SELECT id, purpose, wrapped FROM organization_keys WHERE organization_id = ${organizationId}`;
    const keys = rows.map(({ id, purpose, wrapped }) =>
      keyring.root.unwrap(wrapped, `organization_keys/${organizationId}/${id}/${purpose}`).expose(),
    );
    assert.deepEqual(rows.map(({ purpose }) => purpose).toSorted(), ['index', 'sealing']);
    const keysAtHand = seals.searchKeys;
    const things = { root: keyring.root, keyring, seals, keysAtHand, auditLog, signIn, mail, database };
    for (const [name, thing] of Object.entries(things)) requireUnseen(thing, keys, name);
    const row = rootSecret(new Secret(keys[0]!));
    requireUnseen(row, [keys[0]!, row.wrapping.expose()], 'a root key that is open');
  } finally {
    await world.close();
  }
});

test('nor in the key files as they are held: root key, open and under a keeper, its kit, the key of the log, a certificate', async () => {
  const folder = makeTestFolder();
  try {
    const file = join(folder.path, 'root.key');
    const opening = randomBytes(32);
    const keeper = {
      make: () => Promise.resolve({ facts: { algorithm: 'test' }, opening: new Secret(opening) }),
      open: () => Promise.resolve(new Secret(opening)),
    };
    const key = await openRootKeyFile(file, true, () => keeper);
    const [, text] = /^lubart-root-key-1 (\S+)/m.exec(readFileSync(file, 'utf8'))!;
    const { root, looking } = key.forKit();
    const secrets = [text!, root.expose(), looking.expose(), opening];
    requireUnseen(key, secrets, 'the root key file');
    requireUnseen(key.forKit(), secrets, 'what goes onto a kit');
    await key.move({ by: 'passphrase', keeper });
    await key.begin();
    const newer = key.forKit().root.expose();
    assert.notDeepEqual(newer, root.expose());
    requireUnseen(key, [...secrets, newer], 'the root key file under a keeper, while it is rotated');
    const logFile = { file: join(folder.path, 'log.key'), name: 'log-key', root: key } as const;
    const seed = await openWrappedKey(logFile, true);
    requireUnseen([seed, await openLogKey(logFile.file, key, false)], [seed.expose()], 'the key of the log');
    const wrapped = key.wrap(seed, 'here');
    requireUnseen(key.unwrap(wrapped, 'here'), [seed.expose()], 'a key that was unwrapped');
    const pair = makeAuthority(['crm.vezha.example']).issue(['crm.vezha.example']);
    const files = writePair(folder.path, pair);
    requireUnseen(
      await readCertificate(files, null, new Date()),
      [pair.key, pair.key.split('\n')[1]!],
      'a certificate',
    );
  } finally {
    folder.remove();
  }
});
