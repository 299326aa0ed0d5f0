/**
 * Lubart as people meet it: the real server process on a private data folder, or the same assembly inside the test on a test
 * database; a company set up through the one-time link, and its people through invitations, all over HTTP with real codes of
 * an authenticator. Everything that was started is stopped when the file ends.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TOTP } from 'otpauth';
import { URI } from 'otpauth';
import type { ReadyRole, RoleView } from '#contract';
import { appLogsIn, connect, migrate, startEmbeddedPostgres } from '#database';
import type { Logger } from '#http';
import { prepareJobs } from '#jobs';
import type { Config } from '#kernel';
import type { KeyPace } from '#protections/encryption';
import { password } from './cast.ts';
import { childEnvironment } from './child-environment.ts';
import type { Client, Reply } from './client.ts';
import { openClient } from './client.ts';
import type { TestDatabase } from './harness.ts';
import { makeTestFolder, openCopy, testServer } from './harness.ts';
import { madeOnce } from './templates.ts';

import type { Lubart } from '../server/lubart.ts';
import { openLubart } from '../server/lubart.ts';

export const repository = fileURLToPath(new URL('../', import.meta.url));
export const webFolder = join(repository, 'web/dist/');
export { password };

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type LubartProcess = {
  /** What people open: http://localhost:port. */
  readonly origin: string;
  /** The one-time link; undefined once a company was set up. */
  readonly setupToken: string | undefined;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** Ctrl-C; resolves when it is gone. */
  stop(): Promise<Exit>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<Exit>;
};

export type Place = { dataFolder: string; keyFile: string; remove(): void };

const children = new Set<ChildProcess>();
const closers: (() => Promise<void> | void)[] = [];
const guests: (() => Promise<void> | void)[] = [];

/** Guests leave before the house is shut: a connection that a browser opened in advance would hold the stop for ten seconds. */
export const leaveBeforeStop = (leave: () => Promise<void> | void): void => {
  guests.push(leave);
};

after(async () => {
  for (const leave of guests.splice(0)) await leave();
  for (const child of children) child.kill('SIGINT');
  await Promise.all(
    // The wait for one that does not go must not itself keep the process of the test from ending.
    [...children].map((child) =>
      Promise.race([gone(child), sleep(15_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))]),
    ),
  );
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A private data folder and key file that are gone after the test file. */
export function makePlace(): Place {
  const folder = makeTestFolder();
  const place = {
    dataFolder: join(folder.path, 'data'),
    keyFile: join(folder.path, 'keys', 'root.key'),
    remove: folder.remove,
  };
  closers.push(() => rmSync(folder.path, { recursive: true, force: true }));
  return place;
}

/**
 * The same with the empty database of a Lubart that nobody set up yet, copied: for whoever is not about the first start. It is made
 * once in a run.
 */
export async function makeReadyPlace(): Promise<Place> {
  const server = await testServer();
  const ready = await madeOnce(server, 'data folder', async () => {
    const dataFolder = join(server.runFolder, 'ready');
    const postgres = await startEmbeddedPostgres({ dataFolder, settings: { fsync: 'off' } });
    const { socketFolder, port, superuser, database, password: closed } = postgres;
    const address = { socketFolder, port, superuser, database, ...(closed === undefined ? {} : { password: closed }) };
    const admin = connect(address, 'admin');
    try {
      await migrate(admin, appLogsIn(address));
    } finally {
      await admin.end({ timeout: 5 });
    }
    await postgres.stop();
    return dataFolder;
  });
  const place = makePlace();
  cpSync(ready, place.dataFolder, { recursive: true });
  return place;
}

const gone = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null)
      resolve({ code: child.exitCode, signal: child.signalCode });
    else child.once('exit', (code, signal) => resolve({ code, signal }));
  });

