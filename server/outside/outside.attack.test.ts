/** Whoever answers outside sends elsewhere, never ends, or never comes; whoever enters an address means the inside of the house. */
import assert from 'node:assert/strict';
import dns from 'node:dns';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { test } from 'node:test';
import { askOutside, readOutsideAddress } from './index.ts';

const get = { method: 'GET', headers: {} } as const;

async function withServer(answer: RequestListener, work: (address: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(answer);
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

test('a number of the clouds is not dialled, nor is a name that leads there, also among good ones', async (t) => {
  let asked = 0;
  await withServer(
    (_, response) => void response.end(String((asked += 1))),
    async (address) => {
      const { port } = new URL(address);
      const named = (...found: string[]) => {
        const mocked = t.mock.method(dns, 'lookup', (_: string, __: object, done: (...given: unknown[]) => void) =>
          done(
            null,
            found.map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 })),
          ),
        );
        syncBuiltinESMExports();
        return mocked;
      };
      try {
        named('127.0.0.1');
        const answer = await askOutside(`http://tsa.example:${port}`, get);
        assert.ok(answer !== 'unreachable' && answer.status === 200);
        for (const found of [['169.254.169.254'], ['127.0.0.1', '169.254.169.254'], ['127.0.0.1', 'fe80::1']]) {
          named(...found);
          assert.equal(await askOutside(`http://tsa.example:${port}`, get), 'unreachable', found.join());
        }
      } finally {
        t.mock.restoreAll();
        syncBuiltinESMExports();
      }
      // On Linux this number is the machine itself: it would answer.
      assert.equal(await askOutside(`http://0.0.0.0:${port}`, get), 'unreachable');
      assert.equal(asked, 1);
    },
  );
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
    (_, response) => void response.writeHead(200).flushHeaders(),
    (_, response) => {
      response.write('a');
      response.on('close', () => clearInterval(timer));
      const timer = setInterval(() => response.write('a'), 50);
    },
  ];
  for (const answer of silent)
    await withServer(answer, async (address) => assert.equal(await lengthOf(address), 'unreachable'));
});
