/**
 * What the gates cost: a decision of the policy, a session checked, a sign-in beside its hash, and the rows of one’s own and of
 * a department found by row-level security beside the same statement with the condition written out.
 */
import type { Database, Reach, Sql } from '#database';
import { connect, openDatabase } from '#database';
import { systemClock } from '#kernel';
import { reaches, scopeOf } from '#protections/access';
import { openKeyring, openRootKeyFile } from '#protections/encryption';
import { hashPassword, openRules, openSessions, verifyPassword } from '#protections/sign-in';
import { actorOf } from './measured-actor.ts';
import type { Company, Person } from './prepare-company.ts';
import type { Served } from './serve.ts';
import { codeOf, exchangeAsSignIn, signInFresh, tryToSignIn } from './serve.ts';

/** Medians of one statement’s execution, milliseconds within PostgreSQL; `times` is the ratio of the two. */
export type ScopeResult = {
  statement: string;
  side: 'with' | 'alone';
  scope: 'own' | 'department';
  rls: number;
  explicit: number;
  times: number;
  /** What planning takes longer, milliseconds. */
  planning: number;
  /** The same as the asker feels it: in a transaction, over the socket, prepared, with its rows; milliseconds and their ratio. */
  asked: { rls: number; explicit: number; times: number };
};

export type GatesResult = {
  decisionMicros: number;
  /** Milliseconds of a session that is in memory, and of one that has to be read anew (once a second for each). */
  session: { kept: number; read: number };
  /**
   * Milliseconds of both steps of a sign-in over HTTP, of its password hash alone, of one exchange that asks for nothing, and of what two take
   * longer that have the form of a sign-in; `beside`: what is left.
   */
  signIn: { whole: number; hash: number; exchange: number; form: number; beside: number };
  scopes: ScopeResult[];
};

export async function measureGates(company: Company, served: Served, floor: { origin: string }): Promise<GatesResult> {
  const database = openDatabase(served.address, 2);
  const admin = connect(served.address, 'admin');
  try {
    return {
      decisionMicros: measureDecision(company),
      session: await measureSession(company, served, database),
      signIn: await measureSignIn(company, served, admin, floor),
      scopes: await measureScopes(company, database, admin),
    };
  } finally {
    await admin.end();
    await database.close();
  }
}

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Microseconds for one answer about one record, over every scope. */
function measureDecision(company: Company): number {
  const actor = actorOf(company);
  const records = company.samples.slice(0, 100).map((_, at) => ({
    ownerId: at % 2 === 0 ? actor.personId : company.owner.personId,
    departmentId: at % 3 === 0 ? actor.departmentId : company.owner.departmentId,
  }));
  let granted = 0;
  const rounds = Array.from({ length: 11 }, () => {
    const startedAt = performance.now();
    for (let at = 0; at < 100_000; at += 1) {
      if (scopeOf(actor, 'contact.update') !== 'none' && reaches(actor, 'contact.read', records[at % records.length]!))
        granted += 1;
    }
    return ((performance.now() - startedAt) * 1000) / 100_000;
  });
  if (granted === 0) throw new Error('the measured manager may read nothing');
  return middle(rounds);
}

async function measureSession(company: Company, served: Served, database: Database): Promise<GatesResult['session']> {
  const keyring = openKeyring(await openRootKeyFile(company.keyFile, false), database);
  const rules = openRules({ database, clock: systemClock });
  const sessions = openSessions({ database, keyring, clock: systemClock, rules });
  const cookie = await signInFresh(served.origin, company.manager);
  const token = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1));
  const visitor = { address: '127.0.0.1', device: 'bench', requestId: 'bench' };
  const time = async (times: number) => {
    const startedAt = performance.now();
    for (let at = 0; at < times; at += 1) await sessions.actorOf(token, visitor);
    return (performance.now() - startedAt) / times;
  };
  const read: number[] = [];
  const kept: number[] = [];
  for (let round = 0; round < 51; round += 1) {
    sessions.forget();
    read.push(await time(1));
    kept.push(await time(200));
  }
  await sessions.settle();
  return { kept: middle(kept), read: middle(read) };
}

