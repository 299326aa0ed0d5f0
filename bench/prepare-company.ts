/**
 * Makes what is measured: a data folder with an invented company of twenty managers in four departments, its clients put in by
 * Lubart’s own code (sealed, indexed, under row-level security), and beside it the floor’s database with the same rows in plain.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseAddress, Transaction } from '#database';
import { connect, readMigrations, startEmbeddedPostgres } from '#database';
import { newId } from '#kernel';
import { insertDepartment } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Lubart } from '../server/lubart.ts';
import { openLubart } from '../server/lubart.ts';
import { prepared } from '../test/prepared.ts';
import { createFloor, floorAddress, indexFloor } from './floor-database.ts';
import type { Sample } from './seed-contacts.ts';
import { seedContacts } from './seed-contacts.ts';

export type Person = { email: string; password: string; otpauthUri: string; personId: string; departmentId: string };

export type Company = {
  folder: string;
  dataFolder: string;
  keyFile: string;
  rows: number;
  organizationId: string;
  owner: Person;
  manager: Person;
  /** Everybody who sells, the measured one first. */
  managers: Person[];
  samples: Sample[];
  /** Seconds of seeding, for the record. */
  seeded: { lubart: number; floorIndexes: number };
};

/** Grows when prepared folders of an older form must not be used any more; migrations count by themselves. */
const form = 2;
const managersCount = 20;
const departmentsCount = 4;
const password = 'Верес-край-дороги-7';
/** Says only what goes wrong. */
export const log = {
  info: () => {},
  warn: () => {},
  error: (facts: object, text: string) => console.error(text, facts),
};

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

/** Served on this machine alone, at any port. */
export const configOf = (folder: string, keyFile: string) => ({
  dataFolder: folder,
  keyFile,
  host: '127.0.0.1',
  port: 0,
  origin: undefined,
  proxies: [],
  tls: undefined,
  language: 'uk' as const,
});

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
  const lubart = await openLubart({ address, config: configOf(folder, keyFile), log, version: 'bench' });
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
      managers: people.managers,
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
  const make = async (tx: Transaction) => {
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
  };
  await lubart.database.act(systemReach(organizationId), prepared(make));
  return { organizationId, seals, owner, managers };
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
