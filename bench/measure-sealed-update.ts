/**
 * The same updates by the same code, in turn with seals and with seals that close nothing: what is written is then plain JSON in the same
 * columns. Blind tokens are made on both sides; an application without sealing indexes what it searches too.
 */
import { createHash } from 'node:crypto';
import { contactKind, openRecordRoom } from '#crm/records';
import { connect } from '#database';
import { reachOf } from '#protections/access';
import { openAuditLog } from '#protections/audit-log';
import type { Keyring, OrganizationSeals, RecordSeal } from '#protections/encryption';
import type { LogBench } from './log-parts.ts';
import { inTurn, middle, secondsOf } from './log-parts.ts';
import { actorOf } from './measured-actor.ts';
import { openMeter } from './processes.ts';

/** Milliseconds of one update, and by how much the sealed one is longer: by the clock, and of processor time. */
export type SealedUpdateResult = {
  field: 'notes' | 'phones';
  sealed: number;
  plain: number;
  longer: number;
  processor: { sealed: number; plain: number; longer: number };
};

const rounds = 15;
const updatesPerRound = 150;
const records = 100;

export async function measureSealedUpdate(given: LogBench): Promise<SealedUpdateResult[]> {
  const { company, address, database, keyring, clock } = given;
  const { departmentId } = company.manager;
  const references = { findPerson: async () => ({ departmentId }), hasDepartment: async () => true };
  const roomWith = (keys: Keyring) => {
    const auditLog = openAuditLog(database, keys, clock);
    return { auditLog, room: openRecordRoom(contactKind, { database, keyring: keys, clock, auditLog, references }) };
  };
  const sides = { sealed: roomWith(keyring), plain: roomWith(plainKeyring(keyring)) };
  const actor = actorOf(company);
  const reach = reachOf(actor, 'contact.update');
  const made = { sealed: [] as Made[], plain: [] as Made[] };
  const results: SealedUpdateResult[] = [];
  const meter = openMeter(company.dataFolder);
  try {
    for (const side of ['sealed', 'plain'] as const) {
      for (let at = 0; at < records; at += 1) {
        const fields = { lastName: 'Шевченко', firstName: `Оксана ${at}`, phones: [phone(at)] };
        made[side].push(await sides[side].room.create(actor, reach, fields));
      }
    }
    for (const field of ['notes', 'phones'] as const) {
      const spent = { sealed: [] as number[], plain: [] as number[] };
      const change = (side: 'sealed' | 'plain') => async (round: number) => {
        const list = made[side];
        const spentBefore = meter();
        const seconds = await secondsOf(async () => {
          for (let at = 0; at < updatesPerRound; at += 1) {
            const one = list[at % list.length]!;
            const value =
              field === 'notes'
                ? createHash('sha256').update(`${round}/${at}`).digest('hex')
                : [phone(round * updatesPerRound + at + records)];
            one.version = (
              await sides[side].room.change(actor, reach, one.id, one.version, { [field]: value })
            ).version;
          }
        });
        if (round > 0) spent[side].push((meter() - spentBefore) / updatesPerRound);
        return (seconds * 1000) / updatesPerRound;
      };
      const taken = await inTurn(rounds, { sealed: change('sealed'), plain: change('plain') });
      const figures = (of: typeof spent) => ({
        sealed: middle(of.sealed),
        plain: middle(of.plain),
        longer: middle(of.sealed.map((one, at) => one / of.plain[at]! - 1)),
      });
      results.push({ field, ...figures(taken), processor: figures(spent) });
    }
    return results;
  } finally {
    for (const side of ['sealed', 'plain'] as const) await sides[side].auditLog.close();
    await forget(
      given,
      [...made.sealed, ...made.plain].map(({ id }) => id),
      address,
    );
  }
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
