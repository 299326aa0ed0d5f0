/** Certificates that lead to the maker whom the organization named only in appearance: out of their time, or signed by what may sign nothing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeTestFolder } from '#test/harness.ts';
import type { Maker } from '#test/soft-key.ts';
import { makeMaker, makeSoftKey } from '#test/soft-key.ts';
import { readAttestation } from './attestation.ts';

const day = 86_400_000;
const model = 'f8a011f3-8c0a-4d15-8006-17111f9edc7d';
const folder = makeTestFolder();
let maker: Maker;
before(() => {
  maker = makeMaker(folder.path, 'Varta', model);
});
after(() => folder.remove());

/** What the statement of a key with this certificate leads to; `days` from today. */
async function rootOf(leaf: Buffer, roots: readonly string[], days = 0): Promise<boolean> {
  const key = makeSoftKey('https://crm.vezha.example', { aaguid: model, maker: { ...maker, leaf } });
  const { attestationObject } = key.create({ user: { id: '' }, challenge: '' }).response as Record<string, string>;
  const at = new Date(Date.now() + days * day);
  const { root } = await readAttestation(Buffer.from(attestationObject!, 'base64url'), roots, at);
  return root !== null;
}

test('a certificate counts in its time, and so does the root', async () => {
  assert.equal(await rootOf(maker.leaf, [maker.root]), true);
  assert.equal(await rootOf(maker.leaf, [maker.root], 60), false, 'over');
  assert.equal(await rootOf(maker.leaf, [maker.root], -2), false, 'not yet');
});

test('the root by itself vouches for no key: nobody signed for it', async () => {
  assert.equal(await rootOf(Buffer.from(new X509Certificate(maker.root).raw), [maker.root]), false);
});

test('what may sign nothing is nobody’s issuer, and neither is another of the same name or of the same key', async () => {
  const at = (file: string) => join(folder.path, file);
  const run = (...given: string[]) => execFileSync('openssl', given, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const selfSigned = (file: string, subject: string, ...more: string[]) => {
    run('req', '-x509', '-days', '30', '-subj', subject, '-out', at(`${file}.pem`), ...more);
    return readFileSync(at(`${file}.pem`), 'utf8');
  };
  const mayNot = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  const clerk = selfSigned('clerk', '/C=UA/O=Varta/CN=Clerk', ...ec, '-keyout', at('clerk.key'), ...mayNot);
  run('req', '-new', ...ec, '-keyout', at('copy.key'), '-out', at('copy.csr'), '-subj', '/C=UA/O=Varta/CN=copy');
  const issuer = ['-CA', at('clerk.pem'), '-CAkey', at('clerk.key'), '-CAcreateserial'];
  run('x509', '-req', '-in', at('copy.csr'), ...issuer, '-days', '30', '-outform', 'DER', '-out', at('copy.der'));
  assert.equal(await rootOf(readFileSync(at('copy.der')), [clerk]), false, 'by what may sign nothing');
  // All that a certificate says of itself is copied, but for the key.
  const said = run('x509', '-in', at('Varta-ca.pem'), '-noout', '-ext', 'subjectKeyIdentifier').toString();
  const identifier = `subjectKeyIdentifier=${said.trim().split('\n').at(-1)!.trim()}`;
  const root = '/C=UA/O=Varta/CN=Root';
  const namesake = selfSigned('namesake', root, ...ec, '-keyout', at('namesake.key'), '-addext', identifier);
  assert.equal(await rootOf(maker.leaf, [namesake]), false, 'by the name alone');
  const renamed = selfSigned('renamed', '/C=UA/O=Inshi/CN=Root', '-key', at('Varta-ca.key'));
  assert.equal(await rootOf(maker.leaf, [renamed]), false, 'by the key under another name');
  assert.equal(await rootOf(maker.leaf, [namesake, renamed, clerk, maker.root]), true);
});
