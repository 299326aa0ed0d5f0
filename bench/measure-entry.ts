/**
 * What an entry costs an update: the same update by the same code in turn, one with its entry and one without, and so on. Within the process,
 * where the room is asked by itself; and over HTTP, as a person makes it, between two servers that stand on the same database.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { contactKind, openRecordRoom } from '#crm/records';
import type { Database, DatabaseAddress, Sql } from '#database';
import { connect, openDatabase } from '#database';
import { systemClock } from '#kernel';
import { reachOf } from '#protections/access';
import { openAuditLog } from '#protections/audit-log';
import { openKeyring, openRootKeyFile } from '#protections/encryption';
import { openConnection } from './http-connection.ts';
import { inPairs, spentHere } from './in-pairs.ts';
import { actorOf } from './measured-actor.ts';
import { actSilently } from './paired-server.ts';
import type { PairedAnswer, PairedPlan } from './paired-server.ts';
import type { Company } from './prepare-company.ts';
import { cpuMillis } from './processes.ts';
import { openRequest, updateRequest } from './requests.ts';
import type { Sample } from './seed-contacts.ts';
import { signIn } from './serve.ts';

/** Milliseconds of one update with its entry and without, and the share of the entry in the whole (in-pairs.ts). */
export type EntryShare = { withEntry: number; without: number; share: number };
/** By the clock, and of the processor time of Node and PostgreSQL, which holds also while others use the machine. */
export type EntryShares = { clock: EntryShare; processor: EntryShare };
export type EntryResult = { room: EntryShares; http: EntryShares };

const sides = ['with', 'without'] as const;
type Side = (typeof sides)[number];

export async function measureEntry(company: Company, address: DatabaseAddress): Promise<EntryResult> {
  const admin = connect(address, 'admin');
  try {
    return { room: await measureInRoom(company, address, admin), http: await measureOverHttp(company, address, admin) };
  } finally {
    await admin.end();
  }
}

async function measureInRoom(company: Company, address: DatabaseAddress, admin: Sql): Promise<EntryShares> {
  const databases: Partial<Record<Side, Database>> = {};
  try {
    const backends = await openSides(admin, async (side) => {
      const database = (databases[side] = openDatabase(address, 1));
      const [row] = await database.outside((sql) => sql`SELECT pg_backend_pid() AS pid`);
      return row!['pid'] as number;
    });
    const root = await openRootKeyFile(company.keyFile, false);
    const roomOn = (side: Side) => {
      const database = databases[side]!;
      const keyring = openKeyring(root, database);
      const whole = openAuditLog(database, keyring, systemClock);
      const auditLog = side === 'with' ? whole : { ...whole, recordWith: actSilently };
      const references = { findPerson: async () => undefined, hasDepartment: async () => false };
      return openRecordRoom(contactKind, { database, keyring, clock: systemClock, references, auditLog });
    };
    const rooms = { with: roomOn('with'), without: roomOn('without') };
    const actor = actorOf(company);
    const reach = reachOf(actor, 'contact.update');
    return await measureUpdates(company, {
      open: async ({ id }) => (await rooms.with.open(actor, reach, id)).version,
      update: async (side, { id }, version, turn) =>
        (await rooms[side].change(actor, reach, id, version, { notes: `Передзвонити, розмова ${turn}` })).version,
      spent: (side) => spentHere(backends[side]),
    });
  } finally {
    await guardAll(admin);
    for (const side of sides) await databases[side]?.close();
  }
}

async function measureOverHttp(company: Company, address: DatabaseAddress, admin: Sql): Promise<EntryShares> {
  const children: ChildProcess[] = [];
  try {
    const served = await openSides(admin, async (side) => {
      const child = fork(fileURLToPath(new URL('paired-server.ts', import.meta.url)), { execArgv: [] });
      children.push(child);
      child.send({ company, address, silent: side === 'without' } satisfies PairedPlan);
      const [answer] = (await once(child, 'message')) as [PairedAnswer];
      return { ...answer, pid: child.pid! };
    });
    const cookie = await signIn(served.with.origin, company.folder, company.manager);
    const target = { cookie, company };
    const connectionTo = ({ origin }: PairedAnswer) => openConnection(Number(new URL(origin).port));
    const connections = { with: connectionTo(served.with), without: connectionTo(served.without) };
    const versionAfter = async (side: Side, request: Buffer): Promise<number> => {
      const { status, body } = await connections[side].send(request);
      if (status !== 200) throw new Error(`${status} ${body.toString('utf8')}`);
      return (JSON.parse(body.toString('utf8')) as { version: number }).version;
    };
    try {
      return await measureUpdates(company, {
        open: (sample) => versionAfter('with', openRequest('lubart', target, sample)),
        update: (side, sample, version, turn) =>
          versionAfter(side, updateRequest('lubart', 'update note', target, sample, version, turn)),
        spent: (side) => cpuMillis(served[side].pid) + cpuMillis(served[side].backend),
      });
    } finally {
      for (const side of sides) connections[side].close();
    }
  } finally {
    await guardAll(admin);
    for (const child of children) {
      child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    }
  }
}

type Updates = {
  open(sample: Sample): Promise<number>;
  /** The version after it. */
  update(side: Side, sample: Sample, version: number, turn: number): Promise<number>;
  spent(side: Side): number;
};

async function measureUpdates({ samples }: Company, { open, update, spent }: Updates): Promise<EntryShares> {
  const list = samples.slice(0, 100);
  const versions = new Map<Sample, number>();
  for (const sample of list) versions.set(sample, await open(sample));
  // What is written differs from what another run left there.
  let turn = Date.now();
  const act = async (side: Side) => {
    turn += 1;
    const sample = list[turn % list.length]!;
    versions.set(sample, await update(side, sample, versions.get(sample)!, turn));
  };
  const { clock, processor } = await inPairs({ sides, act, spent });
  return { clock: shareOf(clock), processor: shareOf(processor) };
}

const shareOf = ({ with: withEntry, without }: Record<Side, number>): EntryShare => ({
  withEntry,
  without,
  share: 1 - without / withEntry,
});

/**
 * Opens both sides. A change without its entry is refused by the database; what this guard costs belongs to the entry. So the session of
 * the other side is one in which no trigger runs, and all triggers of clients but the guard run in every session.
 */
async function openSides<T>(admin: Sql, open: (side: Side) => Promise<T>): Promise<Record<Side, T>> {
  const others =
    await admin`SELECT tgname FROM pg_trigger WHERE tgrelid = 'contacts'::regclass AND tgname <> 'asks_entry'`;
  for (const row of others) await admin`ALTER TABLE contacts ENABLE ALWAYS TRIGGER ${admin(row['tgname'] as string)}`;
  const opened = { with: await open('with') };
  await admin`ALTER ROLE lubart_app SET session_replication_role = replica`;
  try {
    return { ...opened, without: await open('without') };
  } finally {
    await admin`ALTER ROLE lubart_app RESET session_replication_role`;
  }
}

const guardAll = (admin: Sql) => admin`ALTER TABLE contacts ENABLE TRIGGER ALL`;
