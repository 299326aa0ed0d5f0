/** A certificate is judged before it is served: each way to be wrong has a code of its own. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { after, test } from 'node:test';
import type { LubartError } from '#kernel';
import { makeTestFolder } from '../../../../test/harness.ts';
import { makeAuthority, newKey, pemOfKey, writePair } from './certificates.fixture.ts';
import { readCertificate } from './read-certificate.ts';

const folder = makeTestFolder();
after(() => folder.remove());
const host = 'crm.vezha.example';
const authority = makeAuthority([host, '10.0.0.5']);
const good = authority.issue([host, '10.0.0.5']);
const codeOf = (files: ReturnType<typeof writePair>, name: string | null = host) =>
  readCertificate(files, name, new Date()).then(
    () => 'taken',
    (error: LubartError) => error.code,
  );

test('a certificate with its key, for the name that people open, is taken and its facts are read', async () => {
  const { facts } = await readCertificate(writePair(folder.path, good), host, new Date());
  assert.deepEqual(facts.names, [host, '10.0.0.5']);
  assert.equal(facts.issuer, 'Test CA');
  assert.match(facts.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(await codeOf(writePair(folder.path, good), '10.0.0.5'), 'taken');
});

test('each way to be wrong has its own code', async () => {
  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'zamok' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const wrong: [string, { cert: string; key: string }][] = [
    ['start.certificate_unreadable', { cert: 'щось інше', key: good.key }],
    ['start.certificate_unreadable', { cert: good.cert.replace(/^MII./m, 'MIIA'), key: good.key }],
    ['start.certificate_unreadable', { cert: good.cert, key: 'щось інше' }],
    ['start.certificate_unreadable', { cert: good.cert, key: encrypted }],
    ['start.certificate_key_mismatch', { cert: good.cert, key: pemOfKey(newKey()) }],
    ['start.certificate_weak', authority.issue([host], { key: short })],
    ['start.certificate_expired', authority.issue([host], { from: -30, until: -0.01 })],
    ['start.certificate_not_yet', authority.issue([host], { from: 0.01 })],
    ['start.certificate_wrong_host', authority.issue(['inshe.example'])],
    ['start.certificate_wrong_host', authority.issue([`x.${host}`])],
  ];
  for (const [code, pair] of wrong) assert.equal(await codeOf(writePair(folder.path, pair)), code);
  assert.equal(await codeOf(writePair(folder.path, authority.issue([`*.vezha.example`]))), 'taken');
});

test('a key that another account of the machine can read is refused; a group may read, not write', async () => {
  const files = writePair(folder.path, good);
  for (const [mode, code] of [
    [0o604, 'start.certificate_key_mode'],
    [0o660, 'start.certificate_key_mode'],
    [0o640, 'taken'],
    [0o400, 'taken'],
  ] as const) {
    chmodSync(files.keyFile, mode);
    assert.equal(await codeOf(files), code, mode.toString(8));
  }
});

test('a missing intermediate certificate is noticed, a chain up to its root is complete', async () => {
  const alone = await readCertificate(writePair(folder.path, good), host, new Date());
  assert.equal(alone.facts.chainComplete, false);
  const whole = { ...good, cert: good.cert + authority.pem };
  assert.equal((await readCertificate(writePair(folder.path, whole), host, new Date())).facts.chainComplete, true);
  const foreign = { ...good, cert: good.cert + makeAuthority([host]).pem };
  assert.equal((await readCertificate(writePair(folder.path, foreign), host, new Date())).facts.chainComplete, false);
});
