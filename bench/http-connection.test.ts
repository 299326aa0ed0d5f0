import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection, requestBytes } from './http-connection.ts';

/** A server that answers each request with the given pieces, some milliseconds apart. */
async function answering(pieces: readonly string[]) {
  const server = createServer((socket) => {
    socket.on('data', () => {
      void (async () => {
        for (const piece of pieces) {
          socket.write(piece);
          await sleep(5);
        }
      })();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test('an answer that comes in pieces is read whole, and the connection serves the next request', async () => {
  const server = await answering(['HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 11\r\n\r', '\nhello', ' world']);
  const connection = openConnection(server.port);
  for (let turn = 0; turn < 2; turn += 1) {
    const reply = await connection.send(requestBytes('GET', '/', ''));
    assert.deepEqual({ status: reply.status, body: reply.body.toString() }, { status: 200, body: 'hello world' });
  }
  connection.close();
  server.close();
});

test('a connection that closes fails the request that waits', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = openConnection((server.address() as AddressInfo).port);
  await assert.rejects(connection.send(requestBytes('GET', '/', '')));
  server.close();
});

test('the length of a body is counted in bytes', () => {
  assert.match(requestBytes('POST', '/find', '', { text: 'їжак' }).toString(), /content-length: 19\r\n/);
});
