/** A real syslog server takes what we send: rsyslog over TLS, length before each message, every entry in order and whole. */
import { freePort } from '#test/harness.ts';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ForwardClient } from '#contract';
import { makeClients } from './clients.fixture.ts';
import { ofEntryForTests } from './lines.fixture.ts';
import { makeAuthority, writePair } from '../../encryption/transit/certificates.fixture.ts';
import { sendSyslog } from './send-syslog.ts';

const server = '/usr/sbin/rsyslogd';
const driver = ['x86_64', 'aarch64'].some((cpu) => existsSync(`/usr/lib/${cpu}-linux-gnu/rsyslog/lmnsd_ossl.so`));
const skip =
  existsSync(server) && driver ? false : 'rsyslog with TLS is not here (Debian packages rsyslog, rsyslog-openssl)';

/** Runs rsyslog while `work` is done; `mode` says whom it takes from. */
async function withRsyslog(
  mode: string,
  work: (at: { address: string; authority: string; read: () => Promise<string[]> }) => Promise<void>,
  clientsPem = '',
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lubart-rsyslog-'));
  const authority = makeAuthority();
  const { certFile, keyFile } = writePair(folder, authority.issue(['127.0.0.1']));
  const [caFile, out, settings] = ['ca.pem', 'got', 'rsyslog.conf'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const port = await freePort();
  await writeFile(caFile, authority.pem + clientsPem);
  await writeFile(
    settings,
    `global(maxMessageSize="128k" workDirectory="${folder}" DefaultNetstreamDriver="ossl"
  DefaultNetstreamDriverCAFile="${caFile}" DefaultNetstreamDriverCertFile="${certFile}" DefaultNetstreamDriverKeyFile="${keyFile}")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" ${mode})
template(name="got" type="string" string="%app-name%|%msgid%|%structured-data%|%msg%\\n")
input(type="imtcp" address="127.0.0.1" port="${port}")
action(type="omfile" file="${out}" template="got")\n`,
  );
  const running = spawn(server, ['-n', '-f', settings, '-i', join(folder, 'pid')], { stdio: 'ignore' });
  try {
    await untilItHears(port);
    const read = async () => (await readFile(out, 'utf8').catch(() => '')).split('\n').slice(0, -1);
    await work({ address: `127.0.0.1:${port}`, authority: authority.pem, read });
  } finally {
    running.kill();
    await once(running, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilItHears(port: number): Promise<void> {
  for (let tried = 0; tried < 100; tried += 1) {
    const socket = connect(port, '127.0.0.1');
    const heard = await new Promise((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    });
    socket.destroy();
    if (heard === true) return;
    await wait(100);
  }
}

const lines = Array.from({ length: 200 }, (_, index) => ofEntryForTests(index, 'Ґанок \\ "лапки" ]'));

test('rsyslog writes down every entry that was counted as delivered', { skip }, () =>
  withRsyslog('StreamDriver.AuthMode="anon"', async ({ address, authority, read }) => {
    assert.equal(await sendSyslog({ address, authority }, lines), null);
    for (let tried = 0; (await read()).length < lines.length && tried < 100; tried += 1) await wait(100);
    const got = await read();
    assert.equal(got.length, lines.length);
    for (const [index, line] of got.entries()) {
      const [app, code, place, message] = [...line.split('|').slice(0, 3), line.split('|').slice(3).join('|')];
      assert.deepEqual([app, code], ['lubart', 'contact.opened']);
      assert.match(place!, new RegExp(`index="${index}"`));
      assert.deepEqual(JSON.parse(message!), lines[index]!.event);
    }
  }),
);

/** Whom rsyslog takes from is its affair, and it does not check a name every time; what it has not taken may not count. */
test(
  'rsyslog that takes from one name alone takes from us, and what it did not take is not counted as delivered',
  { skip },
  async () => {
    const clients = makeClients();
    const mode = 'StreamDriver.AuthMode="x509/name" PermittedPeer=["lubart"]';
    const work: Parameters<typeof withRsyslog>[1] = async ({ address, authority, read }) => {
      let delivered = 0;
      const send = async (client: ForwardClient | null) => {
        const problem = await sendSyslog({ address, authority, client, waitMillis: 3_000 }, lines);
        if (problem === null) delivered += lines.length;
        return problem;
      };
      for (const client of [null, makeClients().issue(), clients.issue('somebody')]) await send(client);
      assert.equal(await send(clients.issue('lubart')), null);
      for (let tried = 0; (await read()).length < delivered && tried < 50; tried += 1) await wait(100);
      assert.ok((await read()).length >= delivered, `${(await read()).length} written, ${delivered} delivered`);
    };
    await withRsyslog(mode, work, clients.pem);
  },
);