/**
 * Everybody of the company in turn, in a server that has let in everybody before: the first answers of a process are slower, whatever it
 * answers. The hash is taken before and after each sign-in, and so is the empty exchange: right after a hash, which empties the caches. A
 * code opens once, so what was used is forgotten in the database each time.
 */
async function measureSignIn(
  company: Company,
  served: Served,
  admin: Sql,
  floor: { origin: string },
): Promise<GatesResult['signIn']> {
  const { managers, manager } = company;
  const form = await measureForm(manager, floor);
  const stored = await hashPassword(manager.password);
  const hash = () => timed(() => verifyPassword(stored, manager.password));
  const exchange = () => timed(async () => (await fetch(`${served.origin}/healthz`)).text());
  const rounds: Omit<GatesResult['signIn'], 'form'>[] = [];
  for (let round = -signInsBefore; round < signInsMeasured; round += 1) {
    const person = managers[(round + signInsBefore) % managers.length]!;
    await admin`UPDATE authenticators SET last_step = 0`;
    const code = codeOf(person);
    const before = { hash: await hash(), exchange: await exchange() };
    let cookie: string | undefined;
    const whole = await timed(async () => (cookie = await tryToSignIn(served.origin, person, code)));
    if (cookie === undefined) throw new Error(`${person.email} could not sign in`);
    const after = { hash: await hash(), exchange: await exchange() };
    const [hashed, exchanged] = [(before.hash + after.hash) / 2, (before.exchange + after.exchange) / 2];
    if (round >= 0)
      rounds.push({ whole, hash: hashed, exchange: exchanged, beside: whole - hashed - 2 * exchanged - form });
  }
  const middleOf = (part: keyof (typeof rounds)[number]) => middle(rounds.map((round) => round[part]));
  return {
    whole: middleOf('whole'),
    hash: middleOf('hash'),
    exchange: middleOf('exchange'),
    form,
    beside: middleOf('beside'),
  };
}

/**
 * What the two exchanges of a sign-in take longer than two that bring nothing and are answered in a word: a body is written as JSON, sent,
 * read, and its answer parsed, most of it by the client, which is this process. No server can save it, so it is measured at the floor, each
 * time behind a hash, as in a sign-in.
 */
async function measureForm(person: Person, { origin }: { origin: string }): Promise<number> {
  const stored = await hashPassword(person.password);
  const behindHash = async (work: () => Promise<unknown>) => {
    await verifyPassword(stored, person.password);
    return timed(work);
  };
  const plain = async () => {
    for (let nth = 0; nth < 2; nth += 1) await (await fetch(`${origin}/nothing`)).text();
  };
  const formed = () => exchangeAsSignIn(origin, person);
  const differences: number[] = [];
  for (let round = -20; round < 80; round += 1) {
    const [first, second] = round % 2 === 0 ? [plain, formed] : [formed, plain];
    const [one, two] = [await behindHash(first), await behindHash(second)];
    if (round >= 0) differences.push(round % 2 === 0 ? two - one : one - two);
  }
  return middle(differences);
}

const signInsBefore = 60;
const signInsMeasured = 200;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const statements = [
  {
    name: 'newest fifty',
    text: 'SELECT id, sealed FROM contacts WHERE archived_at IS NULL',
    end: 'ORDER BY id DESC LIMIT 50',
  },
  { name: 'count', text: 'SELECT count(*) FROM contacts WHERE archived_at IS NULL', end: '' },
];

/**
 * “With” is how the lists ask: they name the holders they walk (crm/records/walk-holders.ts), and row-level security comes on top.
 * “Alone” leaves everything to row-level security.
 */
