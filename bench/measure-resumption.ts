/** Connections to a listener of our TLS: made anew each time, and gone on with by a ticket (RFC 8446 §2.2). */
import { once } from 'node:events';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { connect, createServer } from 'node:tls';
import { systemClock, Secret } from '#kernel';
import { rootKeyFrom } from '#protections/encryption';
import { authorityFile, openLocalAuthority, openServedCertificate } from '#protections/encryption/transit';
import { inTurn, middle } from './log-parts.ts';

/** Milliseconds of a connection up to its first byte, and the share of second connections that were resumed. */
export type ResumptionResult = { whole: number; resumed: number; share: number };

const rounds = 100;

export async function measureResumption(): Promise<ResumptionResult> {
  const folder = mkdtempSync(join(tmpdir(), 'lubart-bench-tls-'));
  const files = await makePair(folder);
  const ca = readFileSync(authorityFile(folder, 'localhost'));
  const served = await openServedCertificate({ files, hostName: 'localhost', clock: systemClock, changed: () => {} });
  const server = createServer(served.options(), (socket) => {
    socket.on('error', () => {});
    socket.write('hello');
  });
  served.follow(server);
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    let session: Buffer | undefined;
    let reused = 0;
    const reach = async (given: Buffer | undefined): Promise<number> => {
      const startedAt = performance.now();
      const own = given === undefined ? {} : { session: given };
      const socket: TLSSocket = connect({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca,
        ...own,
      });
      await once(socket, 'data');
      const took = performance.now() - startedAt;
      if (given !== undefined && socket.isSessionReused()) reused += 1;
      session = socket.getSession();
      socket.destroy();
      return took;
    };
    const taken = await inTurn(rounds, { whole: () => reach(undefined), resumed: () => reach(session) });
    return { whole: middle(taken.whole), resumed: middle(taken.resumed), share: Math.min(1, reused / rounds) };
  } finally {
    served.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A certificate as an office without the internet has it. */
async function makePair(folder: string): Promise<{ certFile: string; keyFile: string }> {
  const files = { certFile: join(folder, 'server.crt'), keyFile: join(folder, 'server.key') };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const obtain = openLocalAuthority(rootKeyFrom(new Secret(randomBytes(32))), 'localhost', folder, systemClock);
  writeFileSync(files.certFile, await obtain(privateKey, AbortSignal.timeout(10_000)));
  writeFileSync(files.keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return files;
}
