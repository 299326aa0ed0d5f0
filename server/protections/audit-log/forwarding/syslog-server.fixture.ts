/** A syslog server of RFC 5425 for tests: it dies, keeps silent, or is cut off by somebody on the way. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer as createTcp } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { createServer } from 'node:tls';

type Given = TlsOptions & {
  /** Bytes after which it breaks off, as a machine that dies. */
  breakAfter?: number;
  /** Reads to the end and says nothing. */
  silent?: boolean;
  /** Ends in order as soon as the handshake is over, and reads nothing. */
  leaves?: boolean;
};

export async function syslogServer({ breakAfter = Infinity, silent = false, leaves = false, ...options }: Given) {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const mood = { breakAfter };
  let sawEnd: () => void = () => {};
  const server = createServer({ ...options, allowHalfOpen: silent }, (socket) => {
    sockets.add(socket);
    if (leaves) return void socket.on('error', () => {}).end();
    const pieces: Buffer[] = [];
    let length = 0;
    socket.on('error', () => {});
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (length > mood.breakAfter) socket.destroy();
    });
    const take = () => void messages.push(...readFrames(Buffer.concat(pieces.splice(0))));
    socket.on('end', () => {
      take();
      sawEnd();
    });
    socket.on('close', take);
  });
  const port = await listen(server);
  /** Passes everything on until the server has read to the end; then it ends the connection of TCP in the server’s place. */
  const between = createTcp({ allowHalfOpen: true }, (here) => {
    const there = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    for (const socket of [here, there]) sockets.add(socket.on('error', () => {}));
    here.on('data', (piece) => there.write(piece));
    there.on('data', (piece) => here.write(piece));
    sawEnd = () => here.end();
  });
  return {
    address: `127.0.0.1:${port}`,
    messages,
    mood,
    cutter: async () => `127.0.0.1:${await listen(between)}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      for (const one of [server, between]) if (one.listening) await new Promise((resolve) => one.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Octet counting; what is cut off at the end counts as not received. */
function readFrames(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('ascii', at, space));
    assert.ok(Number.isInteger(length) && length > 0, 'a frame begins with its length');
    if (space + 1 + length > bytes.length) break;
    found.push(bytes.toString('utf8', space + 1, space + 1 + length));
    at = space + 1 + length;
  }
  return found;
}
