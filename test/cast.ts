/**
 * The people of the tests, always the same. They work in one real organization, made through the doors that everybody uses:
 * set-up, invitations and sign-in. The thief has no account; what a thief has is what others lost.
 */
import { randomBytes } from 'node:crypto';
import { URI } from 'otpauth';
import type { TOTP } from 'otpauth';
import type { ReadyRole } from '#contract';
import { routes } from '#contract';
import { importLeavingStep } from '#crm/import-export';
import { openHandOver } from '#crm/records';
import type { Database, Transaction } from '#database';
import { connect } from '#database';
import type { Visitor } from '#http';
import type { Clock } from '#kernel';
import type { MailSettings } from '#kernel';
import { hasCode, newId, Secret } from '#kernel';
import type { Mail } from '#mail';
import { openMail } from '#mail';
import type { Actor } from '#protections/access';
import { insertDepartment, reachOf } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { openAuditLog } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { openKeyring, rootKeyFrom, systemReach } from '#protections/encryption';
import type { SignIn } from '#protections/sign-in';
import { openSignIn } from '#protections/sign-in';
import type { TestDatabase } from './harness.ts';
import { openCopy } from './harness.ts';
import { prepared } from './prepared.ts';

/** A clock that stands until it is moved. */
export type TestClock = Clock & { move(millis: number): void };

export function testClock(start = new Date('2026-11-02T09:00:00Z')): TestClock {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    move: (millis) => {
      now += millis;
    },
  };
}

export const origin = 'https://crm.vezha.example';
export const password = 'Верес-край-дороги-7';

export type CastMember = {
  name: string;
  email: string;
  role: ReadyRole;
  personId: string;
  departmentId: string;
  /** What the authenticator app of this person holds. */
  totp: TOTP;
  recoveryCodes: string[];
  /** Value of the session cookie. */
  token: string;
  actor: Actor;
};

export type CastName =
  | 'owner'
  | 'securityOfficer'
  | 'head'
  | 'manager'
  | 'colleague'
  | 'former'
  | 'auditor'
  | 'outsider';

export type Cast = Record<CastName, CastMember> & {
  /** Has no account; an address of his own. */
  thief: { name: string; email: string; visitor: Visitor };
};

export type Departments = { root: string; sales: string; salesNorth: string; service: string };

export type World = {
  test: TestDatabase;
  database: Database;
  clock: TestClock;
  keyring: Keyring;
  auditLog: AuditLog;
  signIn: SignIn;
  mail: Mail;
  organizationId: string;
  otherOrganizationId: string;
  departments: Departments;
  cast: Cast;
  close(): Promise<void>;
};

export function visitorFrom(address: string, device = 'Firefox, Linux'): Visitor {
  return { address, device, requestId: newId(), language: 'uk' };
}

const script: Record<
  Exclude<CastName, 'owner' | 'outsider'>,
  { name: string; email: string; role: ReadyRole; at: keyof Departments }
> = {
  // Until security has a role of its own, its officer is a second owner.
  securityOfficer: { name: 'Богдан Романюк', email: 'bohdan.romaniuk@vezha.example', role: 'owner', at: 'root' },
  head: { name: 'Ірина Савчук', email: 'iryna.savchuk@vezha.example', role: 'head', at: 'sales' },
  manager: { name: 'Тарас Мельник', email: 'taras.melnyk@vezha.example', role: 'manager', at: 'salesNorth' },
  colleague: { name: 'Соломія Ткачук', email: 'solomiia.tkachuk@vezha.example', role: 'manager', at: 'service' },
  former: { name: 'Назар Клименко', email: 'nazar.klymenko@vezha.example', role: 'manager', at: 'salesNorth' },
  auditor: { name: 'Дарина Поліщук', email: 'daryna.polishchuk@vezha.example', role: 'auditor', at: 'root' },
};

/**
 * A database of its own with the whole cast in it, everybody signed in (the former employee was, before being dismissed). It is
 * made once in a run through the doors, and copied: people, keys and tokens are the same in every copy. Letters go to the mail
 * server that is given; none are sent without one.
 */
export async function openWorld(post?: MailSettings): Promise<World> {
  const { test, facts } = await openCopy(`world ${post === undefined ? 'without' : 'with'} letters`, (made) =>
    makeWorld(made, post),
  );
  const { rootKey, at, people, ...known } = facts;
  const clock = testClock(at);
  const rooms = openRooms(test.database, rootKey, clock, post);
  // A server that has worked a while has the keys of its organizations in memory: inside an act nobody may ask for them.
  for (const id of [known.organizationId, known.otherOrganizationId]) await rooms.keyring.of(id);
  const cast = {
    thief: { name: 'Злодій', email: 'zlodii@nide.example', visitor: visitorFrom('203.0.113.66', 'curl, Linux') },
  } as Cast;
  for (const [key, { otpauthUri, ...person }] of Object.entries(people) as [CastName, KeptMember][])
    cast[key] = { ...person, totp: URI.parse(otpauthUri) as TOTP };
  const close = async () => {
    await closeRooms(rooms);
    await test.close();
  };
  return { test, database: test.database, clock, ...rooms, ...known, cast, close };
}

