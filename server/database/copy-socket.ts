/**
 * The socket of a connection by which long COPYs are read. The driver makes room anew for every part that arrives and three views for every
 * row; measured, for a million rows that is more work than to hash them. Here one room is filled again and again, what COPY says is
 * handed on where it lies, and everything else goes to the driver (PostgreSQL 18, “Message Formats”).
 */
import type { Socket } from 'node:net';
import { connect } from 'node:net';

/** Bytes from one place up to another. They are overwritten when it returns. */
export type TakePart = (bytes: Buffer, from: number, to: number) => void;

export type CopySocket = {
  /** Who takes what COPY says from now on; undefined: the driver. */
  takeCopies(take: TakePart | undefined): void;
  /** What the driver asks for, once for each connection that it makes. */
  open(options: { path?: string | false; host: string[]; port: number[] }): Socket;
};

const roomBytes = 64 * 1024;

export function openCopySocket(): CopySocket {
  let takeCopies: TakePart | undefined;
  return {
    takeCopies: (take) => (takeCopies = take),
    open: ({ path, host, port }) => {
      const room = Buffer.allocUnsafeSlow(roomBytes);
      const read = openMessages(
        () => takeCopies,
        (bytes) => socket.emit('data', bytes),
      );
      const callback = (count: number): boolean => {
        try {
          read(room, count);
          return true;
        } catch (error) {
          // Later: whoever waits for the rows is only now being told that they come, and would not hear of it.
          setImmediate(() => socket.destroy(error as Error));
          return false;
        }
      };
      const place = typeof path === 'string' ? { path } : { host: host[0]!, port: port[0]! };
      const socket = connect({ ...place, onread: { buffer: room, callback } });
      return socket;
    },
  };
}

const headBytes = 5;
const copyData = 'd'.charCodeAt(0);

/** Takes messages apart, wherever the parts break: what COPY says to `copies`, while there is somebody who takes it, the rest to `others`. */
export function openMessages(
  copies: () => TakePart | undefined,
  others: (bytes: Buffer) => void,
): (bytes: Buffer, count: number) => void {
  const head = Buffer.alloc(headBytes);
  let headFilled = 0;
  /** Bytes of the message that are still to come, and who takes them. */
  let left = 0;
  let take: TakePart | undefined;
  return (bytes, count) => {
    for (let at = 0; at < count;) {
      if (left === 0) {
        head[headFilled] = bytes[at]!;
        [at, headFilled] = [at + 1, headFilled + 1];
        if (headFilled < headBytes) continue;
        headFilled = 0;
        left = head.readInt32BE(1) - (headBytes - 1);
        if (left < 0) throw new RangeError('a message of the database is shorter than its length');
        take = head[0] === copyData ? copies() : undefined;
        if (take === undefined) others(Buffer.from(head));
      } else {
        const to = Math.min(at + left, count);
        left -= to - at;
        if (take === undefined) others(Buffer.from(bytes.subarray(at, to)));
        else take(bytes, at, to);
        at = to;
      }
    }
  };
}

const sockets = new WeakMap<object, CopySocket>();

/** Remembers by which socket a connection reads, or what was lent of it. */
export function keepCopySocket(sql: object, socket: CopySocket | undefined): void {
  if (socket !== undefined) sockets.set(sql, socket);
}

export const copySocketOf = (sql: object): CopySocket | undefined => sockets.get(sql);