/** Runs the server process with a clean environment until it says where it is, or ends. `switches` are Node’s own. */
export async function tryLubart(
  place: Pick<Place, 'dataFolder' | 'keyFile'>,
  env: Record<string, string> = {},
  args: readonly string[] = [],
  switches: readonly string[] = [],
): Promise<{ started: LubartProcess } | { failed: Exit; stderr: string }> {
  const child = spawn(process.execPath, [...switches, join(repository, 'server/main.ts'), ...args], {
    cwd: repository,
    env: {
      ...childEnvironment(),
      HOME: join(place.dataFolder, '..'),
      LUBART_DATA: place.dataFolder,
      LUBART_KEYS: place.keyFile,
      LUBART_PORT: '0',
      ...env,
    },
    // The channel says nothing; it closes when the test dies, and then Lubart stops by itself.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true, // its own process group: a Ctrl-C of the person who tests is not for it
  });
  child.channel?.unref();
  children.add(child);
  const exited = gone(child);
  void exited.then(() => children.delete(child));
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const said = /^Lubart \S+: (http\S+)(?: {2}→ {2}\S+#token=(\S+))?$/m;
  const ended = exited.then((exit) => exit);
  let failed: Exit | undefined;
  void ended.then((exit) => (failed = exit));
  while (!said.test(stdout) && failed === undefined) await sleep(20);
  if (failed !== undefined) {
    await sleep(30); // the last of its words are still in the pipe
    return { failed, stderr };
  }
  const [, origin, setupToken] = said.exec(stdout)!;
  const send = (signal: NodeJS.Signals) => () => {
    child.kill(signal);
    return exited;
  };
  return {
    started: {
      origin: origin!,
      setupToken,
      pid: child.pid!,
      exited,
      output: () => stdout + stderr,
      stop: send('SIGINT'),
      kill: send('SIGKILL'),
    },
  };
}

/** The same when it must start. */
export async function startLubart(...given: Parameters<typeof tryLubart>): Promise<LubartProcess> {
  const tried = await tryLubart(...given);
  if ('failed' in tried)
    throw new Error(`Lubart did not start (${tried.failed.code ?? tried.failed.signal}): ${tried.stderr.slice(-2000)}`);
  return tried.started;
}

export type InProcess = { lubart: Lubart; test: TestDatabase; keyFile: string; origin: string; setupToken: string };
type More = Partial<Pick<Config, 'mail' | 'sms' | 'tls' | 'origin' | 'port' | 'redirectPort' | 'certificateFrom'>> & {
  keyPace?: KeyPace;
};

/** Lubart inside this process, on a test database where nobody was set up; what it logs goes to `log`, its letters and messages to `more`. */
export async function openInProcess(log: Logger = silent, more: More = {}): Promise<InProcess> {
  const { test } = await openCopy('with a queue of jobs', ({ admin, address }) => prepareJobs(admin, address), 2);
  const { keyFile } = makePlace();
  const { lubart, origin } = await openNode({ test, keyFile }, log, more, () => test.close());
  await lubart.startJobs();
  return { lubart, test, keyFile, origin, setupToken: lubart.signIn.createSetupLink().split('#token=')[1]! };
}

/** One more node on the same database; it hands out no jobs. */
export async function openNode(
  { test, keyFile }: Pick<InProcess, 'test' | 'keyFile'>,
  log: Logger = silent,
  { keyPace, ...more }: More = {},
  then: () => Promise<void> = () => Promise.resolve(),
): Promise<{ lubart: Lubart; origin: string }> {
  const config = {
    dataFolder: makePlace().dataFolder,
    keyFile,
    host: '127.0.0.1',
    port: 0,
    origin: undefined,
    proxies: [],
    tls: undefined,
    language: 'uk' as const,
    ...more,
  };
  const pace = keyPace === undefined ? {} : { keyPace };
  const lubart = await openLubart({ address: test.address, config, log, version: '0', connections: 6, ...pace });
  closers.push(async () => {
    await lubart.close();
    await then();
  });
  return { lubart, origin: await lubart.listen(webFolder) };
}

export type Colleague = {
  name: string;
  email: string;
  role: ReadyRole;
  personId: string;
  departmentId: string;
  totp: TOTP;
  client: Client;
};

export type Company = {
  origin: string;
  organizationId: string;
  rootId: string;
  owner: Colleague;
  addDepartment(name: string, parentId?: string): Promise<string>;
  join(who: { name: string; email: string; role: ReadyRole; departmentId: string }): Promise<Colleague>;
};

/** The code that the app shows now, or will show in `ahead` steps (one ahead is accepted, as clocks differ). */
export const codeNow = (totp: TOTP, ahead = 0) => totp.generate({ timestamp: Date.now() + ahead * 30_000 });

/** Sets up the first company over HTTP, with the token of the one-time link. */
export async function setUpCompany(
  origin: string,
  token: string,
  who = { organization: 'Вежа', name: 'Олена Коваленко', email: 'olena.kovalenko@vezha.example' },
): Promise<Company> {
  const client = openClient(origin);
  const begun = await client.call('POST /api/v1/setup/begin', {
    body: { token, email: who.email, organizationName: who.organization },
  });
  requireOk(begun);
  const totp = URI.parse(begun.body.otpauthUri) as TOTP;
  const made = await client.call('POST /api/v1/setup', {
    body: {
      token,
      ticket: begun.body.ticket,
      code: codeNow(totp),
      organization: { name: who.organization },
      owner: { name: who.name, email: who.email },
      password,
      language: 'uk',
    },
  });
  requireOk(made);
  return companyOf(origin, made.body.session, totp, client);
}

/** One more company in the same installation; no route leads there, so the assembly is asked. */
export async function addCompany(
  { lubart, origin }: Pick<InProcess, 'lubart' | 'origin'>,
  who = { organization: 'Інші', name: 'Марко Гнатюк', email: 'marko.hnatiuk@inshi.example' },
): Promise<Company> {
  const made = await lubart.signIn.addOrganization({
    organizationName: who.organization,
    ownerName: who.name,
    email: who.email,
    password,
  });
  const totp = URI.parse(made.otpauthUri) as TOTP;
  const client = openClient(origin);
  const session = await signIn(client, { email: who.email, totp });
  return companyOf(origin, session, totp, client);
}

function companyOf(origin: string, session: SessionBody, totp: TOTP, client: Client): Company {
  const { person, organization } = session;
  const owner = {
    name: person.name,
    email: person.email,
    role: person.roles[0]!.key!,
    personId: person.id,
    departmentId: person.department.id,
    totp,
    client,
  };
  return {
    origin,
    organizationId: organization.id,
    rootId: person.department.id,
    owner,
    addDepartment: async (name, parentId) => {
      const made = await client.call('POST /api/v1/departments', { body: { name, parentId: parentId ?? null } });
      requireOk(made);
      return made.body.id;
    },
    join: async (who) => {
      const invited = await client.call('POST /api/v1/invitations', {
        body: { name: who.name, email: who.email, roles: [who.role], departmentId: who.departmentId },
      });
      requireOk(invited);
      return join_(origin, invited.body.link.split('#token=')[1], who);
    },
  };
}

type SessionBody = {
  organization: { id: string };
  person: { id: string; name: string; email: string; roles: Pick<RoleView, 'key'>[]; department: { id: string } };
};

async function join_(
  origin: string,
  token: string,
  who: { name: string; email: string; role: ReadyRole; departmentId: string },
): Promise<Colleague> {
  const client = openClient(origin);
  const opened = await client.call('POST /api/v1/invitations/open', { body: { token } });
  requireOk(opened);
  const totp = URI.parse(opened.body.enrolment.otpauthUri) as TOTP;
  const joined = await client.call('POST /api/v1/invitations/accept', {
    body: { token, ticket: opened.body.enrolment.ticket, code: codeNow(totp), password },
  });
  requireOk(joined);
  return { ...who, personId: joined.body.session.person.id, totp, client };
}

/** Both steps of sign-in; takes the next code when the present one is spent. */
export async function signIn(client: Client, who: { email: string; totp: TOTP }): Promise<SessionBody> {
  for (let ahead = 0; ; ahead += 1) {
    const begun = await client.call('POST /api/v1/sign-in', { body: { email: who.email, password } });
    requireOk(begun);
    const done = await client.call('POST /api/v1/sign-in/code', {
      body: { ticket: begun.body.ticket, code: codeNow(who.totp, ahead) },
    });
    if (ahead === 0 && done.body.error?.code === 'sign-in.code_already_used') continue;
    requireOk(done);
    return done.body;
  }
}

/** Uploads a file and starts its import; answers with the import’s id. */
export async function startImport(
  client: Client,
  given: {
    bytes: Uint8Array;
    mapping: Record<string, string>;
    fileName?: string;
    kind?: 'contacts' | 'companies';
    duplicates?: object;
    defaults?: object;
  },
): Promise<string> {
  const {
    bytes,
    mapping,
    fileName = 'клієнти.csv',
    kind = 'contacts',
    duplicates = { by: [], then: 'create' },
    defaults = {},
  } = given;
  const announced = await client.call('POST /api/v1/imports', { body: { kind, fileName, sizeBytes: bytes.length } });
  requireOk(announced);
  const { id } = announced.body as { id: string };
  requireOk(await client.put(`/api/v1/imports/${id}/file`, bytes));
  requireOk(
    await client.call('POST /api/v1/imports/:id/start', { params: { id }, body: { mapping, duplicates, defaults } }),
  );
  return id;
}

/** Waits until an import is over; `seconds` bounds the waiting. */
export async function importEnd(client: Client, id: string, seconds = 60): Promise<Reply['body']> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await client.call('GET /api/v1/imports/:id', { params: { id } });
    requireOk(seen);
    if (!['uploading', 'ready', 'running', 'reverting'].includes(seen.body.state)) return seen.body;
    if (Date.now() > end) throw new Error(`the import is still ${seen.body.state} after ${seconds} s`);
    await sleep(100);
  }
}

/** Asks again until the answer is what is waited for. */
/** Waits for what is not there yet: undefined, null (a row without it) or false. */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined | null | false>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await sleep(50);
  }
}

export function requireOk(reply: { status: number; body: unknown }): void {
  if (reply.status !== 200) throw new Error(`answered ${reply.status}: ${JSON.stringify(reply.body)}`);
}

/** A UUID of the right form that nothing has. */
export const strangeId = () => randomUUID().replace(/(?<=^.{14})4/, '7');