type Rooms = Pick<World, 'keyring' | 'auditLog' | 'mail' | 'signIn'>;
type KeptMember = Omit<CastMember, 'totp'> & { otpauthUri: string };
type MadeWorld = Pick<World, 'organizationId' | 'otherOrganizationId' | 'departments'> & {
  rootKey: Buffer;
  /** What the clock of the world showed at the end. */
  at: Date;
  people: Record<CastName, KeptMember>;
};

function openRooms(database: Database, rootKey: Buffer, clock: Clock, post: MailSettings | undefined): Rooms {
  const keyring = openKeyring(rootKeyFrom(new Secret(rootKey)), database);
  const auditLog = openAuditLog(database, keyring, clock);
  const mail = openMail({ database, keyring, auditLog, clock, origin: () => origin, settings: post });
  const signIn = openSignIn({
    database,
    keyring,
    auditLog,
    clock,
    mail,
    origin: () => origin,
    records: openHandOver(auditLog),
    leavingSteps: [importLeavingStep],
  });
  return { keyring, auditLog, mail, signIn };
}

async function closeRooms({ signIn, auditLog }: Rooms): Promise<void> {
  await signIn.close();
  await auditLog.close().catch(() => {}); // the database of a file that ended may be gone already
}

async function makeWorld({ database }: TestDatabase, post: MailSettings | undefined): Promise<MadeWorld> {
  const clock = testClock();
  const rootKey = randomBytes(32);
  const rooms = openRooms(database, rootKey, clock, post);
  const { signIn, keyring, auditLog } = rooms;
  const owner = { name: 'Олена Коваленко', email: 'olena.kovalenko@vezha.example' };
  const made = await signIn.setUp({ organizationName: 'Вежа', ownerName: owner.name, email: owner.email, password });
  const away = { name: 'Марко Гнатюк', email: 'marko.hnatiuk@inshi.example' };
  const other = await signIn.addOrganization({
    organizationName: 'Інші',
    ownerName: away.name,
    email: away.email,
    password,
  });
  const { organizationId } = made;
  const departments = await makeDepartments(database, organizationId, made.departmentId, clock);
  const joined: Partial<Record<CastName, Omit<KeptMember, 'token' | 'actor'>>> = {
    owner: { ...owner, role: 'owner', ...kept(made) },
    outsider: { ...away, role: 'owner', ...kept(other) },
  };
  const seals = await keyring.of(organizationId);
  for (const [key, { at, ...person }] of Object.entries(script) as [keyof typeof script, (typeof script)['head']][]) {
    const departmentId = departments[at];
    const one = await database.act(
      systemReach(organizationId),
      prepared((tx: Transaction) =>
        signIn.createPerson(tx, seals, { ...person, password, departmentId, organizationName: 'Вежа' }),
      ),
    );
    joined[key] = { ...person, ...kept({ ...one, departmentId }) };
  }
  const people = {} as Record<CastName, KeptMember>;
  for (const [key, person] of Object.entries(joined) as [CastName, Omit<KeptMember, 'token' | 'actor'>][]) {
    const totp = URI.parse(person.otpauthUri) as TOTP;
    const token = await signInAs(signIn, clock, { ...person, totp });
    people[key] = { ...person, token, actor: await signIn.actorOf(token, visitorFrom('192.0.2.10')) };
  }
  await callAs(signIn, 'PATCH /api/v1/people/:id', people.owner.actor, {
    params: { id: people.former.personId },
    body: { active: false },
  });
  await auditLog.flush();
  await closeRooms(rooms);
  return { rootKey, at: clock.now(), organizationId, otherOrganizationId: other.organizationId, departments, people };
}

const kept = (made: Pick<KeptMember, 'personId' | 'departmentId' | 'otpauthUri' | 'recoveryCodes'>) => {
  const { personId, departmentId, otpauthUri, recoveryCodes } = made;
  return { personId, departmentId, otpauthUri, recoveryCodes };
};

async function makeDepartments(
  database: Database,
  organizationId: string,
  root: string,
  clock: TestClock,
): Promise<Departments> {
  const departments = { root, sales: newId(), salesNorth: newId(), service: newId() };
  const make = async (tx: Transaction) => {
    const at = clock.now();
    await insertDepartment(tx, { organizationId, id: departments.sales, parentId: root, name: 'Продажі', at });
    await insertDepartment(tx, {
      organizationId,
      id: departments.salesNorth,
      parentId: departments.sales,
      name: 'Продажі: північ',
      at,
    });
    await insertDepartment(tx, { organizationId, id: departments.service, parentId: root, name: 'Сервіс', at });
  };
  await database.act(systemReach(organizationId), prepared(make));
  return departments;
}

/** The code that the person’s app shows at this moment. */
export const codeOf = (person: { totp: TOTP }, clock: TestClock) =>
  person.totp.generate({ timestamp: clock.now().getTime() });