async function measureScopes(company: Company, database: Database, admin: Sql): Promise<ScopeResult[]> {
  const actor = actorOf(company);
  const { organizationId, personId, departmentIds } = actor;
  const conditions = {
    own: { text: 'owner_id = $2', values: [personId] },
    department: { text: '(department_id = ANY ($3::uuid[]) OR owner_id = $2)', values: [personId, departmentIds] },
  };
  const results: ScopeResult[] = [];
  for (const { name, text, end } of statements) {
    for (const scope of ['own', 'department'] as const) {
      const reach: Reach = { organizationId, personId, departmentIds, scope, shares: 'contact.read' };
      const explicit: Asked = {
        text: `${text} AND organization_id = $1 AND ${conditions[scope].text} ${end}`,
        values: [organizationId, ...conditions[scope].values],
      };
      const alone: Asked = { text: `${text} AND organization_id = $1 ${end}`, values: [organizationId] };
      const sides = {
        with: () => database.read(reach, (tx) => explain(tx, explicit)),
        alone: () => database.read(reach, (tx) => explain(tx, alone)),
        explicit: () => explain(admin, explicit),
      };
      const took = { with: [] as Took[], alone: [] as Took[], explicit: [] as Took[] };
      for (let round = 0; round < 15; round += 1) {
        for (const side of ['with', 'alone', 'explicit'] as const) took[side].push(await sides[side]());
      }
      const asks = {
        with: () => database.read(reach, (tx) => askPrepared(tx, explicit)),
        alone: () => database.read(reach, (tx) => askPrepared(tx, alone)),
        explicit: () => askPast(admin, reach, explicit),
      };
      const felt = { with: [] as number[], alone: [] as number[], explicit: [] as number[] };
      for (let round = 0; round < 101; round += 1) {
        for (const side of ['with', 'alone', 'explicit'] as const) felt[side].push(await timed(asks[side]));
      }
      for (const side of ['with', 'alone'] as const) {
        const pairs = took[side].map((secured, at) => ({ secured, plain: took.explicit[at]! }));
        results.push({
          statement: name,
          side,
          scope,
          rls: middle(took[side].map(({ execution }) => execution)),
          explicit: middle(took.explicit.map(({ execution }) => execution)),
          times: middle(pairs.map(({ secured, plain }) => secured.execution / plain.execution)),
          planning: middle(pairs.map(({ secured, plain }) => secured.planning - plain.planning)),
          asked: {
            rls: middle(felt[side]),
            explicit: middle(felt.explicit),
            times: middle(felt[side]) / middle(felt.explicit),
          },
        });
      }
    }
  }
  return results;
}

/** The same transaction past row-level security: BEGIN, settings and statement leave together, and nobody waits for its end. */
async function askPast(admin: Sql, reach: Reach, asked: Asked): Promise<unknown> {
  const began = admin.unsafe(`BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY;
SET LOCAL lubart.organization_id = '${reach.organizationId}';
SET LOCAL lubart.person_id = '${reach.personId ?? ''}';
SET LOCAL lubart.department_ids = '{${reach.departmentIds.join(',')}}';
SET LOCAL lubart.scope = '${reach.scope}';
SET LOCAL lubart.shares = '${reach.shares ?? ''}';`);
  void began.simple().execute();
  const rows = await askPrepared(admin, asked);
  void admin.unsafe('COMMIT').execute();
  return rows;
}

/** With parameters, as every list asks (crm/records/statement.ts): planned once on a connection and not each time. */
type Asked = { text: string; values: unknown[] };
const askPrepared = (sql: Sql, { text, values }: Asked): Promise<unknown> =>
  sql.unsafe(text, values as never[], { prepare: true }).execute();

type Took = { planning: number; execution: number };

async function explain(sql: Sql, { text, values }: Asked): Promise<Took> {
  const [row] = await sql.unsafe(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, values as never[]);
  const [plan] = row!['QUERY PLAN'] as { 'Planning Time': number; 'Execution Time': number }[];
  return { planning: plan!['Planning Time'], execution: plan!['Execution Time'] };
}
