/**
 * The key file under AWS KMS, against a server that checks every signature: another credential, another key, another context, a service
 * that is away, slow, lies or sends elsewhere. Nothing goes out that is not under TLS.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import type { LubartError } from '#kernel';
import { Secret } from '#kernel';
import { makeTestFolder } from '#test/harness.ts';
import { openRootKeyFile } from '../root-key.ts';
import type { Keeper } from './keeper.ts';
import { kmsKey, openKms, otherKey } from './kms.fixture.ts';
import type { Kms } from './kms.fixture.ts';
import { kmsKeeper, readKmsPlace } from './kms.ts';
import type { Keepers } from './open-keepers.ts';
import { openKeepers } from './open-keepers.ts';

const folder = makeTestFolder();
after(() => folder.remove());
let count = 0;
const newFile = () => join(folder.path, `keys-${(count += 1)}`, 'root.key');
const only =
  (keeper: Keeper): Keepers =>
  () =>
    keeper;

async function withKms(work: (kms: Kms) => Promise<void>, sessionToken?: string): Promise<void> {
  const kms = await openKms(sessionToken);
  try {
    await work(kms);
  } finally {
    await kms.close();
  }
}

async function closedBy(kms: Kms) {
  const file = newFile();
  const key = await openRootKeyFile(file, true);
  await key.move({ by: 'kms', keeper: kms.keeper() });
  return { file, fingerprint: key.fingerprint };
}

test('a key of AWS KMS opens the file, by lasting credentials and by lent ones; neither stands in it', async () => {
  for (const sessionToken of [undefined, 'IQoJb3JpZ2luX2VjEHsaCXVzLWVhc3QtMSJH+/==']) {
    await withKms(async (kms) => {
      const { file, fingerprint } = await closedBy(kms);
      const text = readFileSync(file, 'utf8');
      assert.match(text, /^lubart-closed-keys-1 \{"by":"kms","algorithm":"aws-kms","address":"http/);
      for (const part of kms.awsKey.split(':')) assert.ok(!text.includes(part));
      assert.deepEqual(
        kms.heard.map(({ action }) => action),
        ['Encrypt', 'Decrypt'],
        'it is proved before the file is replaced',
      );
      for (const { body } of kms.heard) {
        assert.deepEqual([body['KeyId'], body['EncryptionContext']], [kmsKey, { lubart: 'root key file' }]);
      }
      const credentialsFolder = join(file, '..', 'credentials');
      mkdirSync(credentialsFolder);
      writeFileSync(join(credentialsFolder, 'lubart-aws-key'), `${kms.awsKey}\n`);
      const key = await openRootKeyFile(file, false, openKeepers({ credentialsFolder }));
      assert.deepEqual([key.keptBy, key.fingerprint], ['kms', fingerprint]);
      await assert.rejects(openRootKeyFile(file, false, openKeepers({})), { code: 'start.keys_locked' });
    }, sessionToken);
  }
});

test('denied, disabled, away, slow, endless and foreign are told apart, and nothing secret is said', async () => {
  await withKms(async (kms) => {
    const { file } = await closedBy(kms);
    const refusalOf = async (keeper: Keeper): Promise<LubartError> => {
      const opened = openRootKeyFile(file, false, only(keeper));
      return opened.then(
        () => assert.fail('it opened'),
        (error: LubartError) => error,
      );
    };
    const [id, secret] = kms.awsKey.split(':') as [string, string];
    for (const [given, code] of [
      [`${id}:${secret.slice(0, -1)}x`, 'start.keys_keeper_denied'],
      [`${id.slice(0, -1)}9:${secret}`, 'start.keys_keeper_denied'],
      [`${kms.awsKey}:c29tZSB0b2tlbg==`, 'start.keys_keeper_denied'],
      [id, 'start.keys_locked'],
      ['', 'start.keys_locked'],
    ] as const) {
      const failed = await refusalOf(kms.keeper(given));
      assert.equal(failed.code, code, given);
      assert.ok(!inspect(failed, { depth: 9 }).includes(secret.slice(0, 12)));
    }
    for (const [state, code] of [
      ['disabled', 'start.keys_keeper_denied'],
      ['encrypts only', 'start.keys_keeper_denied'],
      ['names another key', 'start.keys_not_opened'],
      ['internal error', 'start.keys_keeper_down'],
      ['throttled', 'start.keys_keeper_down'],
      ['slow', 'start.keys_keeper_down'],
      ['no json', 'start.keys_keeper_down'],
      ['endless', 'start.keys_keeper_down'],
      ['elsewhere', 'start.keys_keeper_down'],
    ] as const) {
      kms.state = state;
      assert.equal((await refusalOf(kms.keeper(kms.awsKey, 300))).code, code, state);
    }
    kms.state = 'up';
    const running = await openRootKeyFile(file, false, only(kms.keeper()));
    await kms.close();
    await running.reload();
    await running.begin();
    await running.forgetOld();
    assert.equal((await refusalOf(kms.keeper())).code, 'start.keys_keeper_down');
  });
});

test('a clock that is wrong is said as what the service says', async (t) => {
  await withKms(async (kms) => {
    const { file } = await closedBy(kms);
    const Now = Date;
    t.mock.method(globalThis, 'Date', function (this: unknown, ...given: []) {
      return given.length === 0 ? new Now(Now.now() - 900_000) : new Now(...given);
    } as unknown as typeof Date);
    Object.assign(Date, { now: Now.now, parse: Now.parse });
    await assert.rejects(openRootKeyFile(file, false, only(kms.keeper())), ({ code, details }: LubartError) => {
      assert.deepEqual([code, details!['reason']], ['start.keys_keeper_denied', 'InvalidSignatureException']);
      return true;
    });
  });
});

test('attack: what was encrypted for something else, by another key, or altered, does not open', async () => {
  await withKms(async (kms) => {
    const { file } = await closedBy(kms);
    const text = readFileSync(file, 'utf8');
    const [, wrapped] = /"wrapped":"([^"]+)"/.exec(text)!;
    for (const [was, put, code] of [
      [kmsKey, otherKey, 'start.keys_not_opened'],
      [kmsKey, kmsKey.replace(/b$/, 'c'), 'start.keys_not_opened'],
      [kmsKey, kmsKey.replace(/key\/.*/, 'alias/lubart'), 'start.keys_wrong'],
      [wrapped!, `${wrapped!.slice(0, -8)}AAAAAAA=`, 'start.keys_not_opened'],
      [wrapped!, '', 'start.keys_not_opened'],
      [kms.address, 'http://kms.example', 'start.keys_wrong'],
      [kms.address, 'https://169.254.169.254', 'start.keys_wrong'],
      [kms.address, `${kms.address}/latest/meta-data`, 'start.keys_wrong'],
    ] as const) {
      writeFileSync(file, text.replace(was, put));
      assert.notEqual(readFileSync(file, 'utf8'), text);
      await assert.rejects(openRootKeyFile(file, false, only(kms.keeper())), { code }, put);
    }
    // Whoever may decrypt by this key for something else has not yet this: the context is bound.
    kms.heard.length = 0;
    writeFileSync(file, text);
    await openRootKeyFile(file, false, only(kms.keeper()));
    assert.deepEqual(kms.heard[0]!.body['EncryptionContext'], { lubart: 'root key file' });
  });
});

