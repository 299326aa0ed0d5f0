/**
 * What a stranger’s tool says of our TLS: testssl.sh (https://testssl.sh) looks at a running Lubart, with a certificate of its own authority,
 * and finds nothing below what grade A of SSL Labs wants. Two runs side by side take a minute or two, so they are asked for:
 * `TESTSSL=1 npm test -- test/testssl.test.ts`. What every run of the tests looks at is in handshake.attack.test.ts.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { authorityFile } from '#protections/encryption/transit';
import { freePort, makeTestFolder } from './harness.ts';
import { openInProcess } from './running-lubart.ts';

const missing = spawnSync('testssl', ['--help']).error !== undefined;
const skip = missing
  ? 'testssl is not here (Debian package testssl.sh)'
  : process.env['TESTSSL'] === '1'
    ? false
    : 'it takes a minute or two: TESTSSL=1 asks for it';
const folder = makeTestFolder();
after(() => folder.remove());

type Finding = { id: string; severity: string; finding: string };

/** What stands all the same, each with its reason. */
const known: Readonly<Record<string, string>> = {
  engine_problem: 'about the tool’s own OpenSSL',
  cert_expirationStatus: 'thirty days on purpose, another one comes after twenty (decision 0030)',
  cert_notAfter: 'the same',
  cert_revocation: 'an authority of one server has no list: docs/decisions/0030-no-lists-of-the-revoked.md',
};
const grave = new Set(['WARN', 'MEDIUM', 'HIGH', 'CRITICAL', 'FATAL']);

async function look(origin: string, authority: string, sections: readonly string[]): Promise<Finding[]> {
  const file = join(folder.path, `testssl${sections.join('')}.json`);
  const how = ['--quiet', '--color', '0', '--warnings', 'batch', '--nodns', 'none', '--ip', '127.0.0.1'];
  const args = [...how, '--jsonfile', file, '--add-ca', authority, ...sections, new URL(origin).host];
  const child = spawn('testssl', args, { stdio: 'ignore', cwd: folder.path });
  await once(child, 'exit');
  return JSON.parse(readFileSync(file, 'utf8')) as Finding[];
}

test(
  'testssl.sh finds TLS 1.2 and 1.3 alone, forward secrecy, HSTS, a chain that is believed, and no weakness',
  { skip },
  async () => {
    const [place, port] = [join(folder.path, 'tls'), await freePort()];
    const running = await openInProcess(undefined, {
      tls: { certFile: join(place, 'certificate.pem'), keyFile: join(place, 'certificate.key') },
      certificateFrom: { kind: 'local', directory: '', folder: place },
      origin: `https://localhost:${port}`,
      port,
    });
    const authority = authorityFile(place, 'localhost');
    const found = (
      await Promise.all([
        look(running.origin, authority, ['-p', '-s', '-f', '-S', '-h']),
        look(running.origin, authority, ['-U']),
      ])
    ).flat();
    assert.ok(found.length > 80, `it looked at ${found.length} things`);
    const said = new Map(found.map(({ id, finding }) => [id, finding]));
    for (const old of ['SSLv2', 'SSLv3', 'TLS1', 'TLS1_1']) assert.match(said.get(old)!, /^not offered/, old);
    for (const good of ['TLS1_2', 'TLS1_3']) assert.match(said.get(good)!, /^offered/, good);
    for (const weak of ['NULL', 'aNULL', 'EXPORT', 'LOW', '3DES_IDEA'])
      assert.match(said.get(`cipherlist_${weak}`)!, /^not offered/, weak);
    assert.match((said.get('cipherlist_AVERAGE') ?? said.get('cipherlist_OBSOLETED'))!, /^not offered/);
    assert.match(said.get('PFS') ?? said.get('FS')!, /^offered/);
    assert.match(said.get('HSTS_time')!, /31536000/);
    assert.match(said.get('cert_chain_of_trust')!, /^passed/);
    const wrong = found.filter(({ id, severity }) => grave.has(severity) && known[id] === undefined);
    assert.deepEqual(wrong, []);
    // Newer versions say the grade themselves.
    assert.match(said.get('overall_grade') ?? 'A', /^A/);
  },
);
