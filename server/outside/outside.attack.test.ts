/** Whoever answers outside sends elsewhere, never ends, or never comes; whoever enters an address means the inside of the house. */
import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTls } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { makeAuthority } from '../protections/encryption/transit/certificates.fixture.ts';
import { askOutside, ForbiddenAddress, guardedLookup, readOutsideAddress } from './index.ts';
import { lookupFor } from './outside-address.ts';

const get = { method: 'GET', headers: {} } as const;

async function withServer(answer: RequestListener, work: (address: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an address is kept only when what goes there cannot be read, and nothing in it is a secret', () => {
  for (const address of ['https://tsa.example', 'https://tsa.example:8443/tsr', 'https://192.168.7.9/tsr'])
    assert.equal(readOutsideAddress(` ${address}/ `), address);
  for (const address of ['http://localhost:8080', 'http://127.0.0.1:9/a', 'http://[::1]:9'])
    assert.equal(readOutsideAddress(address), address);
  const wrong = [
    'x',
    'ftp://localhost',
    'file:///etc/passwd',
    'http://tsa.example',
    'http://10.0.0.1',
    'https://a@tsa.example',
    'https://:b@tsa.example',
    'https://tsa.example?key=1',
    'https://tsa.example#a',
    'https://169.254.169.254/latest',
    'https://[fe80::1]',
    'https://[fd00:ec2::254]',
    'https://[::ffff:169.254.169.254]',
    'https://0.0.0.0',
    'https://168.63.129.16',
    'https://100.100.100.200',
    'https://[64:ff9b::169.254.169.254]',
  ];
  for (const address of wrong) assert.equal(readOutsideAddress(address), undefined, address);
});

test('where answers are signed, plain http goes to a name, and never to a number of the network', () => {
  assert.equal(readOutsideAddress('http://tsa.example/tsr', true), 'http://tsa.example/tsr');
  // The last two are how browsers read a number written differently.
  for (const host of [
    '10.0.0.1',
    '192.168.1.1',
    '8.8.8.8',
    '169.254.169.254',
    '[fd00::1]',
    '[::]',
    '0x0a000001',
    '10.1',
  ])
    assert.equal(readOutsideAddress(`http://${host}/tsr`, true), undefined, host);
});

/** Names lead where the work says. */
async function withNames(t: TestContext, work: (leadTo: (...found: string[]) => void) => Promise<void>): Promise<void> {
  let addresses: { address: string; family: number }[] = [];
  t.mock.method(dns, 'lookup', (_: string, __: object, done: (...given: unknown[]) => void) => done(null, addresses));
  syncBuiltinESMExports();
  try {
    await work((...found) => (addresses = found.map((address) => ({ address, family: isIP(address) }))));
  } finally {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  }
}

test('a number of the clouds is not dialled, nor is a name that leads there, also among good ones', async (t) => {
  let asked = 0;
  const answer: RequestListener = (_, response) => void response.end(String((asked += 1)));
  await withServer(answer, async (address) => {
    const { port } = new URL(address);
    await withNames(t, async (leadTo) => {
      leadTo('127.0.0.1');
      const answered = await askOutside(`http://localhost:${port}`, get);
      assert.ok(answered !== 'unreachable' && answered.status === 200);
      // Without TLS nobody proves that it is the one who was asked: a name does not lead into the house.
      assert.equal(await askOutside(`http://tsa.example:${port}`, get), 'unreachable');
      for (const found of [['169.254.169.254'], ['127.0.0.1', '169.254.169.254'], ['127.0.0.1', 'fe80::1']]) {
        leadTo(...found);
        assert.equal(await askOutside(`http://localhost:${port}`, get), 'unreachable', found.join());
      }
    });
    // On Linux this number is the machine itself: it would answer.
    assert.equal(await askOutside(`http://0.0.0.0:${port}`, get), 'unreachable');
    assert.equal(asked, 1);
  });
});

