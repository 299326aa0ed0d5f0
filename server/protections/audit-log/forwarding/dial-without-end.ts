/**
 * A connection under TLS whose own end is not passed on. Node tells its reader the same `end` for the server’s close_notify and for a
 * bare end of TCP, which anybody on the way can send; RFC 8446 §6.1 calls data that ends without close_notify cut off. Here the end
 * of TCP is an error, so that an `end` of TLS over this connection is the server’s own.
 */
import { createConnection } from 'node:net';
import { Duplex } from 'node:stream';
import { guardedLookup } from '#outside';

export class CutOff extends Error {}

export function dialWithoutEnd(host: string, port: number): Duplex {
  const raw = createConnection({ host, port, lookup: guardedLookup });
  const stream = new Duplex({
    read: () => void raw.resume(),
    write: (piece: Buffer, _, done) => void raw.write(piece, done),
    final: (done) => void raw.end(done),
    destroy: (error, done) => {
      raw.destroy();
      done(error);
    },
  });
  raw
    .on('data', (piece) => {
      if (!stream.push(piece)) raw.pause();
    })
    .on('error', (error) => stream.destroy(error))
    // A close_notify that came just before has its turn.
    .on('end', () => setImmediate(() => stream.destroy(new CutOff())));
  return stream;
}
