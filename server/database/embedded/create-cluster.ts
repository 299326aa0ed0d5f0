/**
 * Makes the database files. They are made beside their place and renamed when whole, so a start that was cut in the
 * middle leaves nothing that looks like a database.
 *
 * The data folder may lie where the database account cannot walk to (under /root, or a private folder). The working
 * folder of a process survives the change of account, so there PostgreSQL is told its data directory is
 * `/proc/self/cwd`: the kernel’s own name for the folder it already stands in. Nobody’s permissions are widened.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { LubartError } from '#kernel';
import { programEnvironment } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { canReach, chooseInitAccount } from './database-account.ts';
import type { Account } from './database-account.ts';
import { programFailure } from './start-failure.ts';
import type { EmbeddedLog } from './start-postgres.ts';

const majorVersion = '18';

type Making = { clusterFolder: string; account: Account | undefined; binaries: Binaries; log: EmbeddedLog };

/** Makes the cluster unless it is there. Returns the password of the superuser on Windows, undefined elsewhere. */
export async function createCluster({ clusterFolder, account, binaries, log }: Making): Promise<string | undefined> {
  const dataFolder = dirname(clusterFolder);
  const passwordFile = process.platform === 'win32' ? join(dataFolder, 'postgres-password') : undefined;
  removeHalfMade(dataFolder);
  if (existsSync(join(clusterFolder, 'PG_VERSION'))) {
    // A copy put back by root belongs to root; PostgreSQL would refuse it.
    if (account && statSync(clusterFolder).uid === 0) giveTo(clusterFolder, account);
    return passwordFile && readFileSync(passwordFile, 'utf8');
  }
  const making = `${clusterFolder}.new-${process.pid}`;
  try {
    if (passwordFile) writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    mkdirSync(making, { mode: 0o700 });
    const initAccount = account && chooseInitAccount(account);
    giveTo(making, initAccount);
    await runIn(making, initAccount, binaries.initdb, initArguments(passwordFile), '');
    const single = ['--single', '-c', 'log_min_messages=fatal', 'postgres'];
    await runIn(making, initAccount, binaries.postgres, single, 'CREATE DATABASE lubart;\n');
    giveTo(making, account);
    renameSync(making, clusterFolder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
  log.info({ version: binaries.version }, 'database created');
  return passwordFile && readFileSync(passwordFile, 'utf8');
}

/** @throws LubartError start.database_too_old when the files were written by another major version */
export function requireClusterVersion(clusterFolder: string): void {
  const found = readFileSync(join(clusterFolder, 'PG_VERSION'), 'utf8').trim();
  if (found === majorVersion) return;
  throw new LubartError('start.database_too_old', { details: { folder: clusterFolder, found, needed: majorVersion } });
}

/** How a program that runs as `account` with working folder `clusterFolder` is told where the data is. */
export function dataDirectoryName(clusterFolder: string, account: Account | undefined): string {
  if (!account || canReach(clusterFolder, account)) return clusterFolder;
  if (process.platform === 'linux' && existsSync('/proc/self/cwd')) return '/proc/self/cwd';
  throw new LubartError('start.database_failed', { details: { folder: clusterFolder, reason: 'folder_unreachable' } });
}

function initArguments(passwordFile: string | undefined): string[] {
  return [
    '--username=lubart',
    '--encoding=UTF8',
    // PostgreSQL’s own C.UTF-8: the same on every machine, for ever; names are sorted by our own order key.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
    ...(passwordFile
      ? ['--auth=scram-sha-256', `--pwfile=${passwordFile}`]
      : // The 0700 folder around the socket is the lock; there is no other door.
        ['--auth-local=trust', '--auth-host=reject']),
  ];
}

async function runIn(
  folder: string,
  account: Account | undefined,
  program: string,
  given: string[],
  input: string,
): Promise<void> {
  const [first, ...rest] = given;
  // `postgres --single` wants its mode first; initdb takes -D anywhere.
  const args = [first ?? '', '-D', dataDirectoryName(folder, account), ...rest];
  const child = spawn(program, args, { ...account, cwd: folder, env: programEnvironment(), detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-8000)));
  }
  child.stdin.on('error', () => {}).end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0 || /\bFATAL|\bPANIC|\bERROR/.test(output)) throw programFailure(program, output, dirname(folder));
}

function giveTo(folder: string, account: Account | undefined): void {
  if (!account) return;
  chmodSync(folder, 0o700);
  lchownSync(folder, account.uid, account.gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
}

function removeHalfMade(dataFolder: string): void {
  for (const name of readdirSync(dataFolder)) {
    if (!/^postgres\.new-\d+$/.test(name)) continue;
    try {
      rmSync(join(dataFolder, name), { recursive: true, force: true });
    } catch {
      // An initdb whose parent was just killed may still write there; the next start removes it.
    }
  }
}