test('a key that encrypts and may not decrypt does not get the key file', async () => {
  await withKms(async (kms) => {
    const file = newFile();
    const key = await openRootKeyFile(file, true);
    for (const [state, code] of [
      ['encrypts only', 'start.keys_keeper_denied'],
      ['names another key', 'start.keys_not_opened'],
    ] as const) {
      kms.state = state;
      await assert.rejects(key.move({ by: 'kms', keeper: kms.keeper() }), { code }, state);
    }
    assert.equal(key.keptBy, 'file');
    assert.equal((await openRootKeyFile(file, false)).fingerprint, key.fingerprint);
  });
});

test('attack: credentials and keys go over TLS only, to the named address, and follow no redirect', async () => {
  assert.deepEqual(readKmsPlace(kmsKey), { address: 'https://kms.eu-central-1.amazonaws.com', key: kmsKey });
  const china = kmsKey.replace('arn:aws:', 'arn:aws-cn:').replace('eu-central-1', 'cn-north-1');
  assert.equal(readKmsPlace(china).address, 'https://kms.cn-north-1.amazonaws.com.cn');
  assert.equal(readKmsPlace(`https://vpce-1.kms.example:8443/${kmsKey}`).address, 'https://vpce-1.kms.example:8443');
  for (const text of [
    `http://kms.example/${kmsKey}`,
    `http://10.0.0.1/${kmsKey}`,
    `https://user:word@kms.example/${kmsKey}`,
    `https://169.254.169.254/${kmsKey}`,
    kmsKey.replace(/key\/.*/, 'alias/lubart'),
    kmsKey.replace('eu-central-1', 'evil.example/'),
    kmsKey.replace('eu-central-1', 'a@evil.example#'),
    'https://kms.eu-central-1.amazonaws.com/',
    'kms',
    '',
  ])
    assert.throws(() => readKmsPlace(text), { code: 'start.keys_wrong' }, text);
  let heard = 0;
  const other = createServer((_, response) => {
    heard += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    await withKms(async (kms) => {
      kms.state = 'elsewhere';
      kms.elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
      await assert.rejects(kms.keeper().make(), { code: 'start.keys_keeper_down' });
    });
    assert.equal(heard, 0);
  } finally {
    other.close();
  }
  const bound = kmsKeeper(
    { awsKey: new Secret('AKIALUBART0000000001:secret') },
    { address: 'http://kms.example', key: kmsKey },
  );
  await assert.rejects(bound.make(), { code: 'start.keys_wrong' }, 'also when the file says so');
});
