/**
 * One knock at a database of one’s own before anything is said to it: does it speak TLS, and is it who it should be? The drivers verify
 * the same way; here it is found out what exactly is wrong, for the person who sets it up.
 */
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readFileSync } from 'node:fs';
import type { DatabaseTls } from '#kernel';
import { isLoopbackHost, LubartError, readDatabaseUrl, tlsToDatabase } from '#kernel';

/** SSLRequest of the protocol of PostgreSQL. */
const askForTls = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const waitMillisMax = 15_000;

/** What a driver is given: the address without what concerned TLS, and the verification; false where it stays on this machine. */
export function verifiedConnection(address: string) {
  const { url, tls } = readDatabaseUrl(address, isLoopbackHost);
  return { url, ssl: tls === undefined ? (false as const) : tlsToDatabase(tls, readAuthority(tls)) };
}

/** @throws start.database_not_verified */
export async function requireVerifiedDatabase(address: string): Promise<void> {
  const { url, tls } = readDatabaseUrl(address, isLoopbackHost);
  if (tls === undefined) return;
  const { port } = new URL(url);
  const ca = readAuthority(tls);
  const socket = connectPlain({ host: tls.host, port: port === '' ? 5432 : Number(port) });
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => reject(refusal(tls.host, reason));
      const alarm = setTimeout(() => fail('no_answer'), waitMillisMax);
      socket.once('close', () => clearTimeout(alarm));
      socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'no_answer'));
      socket.once('end', () => fail('plain_server'));
      socket.once('data', (answer) => {
        // Attack: whoever sits between sends words of its own behind the answer, to be taken for verified (CVE-2021-23222).
        if (answer.length !== 1 || answer[0] !== 0x53) return fail('plain_server');
        const secured = connectTls({ socket, ...tlsToDatabase(tls, ca) }, () => resolve());
        secured.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'no_answer'));
      });
      socket.once('connect', () => socket.write(askForTls));
    });
  } finally {
    socket.destroy();
  }
}

/** The authority of the address. @throws start.database_not_verified */
function readAuthority({ host, caFile }: DatabaseTls): string | undefined {
  if (caFile === undefined) return undefined;
  try {
    return readFileSync(caFile, 'utf8');
  } catch {
    throw refusal(host, 'authority_unreadable');
  }
}

function refusal(host: string, reason: string): LubartError {
  return new LubartError('start.database_not_verified', { field: 'DATABASE_URL', details: { host, reason } });
}
