/**
 * Where the server’s Unix socket lies. A socket path may be 107 bytes long at most (sockaddr_un) and data folders are
 * often longer, or on a file system without sockets; so it always gets a new, private, short folder of its own. The
 * folder is mode 0700 and belongs to the database account: who cannot enter it cannot speak to the database.
 */
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { LubartError } from '#kernel';
import type { Account } from './database-account.ts';

const socketPathBytesMax = 107;
const port = 5432;
const form = /^lubart-[A-Za-z0-9]{6}$/;

export type SocketFolder = { folder: string; port: number; removable: boolean };

/** @throws LubartError start.database_failed when no place on this machine is short and writable */
export async function makeSocketFolder(account: Account | undefined): Promise<SocketFolder> {
  if (process.platform === 'win32') return { folder: '127.0.0.1', port: await findFreePort(), removable: false };
  for (const parent of parents(account)) {
    if (Buffer.byteLength(join(parent, 'lubart-XXXXXX', `.s.PGSQL.${port}.lock`)) > socketPathBytesMax) continue;
    try {
      const folder = mkdtempSync(join(parent, 'lubart-')); // mkdtemp makes it 0700
      if (account) chownSync(folder, account.uid, account.gid);
      return { folder, port, removable: true };
    } catch {
      // Read-only or missing: the next place.
    }
  }
  throw new LubartError('start.database_failed', { details: { reason: 'no_folder_for_socket' } });
}

/** Removes the socket folder that a killed Lubart noted; only one that is plainly such a folder. */
export function removeLeftSocketFolder(left: string | undefined): void {
  if (!left || !form.test(basename(left))) return;
  try {
    if (readdirSync(left).every((name) => name.startsWith('.s.PGSQL.'))) rmSync(left, { recursive: true, force: true });
  } catch {
    // Already gone.
  }
}

/** A comma would end the path in PostgreSQL’s list of folders. */
function parents(account: Account | undefined): string[] {
  const own = process.env['XDG_RUNTIME_DIR'];
  const places = account ? ['/run', '/tmp', tmpdir()] : [...(own ? [own] : []), tmpdir(), '/tmp'];
  return places.filter((place) => place.startsWith('/') && !place.includes(','));
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
