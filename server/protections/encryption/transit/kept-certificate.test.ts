/** A certificate is renewed in time, and what goes wrong then neither ends the old one nor is silent. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { makeTestFolder, testClock } from '../../../../test/harness.ts';
import { makeAuthority } from './certificates.fixture.ts';
import { signMessage, thumbprint } from './acme.ts';
import { isDue, openKeptCertificate } from './kept-certificate.ts';
import type { RenewalFailure } from './renewal-failure.ts';
import { failAgain } from './renewal-failure.ts';
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

test('what works is kept, at a start too; it is renewed when it is due, and only what is broken is replaced at once', async () => {
  const authority = makeAuthority([host]);
  let asked = 0;
  let renewed = 0;
  const clock = testClock(new Date());
  const kept = openKeptCertificate({
    folder: folder.path,
    hostName: host,
    clock,
    failed: () => {},
    renewed: () => (renewed += 1),
    obtain: async (key) => {
      asked += 1;
      const from = Math.round((clock.now().getTime() - Date.now()) / day);
      return authority.issue([host], { key, from: from - 1, until: from + 89 }).cert;
    },
  });
  assert.deepEqual([await kept.keep(), await kept.keep(), asked], [true, false, 1]);
  await kept.look();
  assert.equal(asked, 1);
  clock.move(80 * day);
  assert.deepEqual([await kept.keep(), asked], [false, 1], 'a start does not wait for the authority');
  await kept.look();
  assert.deepEqual([asked, renewed], [2, 1]);
  const leaf = new X509Certificate(readFileSync(kept.files.certFile));
  assert.ok(leaf.checkPrivateKey(createPrivateKey(readFileSync(kept.files.keyFile))));
  writeFileSync(kept.files.certFile, 'half');
  assert.deepEqual([await kept.keep(), asked], [true, 3]);
  kept.close();
});

test('the next try comes after an hour, two, four, up to a day; sooner near the end, later when the authority asks', () => {
  const now = new Date('2026-11-02T09:00:00Z');
  const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const pauses = (until: Date, wished = 0) => {
    let failure: RenewalFailure | null = null;
    const hours: number[] = [];
    for (let times = 0; times < 7; times += 1) {
      failure = failAgain(failure, { code: 'acme.refused', wished, until, now });
      hours.push((failure.nextTryAt.getTime() - now.getTime()) / 3_600_000);
    }
    assert.deepEqual([failure?.times, failure?.since], [7, now]);
    return hours;
  };
  assert.deepEqual(pauses(at(720)), [1, 2, 4, 8, 16, 24, 24]);
  assert.deepEqual(pauses(at(24)), [1, 2, 4, 6, 6, 6, 6]);
  assert.deepEqual(pauses(at(1)), [1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(pauses(at(-5)), [1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(pauses(at(720), 5 * 3_600_000), [5, 5, 5, 8, 16, 24, 24]);
  assert.deepEqual(pauses(at(720), 900 * 3_600_000), [24, 24, 24, 24, 24, 24, 24]);
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
