/**
 * Makes what is measured: a data folder with an invented company of twenty managers in four departments, its clients put in by
 * Lubart’s own code (sealed, indexed, under row-level security), and beside it the floor’s database with the same rows in plain.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseAddress } from '#database';
import { connect, readMigrations, startEmbeddedPostgres } from '#database';
import type { Fields, NameOrder, RowParts } from '#crm/records';
import {
  contactKind,
  insertRows,
  nameBucket,
  orderFromSample,
  sealFields,
  searchTokens,
  writeNameOrder,
} from '#crm/records';
import { newId } from '#kernel';
import { insertDepartment } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Lubart } from '../server/lubart.ts';
import { openLubart } from '../server/lubart.ts';
import type { PlainContact } from './floor-database.ts';
import { copyIntoFloor, createFloor, floorAddress, indexFloor } from './floor-database.ts';
import { inventContacts } from './invent-contacts.ts';

export type Person = { email: string; password: string; otpauthUri: string; personId: string; departmentId: string };

/** A client of the measured manager, as the driver needs to ask for it. */
export type Sample = {
  id: string;
  lastName: string;
  firstName: string;
  companyName: string;
  phone: string;
  email: string;
};

export type Company = {
  folder: string;
  dataFolder: string;
  keyFile: string;
  rows: number;
  organizationId: string;
  owner: Person;
  manager: Person;
  samples: Sample[];
  /** Seconds of seeding, for the record. */
  seeded: { lubart: number; floorIndexes: number };
};

/** Grows when prepared folders of an older form must not be used any more; migrations count by themselves. */
const form = 1;
const managersCount = 20;
const departmentsCount = 4;
const rowsPerBatch = 1000;
const samplesMax = 3000;
const password = 'Верес-край-дороги-7';
const log = { info: () => {}, warn: () => {}, error: (facts: object, text: string) => console.error(text, facts) };

/** The company of so many contacts in `base`; made when it is not there yet. */
export async function prepareCompany(base: string, rows: number): Promise<Company> {
  const migrations = (await readMigrations()).map(({ hash }) => hash).join();
  const mark = createHash('sha256').update(`${form} ${migrations}`).digest('hex').slice(0, 8);
  const folder = join(base, `${rows}-contacts-${mark}`);
  const noted = join(folder, 'company.json');
  if (existsSync(noted)) return JSON.parse(readFileSync(noted, 'utf8')) as Company;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const company = await seedCompany(folder, rows);
  writeFileSync(noted, JSON.stringify(company), { mode: 0o600 });
  return company;
}

/** A company with its people and no client; what an import starts from. */
export async function prepareEmptyCompany(folder: string): Promise<Company> {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return seedCompany(folder, 0);
}

async function seedCompany(folder: string, rows: number): Promise<Company> {
  const dataFolder = join(folder, 'data');
  const keyFile = join(folder, 'root.key');
  const embedded = await startEmbeddedPostgres({ dataFolder });
  const { socketFolder, port, superuser, database, password: secret } = embedded;
  const address: DatabaseAddress = {
    socketFolder,
    port,
    superuser,
    database,
    ...(secret === undefined ? {} : { password: secret }),
  };
  const config = {
    dataFolder: folder,
    keyFile,
    host: '127.0.0.1',
    port: 0,
    origin: undefined,
    proxies: [],
    tls: undefined,
    language: 'uk' as const,
  };
  const lubart = await openLubart({ address, config, log, version: 'bench' });
  try {
    const people = await makePeople(lubart);
    await createFloor(address);
    const { samples, seconds: lubartSeconds } = await seedContacts(lubart, address, people, rows);
    const startedAt = performance.now();
    await indexFloorAndTidy(address);
    const floorIndexes = (performance.now() - startedAt) / 1000;
    const { organizationId, owner } = people;
    return {
      folder,
      dataFolder,
      keyFile,
      rows,
      organizationId,
      owner,
      manager: people.managers[0]!,
      samples,
      seeded: { lubart: lubartSeconds, floorIndexes },
    };
  } finally {
    await lubart.close();
    await embedded.stop();
  }
}

type People = { organizationId: string; seals: OrganizationSeals; owner: Person; managers: Person[] };

async function makePeople(lubart: Lubart): Promise<People> {
  const ownerEmail = 'olena.kovalenko@vezha.example';
  const made = await lubart.signIn.setUp({
    organizationName: 'Вежа',
    ownerName: 'Олена Коваленко',
    email: ownerEmail,
    password,
  });
  const { organizationId } = made;
  const seals = await lubart.keyring.of(organizationId);
  const owner = {
    email: ownerEmail,
    password,
    otpauthUri: made.otpauthUri,
    personId: made.personId,
    departmentId: made.departmentId,
  };
  const departments = Array.from({ length: departmentsCount }, () => newId());
  const managers: Person[] = [];
  await lubart.database.act(systemReach(organizationId), async (tx) => {
    for (const [at, id] of departments.entries()) {
      await insertDepartment(tx, {
        organizationId,
        id,
        parentId: made.departmentId,
        name: `Продажі ${at + 1}`,
        at: new Date(),
      });
    }
    for (let at = 0; at < managersCount; at += 1) {
      const email = `manager${at + 1}@vezha.example`;
      const departmentId = departments[at % departmentsCount]!;
      const person = {
        name: `Менеджер ${at + 1}`,
        email,
        password,
        role: 'manager' as const,
        departmentId,
        organizationName: 'Вежа',
      };
      const { personId, otpauthUri } = await lubart.signIn.createPerson(tx, seals, person);
      managers.push({ email, password, otpauthUri, personId, departmentId });
    }
  });
  return { organizationId, seals, owner, managers };
}

