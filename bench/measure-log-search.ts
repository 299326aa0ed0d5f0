/**
 * Finding in a long log: entries of many people, days, addresses and clients, one client in every third of them, are put in; PostgreSQL
 * is started anew; then every question is asked once on pages that nobody has read since, and often after that, as the app asks it: the app’s
 * role, within row-level security, names opened.
 */
import type { AuditQueryValue } from '#contract';
import { connect, openDatabase, startEmbeddedPostgres } from '#database';
import { newId, systemClock } from '#kernel';
import { countEntries, listEntries, openAuditLog } from '#protections/audit-log';
import { indexEntries, logKeyFile, openLogKey, sealAll } from '#protections/audit-log/tree';
import { openKeyring, openRootKeyFile, systemReach } from '#protections/encryption';
import { secondsOf } from './log-parts.ts';
import { actorOf } from './measured-actor.ts';
import type { Company } from './prepare-company.ts';

/** Milliseconds: the first time after a start, and the middle and the 95th percentile of the times after that. */
export type LogSearchResult = { question: string; first: number; middle: number; late: number };

const entriesPerInsert = 50_000;
const asked = 40;

type Question = { what: string; count?: true; query: (round: number) => AuditQueryValue };

export async function measureLogSearch(company: Company, entries: number): Promise<LogSearchResult[]> {
  const { organizationId } = company;
  await within(company, (given) => fillLog(company, given, entries));
  return within(company, async ({ database, keyring }) => {
    const reach = systemReach(organizationId);
    const results: LogSearchResult[] = [];
    for (const { what, count, query } of await questionsOf(company, (given) =>
      listEntries(database, keyring, reach, given),
    )) {
      const times: number[] = [];
      for (let round = 0; round <= asked; round += 1) {
        const given = query(round);
        const ask = () => (count ? countEntries(database, reach, given) : listEntries(database, keyring, reach, given));
        times.push((await secondsOf(ask)) * 1000);
      }
      const later = times.slice(1).toSorted((one, other) => one - other);
      const at = (part: number) => later[Math.floor(later.length * part)]!;
      results.push({ question: what, first: times[0]!, middle: at(0.5), late: at(0.95) });
    }
    return results;
  });
}

type Given = {
  address: Parameters<typeof connect>[0];
  database: ReturnType<typeof openDatabase>;
  keyring: ReturnType<typeof openKeyring>;
};

async function within<T>(company: Company, work: (given: Given) => Promise<T>): Promise<T> {
  const { socketFolder, port, superuser, database: name, password, stop } = await startEmbeddedPostgres(company);
  const address = { socketFolder, port, superuser, database: name, ...(password === undefined ? {} : { password }) };
  const database = openDatabase(address, 4);
  try {
    return await work({
      address,
      database,
      keyring: openKeyring(await openRootKeyFile(company.keyFile, false), database),
    });
  } finally {
    await database.close();
    await stop();
  }
}

const events = ['contact.updated', 'contact.read', 'contact.listed', 'contact.created', 'company.read'] as const;
const rareEvent = 'contact.exported';