/** Both steps of sign-in, at a moment whose code nobody has used; returns the session token. */
export async function signInAs(
  signIn: SignIn,
  clock: TestClock,
  person: { email: string; totp: TOTP },
  visitor = visitorFrom('192.0.2.10'),
): Promise<string> {
  clock.move(31_000);
  const { ticket } = await callAs(signIn, 'POST /api/v1/sign-in', null, {
    body: { email: person.email, password },
    visitor,
  });
  const cookie: Cookie = {};
  await callAs(signIn, 'POST /api/v1/sign-in/code', null, {
    body: { ticket, code: codeOf(person, clock) },
    visitor,
    cookie,
  });
  return cookie.token!;
}

/**
 * As if somebody whose session was ended with their rights had come in again: the actor that was made before still has a session, and what
 * it was believed to have.
 */
export async function signInAgain({ test }: Pick<World, 'test'>, { actor }: Pick<CastMember, 'actor'>): Promise<void> {
  await test.admin`UPDATE sessions SET ended_at = NULL WHERE id = ${actor.sessionId}`;
}

/** What a call did to the session cookie: a new value, or null when it was removed. */
export type Cookie = { token?: string | null };

type AnyHandlers = SignIn['handlers'];
type CallOf<K extends keyof AnyHandlers> = Parameters<AnyHandlers[K]>[0];
type Asked<K extends keyof AnyHandlers> = { visitor?: Visitor; cookie?: Cookie } & Partial<
  Pick<CallOf<K>, 'body' | 'params' | 'query'>
>;

/** Calls a handler the way the frame does: permission first, then reach. */
export async function callAs<K extends keyof AnyHandlers>(
  signIn: SignIn,
  key: K,
  who: CastMember | Actor | null,
  asked: Asked<K> = {},
): Promise<Awaited<ReturnType<AnyHandlers[K]>>> {
  const actor = who === null ? null : 'actor' in who ? who.actor : who;
  const { permission } = routes[key];
  const { cookie = {}, visitor = visitorFrom(actor?.address ?? '192.0.2.10') } = asked;
  const reach =
    actor === null
      ? null
      : permission === 'anyone' || permission === 'signed-in'
        ? {
            organizationId: actor.organizationId,
            personId: actor.personId,
            departmentIds: actor.departmentIds,
            scope: 'none' as const,
          }
        : reachOf(actor, permission);
  const call = {
    params: asked.params,
    query: asked.query,
    body: asked.body,
    actor,
    reach,
    visitor,
    setSession: (token: string | null) => {
      cookie.token = token;
    },
  };
  return (signIn.handlers[key] as (given: unknown) => Promise<Awaited<ReturnType<AnyHandlers[K]>>>)(call);
}

export type Entry = {
  event: string;
  outcome: string;
  reason: string | null;
  actorId: string | null;
  facts: Record<string, unknown>;
  device: string | null;
};

/** What the audit log of the organization says, oldest first. */
export async function readEntries(world: World, organizationId = world.organizationId): Promise<Entry[]> {
  const rows = await world.database.read(
    systemReach(organizationId),
    (tx) => tx`SELECT bytes FROM audit_entries WHERE organization_id = ${organizationId} ORDER BY id`,
  );
  return rows.map((row) => {
    const body = JSON.parse((row['bytes'] as Buffer).toString('utf8'));
    const { event, outcome, reason, facts, device } = body;
    return { event, outcome, reason, facts, device, actorId: body.actor.id };
  });
}

/** How it ended: null, or the error’s code; what has none is told as it is. */
export const refusalOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => (hasCode(error) ? error.code : String(error)),
  );

/**
 * Makes a race certain: nobody can write to the table until every one of `works` stands before it (or before one who does), then
 * all go on. Returns how each ended: null or the error’s code.
 */
export async function raceOn(
  test: TestDatabase,
  table: string,
  works: (() => Promise<unknown>)[],
): Promise<(string | null)[]> {
  const gate = connect(test.address, 'admin');
  try {
    await gate.unsafe('BEGIN');
    await gate.unsafe(`LOCK TABLE ${table} IN SHARE MODE`);
    const ended = Promise.all(works.map((work) => refusalOf(work())));
    await waitingIn(test, works.length, table);
    await gate.unsafe('COMMIT');
    return await ended;
  } finally {
    await gate.end({ timeout: 5 });
  }
}

/** Makes an order certain: each of `works` begins when all before it wait, the first ones behind what `lock` holds; then it is let go. */
export async function raceBehind(
  test: TestDatabase,
  lock: string,
  works: (() => Promise<unknown>)[],
): Promise<(string | null)[]> {
  const gate = connect(test.address, 'admin');
  try {
    await gate.unsafe(`BEGIN; ${lock}`);
    const ended: Promise<string | null>[] = [];
    for (const work of works) {
      ended.push(refusalOf(work()));
      await waitingIn(test, ended.length, lock);
    }
    await gate.unsafe('COMMIT');
    return await Promise.all(ended);
  } finally {
    await gate.end({ timeout: 5 });
  }
}

async function waitingIn(test: TestDatabase, count: number, where: string): Promise<void> {
  for (let at = 0, waiting = 0; waiting < count; at += 1) {
    if (at > 500) throw new Error(`only ${waiting} of ${count} came as far as ${where}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const rows = await test.admin`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    waiting = rows[0]!['n'];
  }
}