test('a name leads into the house only under TLS, and “this machine” is this machine', async (t) => {
  const dialled = (lookup: typeof guardedLookup) =>
    new Promise<boolean>((resolve) => {
      lookup('name.example', { all: true }, (error) => {
        assert.ok(error === null || error instanceof ForbiddenAddress);
        resolve(error === null);
      });
    });
  const [tls, plain, own] = ['https://name.example', 'http://name.example', 'http://localhost'].map((address) =>
    lookupFor(new URL(address)),
  ) as [typeof guardedLookup, typeof guardedLookup, typeof guardedLookup];
  assert.equal(tls, guardedLookup);
  // Each with its neighbours: [where the name leads, under TLS, without, as “localhost”].
  const rows: [string, boolean, boolean, boolean][] = [
    ['9.255.255.255', true, true, false],
    ['10.0.0.0', true, false, false],
    ['10.255.255.255', true, false, false],
    ['11.0.0.0', true, true, false],
    ['100.63.255.255', true, true, false],
    ['100.64.0.0', true, false, false],
    ['100.100.100.200', false, false, false],
    ['126.255.255.255', true, true, false],
    ['127.0.0.0', true, false, true],
    ['127.255.255.255', true, false, true],
    ['128.0.0.0', true, true, false],
    ['168.63.129.15', true, true, false],
    ['168.63.129.16', false, false, false],
    ['169.253.255.255', true, true, false],
    ['169.254.0.0', false, false, false],
    ['169.254.255.255', false, false, false],
    ['169.255.0.0', true, true, false],
    ['172.15.255.255', true, true, false],
    ['172.16.0.0', true, false, false],
    ['172.31.255.255', true, false, false],
    ['172.32.0.0', true, true, false],
    ['192.0.0.192', false, false, false],
    ['192.167.255.255', true, true, false],
    ['192.168.0.0', true, false, false],
    ['192.169.0.0', true, true, false],
    ['198.18.0.1', true, false, false],
    ['223.255.255.255', true, true, false],
    ['224.0.0.0', true, false, false],
    ['255.255.255.255', true, false, false],
    ['0.0.0.0', false, false, false],
    ['::', false, false, false],
    ['::1', true, false, true],
    ['::2', true, true, false],
    ['fbff::1', true, true, false],
    ['fc00::1', true, false, false],
    ['fd20:ce::254', false, false, false],
    ['fe80::1', false, false, false],
    ['::ffff:10.0.0.1', true, false, false],
    ['::ffff:169.254.169.254', false, false, false],
    ['64:ff9b::169.254.169.254', false, false, false],
    ['64:ff9b::10.0.0.1', true, false, false],
    ['64:ff9b::9.0.0.1', true, true, false],
  ];
  await withNames(t, async (leadTo) => {
    for (const [found, ...expected] of rows) {
      leadTo(found);
      const got = [];
      for (const lookup of [tls, plain, own]) got.push(await dialled(lookup));
      assert.deepEqual(got, expected, found);
      leadTo('9.9.9.9', found);
      assert.equal(await dialled(plain), expected[1], found);
    }
  });
});

test('nobody is followed elsewhere, however the answer asks for it', async () => {
  let followed = 0;
  for (const status of [301, 302, 303, 307, 308])
    await withServer(
      (request, response) => {
        if (request.url === '/elsewhere') followed += 1;
        response.writeHead(request.url === '/elsewhere' ? 200 : status, { location: '/elsewhere' }).end();
      },
      async (address) => {
        const answer = await askOutside(address, get);
        assert.ok(answer !== 'unreachable' && answer.status === status);
      },
    );
  assert.equal(followed, 0);
});

test('an answer has an end: in bytes, and in time', async () => {
  const limits = { answerBytesMax: 1_000, waitMillisMax: 300 };
  const bytesOf =
    (length: number): RequestListener =>
    (_, response) =>
      void response.end(Buffer.alloc(length));
  const lengthOf = (address: string) =>
    askOutside(address, get, limits).then((answer) => (answer === 'unreachable' ? answer : answer.bytes.length));
  for (const [length, got] of [
    [999, 999],
    [1_000, 1_000],
    [1_001, 'unreachable'],
  ] as const)
    await withServer(bytesOf(length), async (address) => assert.equal(await lengthOf(address), got));
  const silent: RequestListener[] = [
    () => {},
    (_, response) => response.writeHead(200).flushHeaders(),
    (_, response) => {
      response.write('a');
      response.on('close', () => clearInterval(timer));
      const timer = setInterval(() => response.write('a'), 50);
    },
  ];
  for (const answer of silent)
    await withServer(answer, async (address) => {
      const tooLate = setTimeout(3_000, 'still waits', { ref: false });
      assert.equal(await Promise.race([lengthOf(address), tooLate]), 'unreachable');
    });
});

test('under TLS only the one who was asked is told anything', async () => {
  const authority = makeAuthority();
  let got = 0;
  const server = createTls(authority.issue(['127.0.0.1']), (_, response) => {
    got += 1;
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    assert.equal(
      await askOutside(`https://127.0.0.1:${port}`, { ...get, method: 'POST', body: 'a head' }),
      'unreachable',
    );
    assert.equal(got, 0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
