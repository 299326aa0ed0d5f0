/**
 * Starts PostgreSQL in the data folder and keeps it running: takes the folder, clears what a crash left, makes the
 * cluster when there is none, runs the server as an unprivileged account, restarts it when it falls, stops it cleanly.
 */
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LubartError } from '#kernel';
import { findBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { createCluster, requireClusterVersion } from './create-cluster.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { chooseAccount } from './database-account.ts';
import type { Account } from './database-account.ts';
import { runPostmaster } from './run-postmaster.ts';
import type { Postmaster } from './run-postmaster.ts';
import { serverSettings } from './server-settings.ts';
import { makeSocketFolder, removeLeftSocketFolder } from './socket-folder.ts';
import type { SocketFolder } from './socket-folder.ts';
import { startFailure } from './start-failure.ts';
import { stopOrphans } from './stop-orphans.ts';

/** The little of a logger that is needed here; pino fits. */
export type EmbeddedLog = Record<'info' | 'warn' | 'error', (fields: Record<string, unknown>, message: string) => void>;

export type PostgresCrash = {
  code: number | null;
  signal: string | null;
  /** Crashes in a row without a quiet minute between them. */
  inARow: number;
  /** Milliseconds until the next attempt. */
  restartInMillis: number;
};

export type EmbeddedPostgresOptions = {
  /** The folder LUBART_DATA; made when missing. */
  dataFolder: string;
  log?: EmbeddedLog;
  /** PostgreSQL settings that win over ours, by their names in postgresql.conf. */
  settings?: Readonly<Record<string, string>>;
  onCrash?: (crash: PostgresCrash) => void;
};

export type EmbeddedPostgres = {
  /** Folder of the Unix socket; on Windows `127.0.0.1`, and `password` is set. */
  socketFolder: string;
  port: number;
  superuser: 'lubart';
  database: 'lubart';
  password: string | undefined;
  /** The database files, for backups. */
  clusterFolder: string;
  /** Process id of the server; another one after a restart. */
  readonly pid: number;
  /** Fast shutdown: open transactions are rolled back; immediate after 20 s. Calling again returns the same promise. */
  stop(): Promise<void>;
};

const restartMillis = [100, 250, 500, 1000, 2000, 5000, 10_000, 30_000];
const quietMinuteMillis = 60_000;
const silent: EmbeddedLog = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * @throws LubartError start.data_folder_unwritable, start.data_folder_in_use, start.disk_full, start.database_failed,
 *   start.database_too_old
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataFolder = makeDataFolder(resolve(options.dataFolder));
  const log = options.log ?? silent;
  const lock = await lockDataFolder(dataFolder);
  let socket: SocketFolder | undefined;
  const leave = (): void => {
    if (socket?.removable) rmSync(socket.folder, { recursive: true, force: true });
    lock.release();
  };
  try {
    const clusterFolder = join(dataFolder, 'postgres');
    const account = chooseAccount(clusterFolder);
    const binaries = findBinaries(account);
    await stopOrphans(clusterFolder, log);
    removeLeftSocketFolder(lock.left?.socketFolder);
    const password = await createCluster({ clusterFolder, account, binaries, log });
    requireClusterVersion(clusterFolder);
    socket = await makeSocketFolder(account);
    lock.describe({ socketFolder: socket.folder, port: socket.port });
    const keeper = await keepRunning({ clusterFolder, account, binaries, socket, log, options });
    let stopped: Promise<void> | undefined;
    return {
      socketFolder: socket.folder,
      port: socket.port,
      superuser: 'lubart',
      database: 'lubart',
      password,
      clusterFolder,
      get pid() {
        return keeper.pid();
      },
      stop() {
        stopped ??= keeper.stop().finally(leave);
        return stopped;
      },
    };
  } catch (error) {
    leave();
    throw startFailure(error, dataFolder);
  }
}

/** Returns its real path: two names of one folder must meet at one lock. */
function makeDataFolder(dataFolder: string): string {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    return realpathSync(dataFolder);
  } catch (error) {
    throw startFailure(error, dataFolder);
  }
}

type KeepRunning = {
  clusterFolder: string;
  account: Account | undefined;
  binaries: Binaries;
  socket: { folder: string; port: number };
  log: EmbeddedLog;
  options: EmbeddedPostgresOptions;
};

/** Runs the server and starts it again when it dies by itself; the socket stays at its place, so pools reconnect. */
async function keepRunning(parts: KeepRunning): Promise<{ pid: () => number; stop: () => Promise<void> }> {
  const { clusterFolder, account, binaries, socket, log, options } = parts;
  const settings = { ...serverSettings(socket), ...options.settings };
  const run = (): Promise<Postmaster> => runPostmaster({ clusterFolder, account, binaries, settings, log });
  let postmaster = await run();
  let stopping = false;
  let inARow = 0;
  let restart: Promise<void> | undefined;
  let wake = (): void => {};

  const watch = (running: Postmaster): void => {
    const startedAt = performance.now();
    void running.exited.then((exit) => {
      if (stopping) return;
      if (performance.now() - startedAt > quietMinuteMillis) inARow = 0;
      restart = restartAfter(exit.code, exit.signal);
    });
  };

  const restartAfter = async (code: number | null, signal: string | null): Promise<void> => {
    for (;;) {
      // Never given up: a full disk may be emptied an hour later.
      const wait = restartMillis[Math.min(inARow++, restartMillis.length - 1)]!;
      log.error({ code, signal, inARow, restartInMillis: wait }, 'the database stopped by itself');
      options.onCrash?.({ code, signal, inARow, restartInMillis: wait });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => (clearTimeout(timer), resolve());
      });
      if (stopping) return;
      try {
        await stopOrphans(clusterFolder, log);
        postmaster = await run();
        watch(postmaster);
        log.info({ pid: postmaster.pid }, 'the database runs again');
        return;
      } catch (error) {
        log.error(
          { reason: error instanceof LubartError ? (error.details?.['reason'] ?? error.code) : 'unknown' },
          'restart failed',
        );
      }
    }
  };

  watch(postmaster);
  return {
    pid: () => postmaster.pid,
    stop: async () => {
      stopping = true;
      wake();
      await restart;
      await postmaster.stop();
    },
  };
}
