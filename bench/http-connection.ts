/**
 * One keep-alive connection that sends one request at a time and reads just enough of HTTP/1.1 to know where the answer ends.
 * A whole HTTP client would take as much processor time as the floor, and two cores are all there is.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export type Reply = { status: number; body: Buffer };

export type HttpConnection = {
  send(request: Buffer): Promise<Reply>;
  close(): void;
};

const headEnd = Buffer.from('\r\n\r\n');

/** Opens a connection to a server on this machine. */
export function openConnection(port: number): HttpConnection {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;
  let parts: Buffer[] = [];
  let received = 0;
  let needed = -1;
  const finish = (settle: (one: NonNullable<typeof waiting>) => void) => {
    const one = waiting;
    waiting = undefined;
    parts = [];
    received = 0;
    needed = -1;
    if (one !== undefined) settle(one);
  };
  socket.on('data', (part: Buffer) => {
    parts.push(part);
    received += part.length;
    if (needed < 0) needed = lengthOf(parts.length === 1 ? part : Buffer.concat(parts));
    if (needed < 0 || received < needed) return;
    const all = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const reply = { status: Number(all.toString('latin1', 9, 12)), body: all.subarray(all.indexOf(headEnd) + 4) };
    finish((one) => one.resolve(reply));
  });
  const fail = (error?: Error) => finish((one) => one.reject(error ?? new Error('connection closed')));
  socket.on('error', fail);
  socket.on('close', () => fail());
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** Bytes of the whole answer; -1 while its head is not there yet. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return -1;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('an answer without content-length');
  return end + 4 + Number(length);
}

/** The bytes of one request. */
export function requestBytes(method: string, path: string, headers: string, body?: unknown): Buffer {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const length =
    body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(payload)}\r\n`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}${length}\r\n${payload}`);
}