async function seedContacts(
  lubart: Lubart,
  address: DatabaseAddress,
  people: People,
  rows: number,
): Promise<{ samples: Sample[]; seconds: number }> {
  const { organizationId, seals, managers } = people;
  const startedAt = performance.now();
  const reach = systemReach(organizationId, 'all');
  const firstNames = [...inventContacts(Math.min(rows, 20_000), managersCount)].map(({ fields }) =>
    contactKind.nameOf(fields),
  );
  const order = orderFromSample(firstNames);
  if (firstNames.length >= 2000)
    await lubart.database.act(reach, (tx) => writeNameOrder(tx, seals, contactKind.name, order, new Date()));
  const floor = connect(floorAddress(address), 'admin');
  const copy = await copyIntoFloor(floor);
  const restore = await setIndexesAside(address);
  const samples: Sample[] = [];
  let writing: Promise<void> = Promise.resolve();
  for (const batch of batches(inventContacts(rows, managersCount), rowsPerBatch)) {
    const contacts = batch.map(({ fields, manager, createdAt }): PlainContact => {
      const { personId: ownerId, departmentId } = managers[manager]!;
      return {
        id: newId(),
        ownerId,
        departmentId,
        createdAt,
        fields: { ...contactKind.blank, ...fields, ownerId, departmentId } as never,
      };
    });
    takeSamples(samples, contacts, managers[0]!.personId, rows);
    const parts = contacts.map((contact) => sealed(seals, order, contact));
    await Promise.all([writing, copy.write(contacts)]);
    writing = lubart.database.act(reach, (tx) => insertRows(tx, contactKind, organizationId, parts));
    writing.catch(() => {}); // awaited before the next batch and at the end
  }
  await writing;
  await copy.end();
  await floor.end();
  await restore();
  return { samples, seconds: (performance.now() - startedAt) / 1000 };
}

/**
 * A million rows come in many times faster when indexes are built at the end, and every reference was just made by us. What
 * stands there afterwards is the same schema. Returns how to put it back.
 */
async function setIndexesAside(address: DatabaseAddress): Promise<() => Promise<void>> {
  const sql = connect(address, 'admin');
  const tables = [contactKind.table, `${contactKind.name}_search`];
  const indexes =
    await sql`SELECT indexname AS name, indexdef AS definition FROM pg_indexes JOIN pg_class ON relname = indexname
    JOIN pg_index ON indexrelid = pg_class.oid WHERE tablename = ANY (${tables}) AND NOT indisunique`;
  for (const { name } of indexes) await sql.unsafe(`DROP INDEX ${name as string}`);
  for (const table of tables) await sql.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
  return async () => {
    for (const table of tables) await sql.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER ALL`);
    for (const { definition } of indexes) await sql.unsafe(definition as string);
    await sql.end();
  };
}

function sealed(seals: OrganizationSeals, order: NameOrder, { id, fields, createdAt }: PlainContact): RowParts {
  const seal = seals.newRecord(contactKind.table, id);
  const own: Fields = fields;
  return {
    id,
    fields: own,
    nameBucket: nameBucket(contactKind, order, own),
    sealed: sealFields(contactKind, seal, own),
    recordKey: seal.wrapped,
    tokens: searchTokens(contactKind, seals, own),
    at: createdAt,
  };
}

/** Clients of the measured manager from all over the data, as many as the driver can use. */
function takeSamples(samples: Sample[], contacts: readonly PlainContact[], managerId: string, rows: number): void {
  const everyOf = Math.max(1, Math.floor(rows / managersCount / samplesMax));
  for (const { id, ownerId, fields } of contacts) {
    if (ownerId !== managerId || samples.length >= samplesMax || parseInt(id.slice(-4), 16) % everyOf !== 0) continue;
    const { lastName, firstName, companyName } = fields as unknown as Record<
      'lastName' | 'firstName' | 'companyName',
      string
    >;
    samples.push({
      id,
      lastName,
      firstName,
      companyName,
      phone: fields.phones[0]?.number ?? '',
      email: fields.emails[0]?.address ?? '',
    });
  }
}

function* batches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Both sides begin with fresh statistics and nothing left to clean. */
async function indexFloorAndTidy(address: DatabaseAddress): Promise<void> {
  const floor = connect(floorAddress(address), 'admin');
  await indexFloor(floor);
  const lubart = connect(address, 'admin');
  for (const sql of [floor, lubart]) {
    await sql.unsafe('VACUUM ANALYZE');
    await sql.unsafe('CHECKPOINT');
    await sql.end();
  }
}