/** One real entry, many times over; what the search goes by is of many kinds. The oldest is a year old. */
async function fillLog(company: Company, { address, database, keyring }: Given, wanted: number): Promise<void> {
  const { organizationId, samples, managers } = company;
  const admin = connect(address, 'admin');
  // What the benches before it copied under other ids does not open.
  await admin.unsafe(
    'TRUNCATE audit_entries, audit_index, audit_indexed, audit_leaves, audit_tiles, audit_trees, audit_checkpoints, audit_strays',
  );
  const auditLog = openAuditLog(database, keyring, systemClock);
  const doer = {
    organizationId,
    actor: actorOf(company),
    address: '198.51.100.7',
    device: 'Firefox, Linux',
    requestId: newId(),
  };
  await auditLog.recordAlone(doer, { event: 'contact.updated', subjectKind: 'contact', subjectIds: [samples[0]!.id] });
  await auditLog.close();
  const people = managers.map(({ personId }) => personId);
  const clients = samples.map(({ id }) => id);
  try {
    for (let done = 0; done < wanted; done += entriesPerInsert) {
      await admin`
        INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids, request_id, address, device, bytes)
        SELECT e.organization_id, uuidv7(n.at - clock_timestamp()), n.at, CASE WHEN n.chance < 0.02 THEN 'security' ELSE 'data' END,
          CASE WHEN n.chance BETWEEN 0.5 AND 0.5001 THEN ${rareEvent} ELSE (${[...events]}::text[])[1 + floor(n.other * n.other * 5)::int] END,
          CASE WHEN n.chance < 0.01 THEN 'refused' ELSE 'done' END, (${people}::uuid[])[1 + floor(n.chance * n.other * ${people.length})::int],
          ('00000000-0000-4000-8000-' || lpad((n.number / 200)::text, 12, '0'))::uuid,
          ARRAY[(${clients}::uuid[])[CASE WHEN n.chance < 0.3 THEN 1 ELSE 1 + floor(n.other * ${clients.length})::int END]],
          'request-' || n.number, '198.51.' || floor(n.other * 40)::int || '.' || floor(n.chance * 200)::int, e.device, e.bytes
        FROM audit_entries e, (
          SELECT number, random() AS chance, random() AS other, date_trunc('milliseconds', now() - interval '1 year'
            + number * (interval '1 year' / ${wanted}::int)) AS at
          FROM generate_series(${done}::int, ${Math.min(done + entriesPerInsert, wanted) - 1}::int) AS number) AS n
        WHERE e.organization_id = ${organizationId} AND e.request_id = ${doer.requestId}`;
    }
    const logKey = await openLogKey(logKeyFile(company.keyFile), await openRootKeyFile(company.keyFile, false), true);
    await sealAll({ database, logKey, clock: systemClock }, organizationId);
    await indexEntries(database, organizationId);
    await admin.unsafe('VACUUM ANALYZE audit_entries, audit_index, audit_leaves');
  } finally {
    await admin.end();
  }
}

async function questionsOf(
  { samples, managers }: Company,
  list: (query: AuditQueryValue) => Promise<{ rows: { id: string }[] }>,
): Promise<Question[]> {
  const day = 86_400_000;
  const back = (days: number) => new Date(Date.now() - days * day).toISOString();
  const person = (round: number) => managers[round % managers.length]!.personId;
  const client = (round: number) => samples[1 + ((round * 7) % (samples.length - 1))]!.id;
  const event = (round: number) => events[round % events.length]!;
  const { rows } = await list({ limit: 50 });
  const one = (round: number) => rows[round % rows.length]!.id;
  return [
    { what: 'the newest fifty', query: () => ({}) },
    { what: 'a page a year back', query: (round) => ({ to: back(200 + round) }) },
    { what: 'one day', query: (round) => ({ from: back(100 + round), to: back(99 + round) }) },
    { what: 'a level', query: () => ({ level: 'security' }) },
    { what: 'refusals', query: (round) => ({ outcome: 'refused', to: back(round) }) },
    { what: 'a frequent event', query: (round) => ({ event: event(round) }) },
    { what: 'a rare event', query: () => ({ event: rareEvent }) },
    { what: 'a person', query: (round) => ({ actorId: person(round) }) },
    { what: 'a person and an event', query: (round) => ({ actorId: person(round), event: event(round) }) },
    { what: 'a person, refused', query: (round) => ({ actorId: person(round), outcome: 'refused' }) },
    { what: 'two things that never met', query: (round) => ({ actorId: person(round), event: 'backup.restored' }) },
    { what: 'a client', query: (round) => ({ subjectId: client(round) }) },
    { what: 'a client who is in a third of all entries', query: () => ({ subjectId: samples[0]!.id }) },
    { what: 'such a client and a rare event', query: () => ({ subjectId: samples[0]!.id, event: rareEvent }) },
    {
      what: 'a session',
      query: (round) => ({ sessionId: `00000000-0000-4000-8000-${String(round * 11).padStart(12, '0')}` }),
    },
    { what: 'a session that never was', query: () => ({ sessionId: newId() }) },
    { what: 'an address', query: (round) => ({ addressOf: one(round) }) },
    { what: 'a network', query: (round) => ({ networkOf: one(round) }) },
    { what: 'a request', query: (round) => ({ requestOf: one(round) }) },
    { what: 'a device (everybody’s)', query: (round) => ({ deviceOf: one(round) }) },
    { what: 'how many of a person', count: true, query: (round) => ({ actorId: person(round) }) },
    {
      what: 'how many of an event within a month',
      count: true,
      query: (round) => ({ event: event(round), from: back(60), to: back(30) }),
    },
    { what: 'how many of a client', count: true, query: (round) => ({ subjectId: client(round) }) },
  ];
}
