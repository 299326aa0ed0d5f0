/**
 * Puts the clients of the invented company in: by Lubart’s own means (sealed, indexed, within row-level security), and the same
 * rows in plain columns into the floor’s database.
 */
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
import type { DatabaseAddress } from '#database';
import { connect } from '#database';
import { newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Lubart } from '../server/lubart.ts';
import { prepared } from '../test/prepared.ts';
import type { PlainContact } from './floor-database.ts';
import { copyIntoFloor, floorAddress } from './floor-database.ts';
import { inventContacts } from './invent-contacts.ts';

/** A client of the measured manager, as the driver needs to ask for it. */
export type Sample = {
  id: string;
  lastName: string;
  firstName: string;
  companyName: string;
  phone: string;
  email: string;
};

type Holders = {
  organizationId: string;
  seals: OrganizationSeals;
  /** Share the contacts evenly; the first one is who is measured. */
  managers: readonly { personId: string; departmentId: string }[];
};

const rowsPerBatch = 1000;
const samplesMax = 3000;

/** Returns what the driver asks about, and the seconds it took. */
export async function seedContacts(
  lubart: Lubart,
  address: DatabaseAddress,
  people: Holders,
  rows: number,
): Promise<{ samples: Sample[]; seconds: number }> {
  const { organizationId, seals, managers } = people;
  const startedAt = performance.now();
  const reach = systemReach(organizationId, 'all');
  const firstNames = [...inventContacts(Math.min(rows, 20_000), managers.length)].map(({ fields }) =>
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
  for (const batch of batches(inventContacts(rows, managers.length), rowsPerBatch)) {
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
    takeSamples(samples, contacts, managers[0]!.personId, rows / managers.length);
    const parts = contacts.map((contact) => sealed(seals, order, contact));
    await Promise.all([writing, copy.write(contacts)]);
    writing = lubart.database.act(
      reach,
      prepared((tx) => insertRows(tx, contactKind, organizationId, parts)),
    );
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
    JOIN pg_index ON indexrelid = pg_class.oid WHERE tablename = ANY (${tables}::text[]) AND NOT indisunique`;
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
function takeSamples(samples: Sample[], contacts: readonly PlainContact[], managerId: string, ownRows: number): void {
  const everyOf = Math.max(1, Math.floor(ownRows / samplesMax));
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
