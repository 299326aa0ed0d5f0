/**
 * Receivers that are somebody else, and receivers that did not say that they have everything: the first are given nothing, the second
 * are believed nothing.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { makeAuthority } from '../../encryption/transit/certificates.fixture.ts';
import { makeClients } from './clients.fixture.ts';
import { readClient } from './client-certificate.ts';
import { readAuthority } from './receiver-address.ts';
import { ofEntryForTests } from './lines.fixture.ts';
import { sendSyslog } from './send-syslog.ts';
import { makeWebhookSecret, sendWebhook } from './send-webhook.ts';
import { syslogServer } from './syslog-server.fixture.ts';

const authority = makeAuthority();
const ours = authority.issue(['127.0.0.1']);
const others = {
  'of another authority': makeAuthority().issue(['127.0.0.1']),
  'of another name': authority.issue(['localhost']),
  'whose certificate is over': authority.issue(['127.0.0.1'], { from: -30, until: -1 }),
};
const lines = Array.from({ length: 40 }, (_, index) => ofEntryForTests(index, 'Ґанок'));
const hearing = { authority: authority.pem, waitMillis: 500 };

for (const [who, pair] of Object.entries(others)) {
  test(`a syslog server ${who} is given nothing`, async () => {
    const server = await syslogServer(pair);
    try {
      assert.equal(await sendSyslog({ address: server.address, ...hearing }, lines), 'certificate_wrong');
    } finally {
      await server.close();
    }
    assert.deepEqual(server.messages, []);
  });

  test(`a webhook ${who} is given nothing`, async () => {
    let got = 0;
    const server = createHttps(pair, (request, response) => {
      got += 1;
      request.resume();
      response.writeHead(204).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
      const target = {
        id: 'siem',
        address,
        authority: authority.pem,
        secret: makeWebhookSecret(),
        form: 'ocsf',
      } as const;
      assert.equal(await sendWebhook(target, lines, new Date()), 'certificate_wrong');
      assert.equal(got, 0);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  const spoken = { ...ours, minVersion: version, maxVersion: version };

  test(`what a syslog server read and closed in order is delivered (${version})`, async () => {
    const server = await syslogServer(spoken);
    try {
      assert.equal(await sendSyslog({ address: server.address, ...hearing }, lines), null);
    } finally {
      await server.close();
    }
    assert.equal(server.messages.length, lines.length);
  });

  test(`a syslog server that reads and keeps silent, or dies over it, has confirmed nothing (${version})`, async () => {
    for (const mood of [{ silent: true }, { breakAfter: 1_000 }]) {
      const server = await syslogServer({ ...spoken, ...mood });
      try {
        const problem = await sendSyslog({ address: server.address, ...hearing }, lines);
        assert.equal(problem, 'not_confirmed', JSON.stringify(mood));
      } finally {
        await server.close();
      }
    }
  });

  test(`a syslog server that closes in order before it has read has confirmed nothing (${version})`, async () => {
    const server = await syslogServer({ ...spoken, leaves: true });
    try {
      assert.notEqual(await sendSyslog({ address: server.address, ...hearing }, lines), null);
    } finally {
      await server.close();
    }
  });

  test(`whoever stands on the way and ends the connection in the server’s place has confirmed nothing (${version})`, async () => {
    const server = await syslogServer({ ...spoken, silent: true });
    try {
      assert.equal(await sendSyslog({ address: await server.cutter(), ...hearing }, lines), 'not_confirmed');
    } finally {
      await server.close();
    }
  });
}

const clients = makeClients();

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a syslog server that asks who we are takes from the one it knows, and from nobody else (${version})`, async () => {
    const asking = { ...ours, ca: clients.pem, requestCert: true, minVersion: version, maxVersion: version };
    for (const [who, client, expected] of [
      ['the one it knows', clients.issue(), null],
      ['nobody', null, 'client_refused'],
      ['somebody of another authority', makeClients().issue(), 'client_refused'],
    ] as const) {
      const server = await syslogServer(asking);
      try {
        const problem = await sendSyslog({ address: server.address, ...hearing, client }, lines);
        if (expected === null) assert.equal(problem, null, who);
        // A server that breaks off says less than one that sends the alert.
        else
          assert.ok(
            problem !== null && [expected, 'unreachable', 'not_confirmed'].includes(problem),
            `${who}: ${problem}`,
          );
      } finally {
        await server.close();
      }
      assert.equal(server.messages.length, expected === null ? lines.length : 0, who);
    }
  });
}

test('what is no certificate with its own open key, or is over, is refused before it is kept', () => {
  const [own, other] = [clients.issue(), clients.issue()];
  const now = new Date();
  const over = new X509Certificate(own.certificate).validToDate;
  assert.equal(readClient(own, now).key, own.key.trim());
  // Attack: a file with the key beside the certificate, as servers like it; what is kept of the certificate lies open.
  for (const certificate of [`${own.certificate}\n${own.key}`, `${own.key}\n${own.certificate}`])
    assert.deepEqual(readClient({ ...own, certificate }, now), readClient(own, now));
  assert.equal(readAuthority(`${other.key}\n${authority.pem}`), readAuthority(authority.pem));
  const locked = createPrivateKey(own.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'word',
  } as never);
  for (const wrong of [
    { ...own, key: other.key },
    { ...own, key: String(locked) },
    { ...own, key: '' },
    { ...own, certificate: own.key },
    clients.issue('lubart', -1),
  ])
    assert.throws(() => readClient(wrong, now), { code: 'forward.client_wrong' });
  assert.equal(readClient(own, new Date(over.getTime() - 1)).key, own.key.trim());
  assert.throws(() => readClient(own, over), { code: 'forward.client_wrong' });
});

test('a webhook that breaks off before it answered has confirmed nothing', async () => {
  const server = createHttps(ours, (request) => {
    request.resume().on('end', () => request.socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const target = {
      id: 'siem',
      address,
      authority: authority.pem,
      secret: makeWebhookSecret(),
      form: 'ocsf',
    } as const;
    assert.equal(await sendWebhook(target, lines, new Date()), 'unreachable');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
