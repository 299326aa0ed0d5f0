/** A certificate is renewed in time, and what goes wrong then neither ends the old one nor is silent. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { LubartError } from '#kernel';
import { makeTestFolder, testClock } from '../../../../test/harness.ts';
import { makeAuthority } from './certificates.fixture.ts';
import { signMessage, thumbprint } from './acme.ts';
import { isDue, openKeptCertificate } from './kept-certificate.ts';
import { createPrivateKey, createPublicKey, verify } from 'node:crypto';

const folder = makeTestFolder();
after(() => folder.remove());
const host = 'crm.vezha.example';
const day = 86_400_000;

test('it is due after two thirds of its time, for another name, and when it is no certificate', () => {
  const { cert } = makeAuthority([host]).issue([host], { from: 0, until: 90 });
  const at = (days: number) => new Date(Date.now() + days * day);
  assert.deepEqual([isDue(cert, host, at(59)), isDue(cert, host, at(61))], [false, true]);
  assert.equal(isDue(cert, host, at(56), 0.05), true);
  assert.equal(isDue(cert, 'inshe.example', at(1)), true);
  assert.equal(isDue('щось', host, at(1)), true);
});

test('what stands is kept while it holds; a refusal leaves the old files as they were', async () => {
  const authority = makeAuthority([host]);
  let refuse = false;
  let asked = 0;
  const clock = testClock(new Date());
  const kept = openKeptCertificate({
    folder: folder.path,
    hostName: host,
    clock,
    failed: () => {},
    renewed: () => {},
    obtain: async (key) => {
      asked += 1;
      if (refuse) throw new LubartError('acme.refused');
      return authority.issue([host], { key, from: 0, until: 90 }).cert;
    },
  });
  assert.deepEqual([await kept.keep(), await kept.keep(), asked], [true, false, 1]);
  const old = readFileSync(kept.files.certFile, 'utf8');
  clock.move(80 * day);
  refuse = true;
  await assert.rejects(kept.keep(), { code: 'acme.refused' });
  assert.equal(readFileSync(kept.files.certFile, 'utf8'), old);
  refuse = false;
  assert.equal(await kept.keep(), true);
  const leaf = new X509Certificate(readFileSync(kept.files.certFile));
  assert.ok(leaf.checkPrivateKey(createPrivateKey(readFileSync(kept.files.keyFile))));
  writeFileSync(kept.files.certFile, 'half');
  assert.equal(await kept.keep(), true);
  kept.close();
});

test('messages to an authority are signed so that anybody can check them (RFC 7515), and keys are named by RFC 7638', () => {
  const key = createPrivateKey({
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
    },
    format: 'jwk',
  });
  const said = JSON.parse(signMessage(key, { alg: 'ES256' }, { csr: 'x' })) as Record<string, string>;
  const signature = Buffer.from(said['signature']!, 'base64url');
  const bytes = Buffer.from(`${said['protected']}.${said['payload']}`);
  assert.ok(verify('sha256', bytes, { key: createPublicKey(key), dsaEncoding: 'ieee-p1363' }, signature));
  assert.equal(thumbprint(key), 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
});
