/**
 * One Lubart per data folder. The lock is a POSIX lock held by the kernel for this process (taken through SQLite, which
 * is built into Node and does it the same way on every system): it is gone the moment the process is, however it died,
 * so there is no stale lock to judge. Nothing else in this process may open `in-use.lock`: closing any handle of a
 * file drops the process’s POSIX locks on it.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, LubartError } from '#kernel';
import { startFailure } from './start-failure.ts';

/** Where the database of a running Lubart answers. */
export type RunningPostgres = { pid: number; socketFolder: string; port: number };

type Holder = { pid: number; startedAt: string; socketFolder?: string; port?: number };

export type DataFolderLock = {
  /** What a holder that died without releasing had noted. */
  left: Holder | undefined;
  /** Leaves beside the lock how to reach the database, for `lubart` commands on this machine. */
  describe(address: { socketFolder: string; port: number }): void;
  release(): void;
};

const sqliteBusy = 5;
const dyingMillisMax = 1_500;
const held = new Set<string>();

/** @throws LubartError start.data_folder_in_use with the process id of the holder, start.data_folder_unwritable */
export async function lockDataFolder(dataFolder: string): Promise<DataFolderLock> {
  // POSIX locks do not stop the same process, so that case is kept apart.
  if (held.has(dataFolder)) throw inUse(dataFolder, process.pid);
  const lock = await openLockPatiently(dataFolder);
  if (held.has(dataFolder)) {
    lock.close();
    throw inUse(dataFolder, process.pid);
  }
  held.add(dataFolder);
  const left = readHolder(dataFolder);
  const holder: Holder = { pid: process.pid, startedAt: new Date().toISOString() };
  try {
    writeHolder(dataFolder, holder);
  } catch (error) {
    held.delete(dataFolder);
    lock.close();
    throw startFailure(error, dataFolder);
  }
  let released = false;
  return {
    left,
    describe: (address) => writeHolder(dataFolder, { ...holder, ...address }),
    release() {
      if (released) return;
      released = true;
      rmSync(holderFile(dataFolder), { force: true });
      held.delete(dataFolder);
      lock.close();
    },
  };
}

/** The database of the Lubart that runs on this data folder; undefined when none does. */
export function findRunningPostgres(dataFolder: string): RunningPostgres | undefined {
  const holder = readHolder(dataFolder);
  if (!holder?.socketFolder || !holder.port || !isAlive(holder.pid)) return undefined;
  const { pid, socketFolder, port } = holder;
  if (process.platform !== 'win32' && !existsSync(join(socketFolder, `.s.PGSQL.${port}`))) return undefined;
  return { pid, socketFolder, port };
}

/** What the last holder wrote, dead or alive. */
function readHolder(dataFolder: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(holderFile(dataFolder), 'utf8'));
    return typeof holder === 'object' && holder !== null && 'pid' in holder ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** A process that was just killed holds its lock until the kernel has taken it apart, some tenths of a second. */
async function openLockPatiently(dataFolder: string): Promise<DatabaseSync> {
  const end = performance.now() + dyingMillisMax;
  for (;;) {
    try {
      return openLock(dataFolder);
    } catch (error) {
      if (!hasCode(error, 'start.data_folder_in_use') || performance.now() > end) throw error;
      await sleep(25);
    }
  }
}

function openLock(dataFolder: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    const file = join(dataFolder, 'in-use.lock');
    closeSync(openSync(file, 'a', 0o600)); // SQLite would make it readable for all, and a reader could hold it
    lock = new DatabaseSync(file, { timeout: 0 });
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) throw inUse(dataFolder, readHolder(dataFolder)?.pid);
    if (typeof (error as { errcode?: number }).errcode !== 'number') throw startFailure(error, dataFolder);
    const reason = error instanceof Error ? error.message : 'unknown';
    const full = /disk is full/.test(reason);
    throw new LubartError(full ? 'start.disk_full' : 'start.data_folder_unwritable', {
      details: { folder: dataFolder, reason },
      cause: error,
    });
  }
}

function inUse(dataFolder: string, pid: number | undefined): LubartError {
  const details = { folder: dataFolder, ...(pid === undefined ? {} : { pid }) };
  return new LubartError('start.data_folder_in_use', { details });
}

function holderFile(dataFolder: string): string {
  return join(dataFolder, 'in-use.json');
}

function writeHolder(dataFolder: string, holder: Holder): void {
  const file = holderFile(dataFolder);
  writeFileSync(`${file}.new`, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
