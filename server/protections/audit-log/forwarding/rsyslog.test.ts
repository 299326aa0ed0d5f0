/** A real syslog server takes what we send: rsyslog over TLS, length before each message, every entry in order and whole. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ofEntryForTests } from './lines.fixture.ts';
import { makeAuthority, writePair } from '../../encryption/transit/certificates.fixture.ts';
import { sendSyslog } from './send-syslog.ts';

const server = '/usr/sbin/rsyslogd';
const driver = ['x86_64', 'aarch64'].some((cpu) => existsSync(`/usr/lib/${cpu}-linux-gnu/rsyslog/lmnsd_ossl.so`));
const skip =
  existsSync(server) && driver ? false : 'rsyslog with TLS is not here (Debian packages rsyslog, rsyslog-openssl)';

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  return port;
}

test('rsyslog writes down every entry that was counted as delivered', { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lubart-rsyslog-'));
  const authority = makeAuthority();
  const { certFile, keyFile } = writePair(folder, authority.issue(['127.0.0.1']));
  const [caFile, out, settings] = ['ca.pem', 'got', 'rsyslog.conf'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const port = await freePort();
  await writeFile(caFile, authority.pem);
  await writeFile(
    settings,
    `global(maxMessageSize="128k" workDirectory="${folder}" DefaultNetstreamDriver="ossl"
  DefaultNetstreamDriverCAFile="${caFile}" DefaultNetstreamDriverCertFile="${certFile}" DefaultNetstreamDriverKeyFile="${keyFile}")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
template(name="got" type="string" string="%app-name%|%msgid%|%structured-data%|%msg%\\n")
input(type="imtcp" address="127.0.0.1" port="${port}")
action(type="omfile" file="${out}" template="got")\n`,
  );
  const running = spawn(server, ['-n', '-f', settings, '-i', join(folder, 'pid')], { stdio: 'ignore' });
  try {
    const lines = Array.from({ length: 200 }, (_, index) => ofEntryForTests(index, 'Ґанок \\ "лапки" ]'));
    const target = { address: `127.0.0.1:${port}`, authority: authority.pem };
    let problem = await sendSyslog(target, lines);
    for (let tried = 0; problem === 'unreachable' && tried < 50; tried += 1) {
      await wait(100);
      problem = await sendSyslog(target, lines);
    }
    assert.equal(problem, null);
    const read = async () => (await readFile(out, 'utf8').catch(() => '')).split('\n').slice(0, -1);
    for (let tried = 0; (await read()).length < lines.length && tried < 100; tried += 1) await wait(100);
    const got = await read();
    assert.equal(got.length, lines.length);
    for (const [index, line] of got.entries()) {
      const [app, code, place, message] = [...line.split('|').slice(0, 3), line.split('|').slice(3).join('|')];
      assert.deepEqual([app, code], ['lubart', 'contact.opened']);
      assert.match(place!, new RegExp(`index="${index}"`));
      assert.deepEqual(JSON.parse(message!), lines[index]!.event);
    }
  } finally {
    running.kill();
    await once(running, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
});
