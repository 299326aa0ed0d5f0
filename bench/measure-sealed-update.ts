/**
 * The same updates by the same code, in turn with seals and with seals that close nothing: what is written is then plain JSON in the same
 * columns. Blind tokens are made on both sides; an application without sealing indexes what it searches too.
 */
import { contactKind, openRecordRoom } from '#crm/records';
import type { Database } from '#database';
import { connect, openDatabase } from '#database';
import { reachOf } from '#protections/access';
import { openAuditLog } from '#protections/audit-log';
import type { Keyring, OrganizationSeals, RecordSeal } from '#protections/encryption';
import { openKeyring } from '#protections/encryption';
import { inPairs, spentHere } from './in-pairs.ts';
import type { LogBench } from './log-parts.ts';
import { actorOf } from './measured-actor.ts';

/** Milliseconds of one update, and by how much the sealed one is longer: by the clock, and of processor time. */
export type SealedUpdateResult = {
  field: 'notes' | 'phones';
  sealed: number;
  plain: number;
  longer: number;
  processor: { sealed: number; plain: number; longer: number };
};

const sides = ['sealed', 'plain'] as const;
type Side = (typeof sides)[number];
const records = 100;

export async function measureSealedUpdate(given: LogBench): Promise<SealedUpdateResult[]> {
  const { company, address, keyring } = given;
  const parts = {
    sealed: await openSide(given, (database) => openKeyring(given.root, database)),
    plain: await openSide(given, () => plainKeyring(keyring)),
  };
  const actor = actorOf(company);
  const reach = reachOf(actor, 'contact.update');
  const made: Record<Side, Made[]> = { sealed: [], plain: [] };
  const results: SealedUpdateResult[] = [];
  try {
    for (const side of sides) {
      for (let at = 0; at < records; at += 1) {
        const fields = { lastName: 'Шевченко', firstName: `Оксана ${at}`, phones: [phone(at)] };
        made[side].push(await parts[side].room.create(actor, reach, fields));
      }
    }
    let turn = 0;
    for (const field of ['notes', 'phones'] as const) {
      const act = async (side: Side) => {
        turn += 1;
        const one = made[side][turn % records]!;
        const value = field === 'notes' ? `Передзвонити, розмова ${turn}` : [phone(records + turn)];
        one.version = (await parts[side].room.change(actor, reach, one.id, one.version, { [field]: value })).version;
      };
      const { clock, processor } = await inPairs({ sides, act, spent: (side) => spentHere(parts[side].backend) });
      const figures = ({ sealed, plain }: Record<Side, number>) => ({ sealed, plain, longer: sealed / plain - 1 });
      results.push({ field, ...figures(clock), processor: figures(processor) });
    }
    return results;
  } finally {
    for (const side of sides) await parts[side].close();
    await forget(
      given,
      sides.flatMap((side) => made[side].map(({ id }) => id)),
      address,
    );
  }
}

/** A room on a connection of its own. */
async function openSide({ company, address, clock }: LogBench, keysOn: (database: Database) => Keyring) {
  const { departmentId } = company.manager;
  const references = { findPerson: async () => ({ departmentId }), hasDepartment: async () => true };
  const database = openDatabase(address, 1);
  const keyring = keysOn(database);
  const auditLog = openAuditLog(database, keyring, clock);
  const [row] = await database.outside((sql) => sql`SELECT pg_backend_pid() AS pid`);
  return {
    room: openRecordRoom(contactKind, { database, keyring, clock, auditLog, references }),
    backend: row!['pid'] as number,
    close: async () => {
      await auditLog.close();
      await database.close();
    },
  };
}

type Made = { id: string; version: number };

const phone = (at: number) => ({ number: `+38067${String(1_000_000 + at).padStart(7, '0')}`, kind: 'mobile' });

/** What stands there unsealed must not stay in a folder that is kept. */
async function forget({ company }: LogBench, ids: string[], address: LogBench['address']): Promise<void> {
  const admin = connect(address, 'admin');
  try {
    await admin`DELETE FROM contacts WHERE organization_id = ${company.organizationId} AND id = ANY (${ids})`;
  } finally {
    await admin.end();
  }
}

/** Seals that close nothing, and the real keys of search. */
function plainKeyring(keyring: Keyring): Keyring {
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value), 'utf8');
  const read = <T>(sealed: Buffer) => JSON.parse(sealed.toString('utf8')) as T;
  const record = (wrapped: Buffer): RecordSeal => ({
    wrapped,
    seal: (_, value) => bytes(value),
    open: (_, sealed) => read(sealed),
    sealBytes: (_, plain) => plain,
    openBytes: (_, sealed) => sealed,
  });
  return {
    ...keyring,
    of: async (organizationId): Promise<OrganizationSeals> => {
      const real = await keyring.of(organizationId);
      return {
        organizationId,
        searchKey: real.searchKey,
        searchKeys: real.searchKeys,
        // The order of names is the organization’s, and sealed already.
        seal: (place, value) => (place.startsWith('audit_entries/') ? bytes(value) : real.seal(place, value)),
        sealOften: (place, value) =>
          place.startsWith('audit_entries/') ? bytes(value).toString('base64') : real.sealOften(place, value),
        open: (place, sealed) => (place.startsWith('audit_entries/') ? read(sealed) : real.open(place, sealed)),
        sealAnew: (_, sealed) => sealed,
        newRecord: () => record(Buffer.alloc(0)),
        record: (_table, _id, wrapped) => record(wrapped),
      };
    },
  };
}
