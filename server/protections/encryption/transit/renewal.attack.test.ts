/**
 * A renewal that fails, in every way that an authority can fail, is tried again with a growing pause, and never takes down what works:
 * neither what is served, nor what the next start needs.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeTestFolder, testClock } from '../../../../test/harness.ts';
import type { AcmeServer, Mood } from './acme-server.fixture.ts';
import { openAcmeServer } from './acme-server.fixture.ts';
import { makeAuthority, newKey, pemOfKey } from './certificates.fixture.ts';
import { openKeptCertificate } from './kept-certificate.ts';
import { openAcme } from './obtain-acme.ts';

const host = 'crm.vezha.example';
const hour = 3_600_000;
const authority = makeAuthority([host]);
const folder = makeTestFolder();
let acme: AcmeServer;

before(async () => {
  acme = await openAcmeServer(authority, host);
});
after(async () => {
  await acme.close();
  folder.remove();
});

/** What is kept in a folder of this name: more than two thirds of its 90 days are over. */
function open(name: string, clock = testClock(new Date())) {
  const place = join(folder.path, name);
  const files = { certFile: join(place, 'certificate.pem'), keyFile: join(place, 'certificate.key') };
  if (!existsSync(place)) {
    mkdirSync(place, { mode: 0o700 });
    const pair = authority.issue([host], { from: -65, until: 25 });
    writeFileSync(files.certFile, pair.cert);
    writeFileSync(files.keyFile, pair.key, { mode: 0o600 });
  }
  const told: string[] = [];
  const kept = openKeptCertificate({
    folder: place,
    hostName: host,
    clock,
    obtain: openAcme(acme.directory, host, place).obtain,
    failed: (code) => told.push(code),
    renewed: () => told.push('renewed'),
  });
  return { kept, told, clock, place, files };
}
const pairOf = ({ certFile, keyFile }: { certFile: string; keyFile: string }) =>
  [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')] as const;

const moods: readonly (readonly [Mood, string])[] = [
  ['rate_limited', 'acme.refused'],
  ['broken', 'acme.refused'],
  ['not_json', 'acme.refused'],
  ['endless', 'acme.refused'],
  ['elsewhere', 'acme.unreachable'],
  ['hangs_up', 'acme.unreachable'],
  ['other_key', 'acme.refused'],
  ['other_name', 'acme.refused'],
  ['expired', 'acme.refused'],
  ['rubbish', 'acme.refused'],
];
for (const [mood, code] of moods) {
  test(`an authority that is “${mood}”: it is told, what works lies there untouched, and a start goes on with it`, async () => {
    const { kept, told, clock, files } = open(mood);
    const before = pairOf(files);
    acme.mood = mood;
    await kept.look();
    assert.deepEqual(told, [code]);
    assert.equal(kept.failure()?.code, code);
    assert.deepEqual(pairOf(files), before);
    kept.close();

    // Started anew while the authority is no better: nobody waits for it, and it is not asked again at once.
    const orders = acme.orders;
    const again = open(mood, clock);
    assert.equal(await again.kept.keep(), false);
    assert.equal(again.kept.failure()?.code, code, 'the page still says it');
    await again.kept.look();
    assert.equal(acme.orders, orders);

    acme.mood = 'fine';
    clock.move((mood === 'rate_limited' ? 5 : 1) * hour + 1);
    await again.kept.look();
    assert.deepEqual([again.told, again.kept.failure()], [['renewed'], null]);
    const [cert, key] = pairOf(files);
    assert.notEqual(cert, before[0]);
    assert.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)));
    again.kept.close();
  });
}

test('an authority that fails for days is asked after one, two, four, eight, sixteen hours, then once a day', async () => {
  const { kept, told, clock } = open('days');
  acme.mood = 'broken';
  const start = clock.now().getTime();
  const orders = acme.orders;
  const askedAt: number[] = [];
  for (let hours = 0; hours < 80; hours += 1) {
    const before = acme.orders;
    await kept.look();
    if (acme.orders > before) askedAt.push((clock.now().getTime() - start) / hour);
    clock.move(hour);
  }
  assert.deepEqual(askedAt, [0, 1, 3, 7, 15, 31, 55, 79]);
  assert.deepEqual([acme.orders - orders, told.length, kept.failure()?.times], [8, 8, 8]);
  assert.equal(kept.failure()?.since.getTime(), start);
  kept.close();
});

test('one that wishes five hours is given five hours', async () => {
  const { kept, clock } = open('wishes');
  acme.mood = 'rate_limited';
  await kept.look();
  const orders = acme.orders;
  clock.move(5 * hour - 60_000);
  await kept.look();
  assert.equal(acme.orders, orders);
  clock.move(120_000);
  await kept.look();
  assert.equal(acme.orders, orders + 1);
  kept.close();
});

test('two looks at one moment are one order', async () => {
  const { kept, told } = open('twice');
  acme.mood = 'fine';
  const orders = acme.orders;
  await Promise.all([kept.look(), kept.look(), kept.look()]);
  assert.deepEqual([acme.orders, told], [orders + 1, ['renewed']]);
  kept.close();
});

test('a note of a failure that lies in the far future, or is no note, holds no renewal back', async () => {
  for (const [name, note] of [
    [
      'future',
      JSON.stringify({ code: 'acme.refused', times: 3, since: new Date(), nextTryAt: '2199-01-01T00:00:00Z' }),
    ],
    ['rubble', '{"code":'],
  ] as const) {
    const { kept, told, place } = open(name);
    writeFileSync(join(place, 'renewal.json'), note);
    acme.mood = 'fine';
    await kept.keep();
    await kept.look();
    assert.deepEqual(told, ['renewed']);
    assert.equal(existsSync(join(place, 'renewal.json')), false);
    kept.close();
  }
});

test('a kill between the certificate and its key, and a start finds the two together again', async () => {
  const { kept, files, clock } = open('killed');
  kept.close();
  const [, oldKey] = pairOf(files);
  const next = authority.issue([host], { from: -1, until: 89 });
  writeFileSync(`${files.keyFile}.new`, next.key, { mode: 0o600 });
  writeFileSync(`${files.certFile}.new`, next.cert);
  renameSync(`${files.certFile}.new`, files.certFile);
  acme.mood = 'broken';
  const again = open('killed', clock);
  assert.equal(await again.kept.keep(), false);
  assert.deepEqual(pairOf(files), [next.cert, next.key]);
  assert.notEqual(oldKey, next.key);

  // What lies beside and fits nothing is left alone.
  writeFileSync(`${files.keyFile}.new`, pemOfKey(newKey()), { mode: 0o600 });
  copyFileSync(files.keyFile, `${files.keyFile}.before`);
  assert.equal(await again.kept.keep(), false);
  assert.deepEqual(pairOf(files), [next.cert, next.key]);
  again.kept.close();
});

test('where nothing works there is nothing to serve: the start says what the authority said', async () => {
  const { kept, files } = open('nothing');
  writeFileSync(files.certFile, 'half');
  acme.mood = 'rate_limited';
  await assert.rejects(kept.keep(), { code: 'acme.refused' });
  acme.mood = 'fine';
  assert.equal(await kept.keep(), true);
  kept.close();
});
