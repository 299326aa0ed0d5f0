/** Starts the two servers: Lubart as people start it (server/main.ts with its embedded database), and the floor beside it. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { URI } from 'otpauth';
import type { TOTP } from 'otpauth';
import type { DatabaseAddress } from '#database';
import { findRunningPostgres } from '#database';
import { floorAddress } from './floor-database.ts';
import type { Company, Person } from './prepare-company.ts';
import { postmasterOf } from './processes.ts';

export type Served = {
  origin: string;
  port: number;
  pid: number;
  /** Milliseconds from the start of the process to its first answer that needed the database. */
  startedIn: number;
  postmaster: number;
  address: DatabaseAddress;
  stop(): Promise<void>;
};

const main = fileURLToPath(new URL('../server/main.ts', import.meta.url));
const startSecondsMax = 60;

const profiler = new URL('profile-on-signal.ts', import.meta.url).href;

/** Starts Lubart on a data folder and waits for its first answer. `profile`: where SIGUSR2 makes it write a CPU profile. */
export async function serveLubart(
  { folder, dataFolder, keyFile }: Pick<Company, 'folder' | 'dataFolder' | 'keyFile'>,
  profile?: string,
): Promise<Served> {
  const port = await freePort();
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('LUBART_') && name !== 'DATABASE_URL');
  const env = {
    ...Object.fromEntries(own),
    LUBART_DATA: dataFolder,
    LUBART_KEYS: keyFile,
    LUBART_PORT: String(port),
    ...(profile === undefined ? {} : { BENCH_PROFILE: profile }),
  };
  const logFile = openSync(join(folder, 'server.log'), 'w');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...(profile === undefined ? [] : ['--import', profiler]), main], {
    env,
    stdio: ['ignore', logFile, logFile],
  });
  closeSync(logFile);
  const origin = `http://127.0.0.1:${port}`;
  while (!(await answers(origin))) {
    if (child.exitCode !== null || performance.now() - startedAt > startSecondsMax * 1000) {
      throw new Error(`Lubart did not start:\n${readFileSync(join(folder, 'server.log'), 'utf8').slice(-2000)}`);
    }
    await sleep(10);
  }
  const startedIn = performance.now() - startedAt;
  const running = findRunningPostgres(dataFolder)!;
  const address = { socketFolder: running.socketFolder, port: running.port, superuser: 'lubart', database: 'lubart' };
  return {
    origin,
    port,
    pid: child.pid!,
    startedIn,
    postmaster: postmasterOf(dataFolder),
    address,
    stop: () => stop(child),
  };
}

/** Whether a set-up is needed stands in the database: who can say it, serves. */
const answers = (origin: string) =>
  fetch(`${origin}/api/v1/setup`).then(
    (response) => response.ok,
    () => false,
  );

export async function serveFloor(
  address: DatabaseAddress,
): Promise<{ origin: string; port: number; pid: number; stop(): Promise<void> }> {
  const script = fileURLToPath(new URL('floor-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(floorAddress(address))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString().trim());
  return { origin: `http://127.0.0.1:${port}`, port, pid: child.pid!, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The session cookie of a person: the one of the last run while it still opens, else both steps of sign-in. */
export async function signIn(origin: string, folder: string, person: Person): Promise<string> {
  const kept = join(folder, `cookie-${person.personId}`);
  if (existsSync(kept)) {
    const cookie = readFileSync(kept, 'utf8');
    if ((await fetch(`${origin}/api/v1/session`, { headers: { cookie } })).ok) return cookie;
  }
  const cookie = await signInFresh(origin, person);
  writeFileSync(kept, cookie, { mode: 0o600 });
  return cookie;
}

/** The cookie of a session that begins now. */
export async function signInFresh(origin: string, person: Person): Promise<string> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const cookie = await tryToSignIn(origin, person);
    if (cookie !== undefined) return cookie;
    await sleep(31_000 - (Date.now() % 30_000)); // a code opens once; the next one is new
  }
  throw new Error(`${person.email} could not sign in`);
}

/** Beside it stands the cookie of the browser. */
const sessionCookieOf = (response: Response): string | undefined =>
  response.headers
    .getSetCookie()
    .find((set) => !set.includes('-device='))
    ?.split(';')[0];

/** Everybody signs in at one browser: another one would have to be approved first. */
const browser = `lubart-device=${'bench'.padEnd(43, '0')}`;

/** What the person’s app shows now. */
export const codeOf = ({ otpauthUri }: Person): string => (URI.parse(otpauthUri) as TOTP).generate();

/** Both steps of a sign-in; undefined when the code was used already. */
export async function tryToSignIn(origin: string, person: Person, code = codeOf(person)): Promise<string | undefined> {
  const first = await post(origin, '/api/v1/sign-in', { email: person.email, password: person.password }, browser);
  const { ticket } = (await first.json()) as { ticket: string };
  const second = await post(origin, '/api/v1/sign-in/code', { ticket, code }, browser);
  return second.ok ? sessionCookieOf(second) : undefined;
}

/** Two exchanges as those of a sign-in, with whoever answers them without looking. */
export async function exchangeAsSignIn(origin: string, { email, password }: Person): Promise<void> {
  const first = await post(origin, '/nothing', { email, password }, browser);
  const { ticket } = (await first.json()) as { ticket: string };
  await post(origin, '/nothing', { ticket, code: '000000' }, browser);
}

export const post = (origin: string, path: string, body: unknown, cookie = ''): Promise<Response> =>
  send('POST', origin + path, body, cookie);

export function send(method: 'POST' | 'PUT', url: string, body: unknown, cookie: string): Promise<Response> {
  return fetch(url, {
    method,
    headers: { 'content-type': 'application/json', origin: new URL(url).origin, ...(cookie === '' ? {} : { cookie }) },
    body: JSON.stringify(body),
  });
}
