/**
 * The log is made to forget: by whoever took the app over, by an owner who shortens the time of keeping, by the owner of the database who
 * takes entries out and says that a rule did it. What is lawfully deleted leaves a log that goes on to hold.
 */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { AuditLevel } from '#contract';
import type { Database, Transaction } from '#database';
import { openEvidence } from '#contract/tlog';
import { doerOf } from '#protections/audit-log';
import { logHash, verifyLog, writeEvidence } from '#protections/audit-log/tree';
import { ed25519Pair, ed25519Verify, systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { logKeyFrom } from '../tree/log-key.ts';
import { sealEntries } from '../tree/seal-entries.ts';
import { pruneLog, retentionHandlers, retentionPosture } from './index.ts';
import { countLevels } from './retention-store.ts';

let world: World;
const worlds: World[] = [];
let handlers: ReturnType<typeof retentionHandlers>;
const logKey = logKeyFrom(ed25519Pair().seed);
const day = 86_400_000;
const id = () => world.organizationId;
const key = () => logKey.keyOf(id());
const admin = (text: string) => world.test.admin.unsafe(text);
const seal = () => sealEntries({ database: world.database, logKey, clock: world.clock }, id());
const prune = () => pruneLog(world, id());

beforeEach(async () => {
  world = await openWorld();
  worlds.push(world);
  world.clock.move(Date.now() - world.clock.now().getTime());
  handlers = retentionHandlers({ ...world, nameOf: async () => () => '—' });
  // What opening the world wrote is of today, and the log begins with what is old.
  await admin('DELETE FROM audit_entries');
  await admin('DELETE FROM audit_strays');
});
after(async () => {
  for (const one of worlds) await one.close();
});

/** Entries written so many days ago. */
async function record(who: CastMember, daysAgo: number, count: number, subjectIds: string[] = []): Promise<void> {
  const seals = await world.keyring.of(id());
  const clockNow = world.clock.now().getTime();
  world.clock.move(Date.now() - daysAgo * day - clockNow);
  await world.database.act(systemReach(id()), async (tx) => {
    for (let at = 0; at < count; at += 1)
      await world.auditLog.record(tx, seals, doerOf(who.actor), {
        event: 'contact.opened',
        subjectKind: 'contact',
        subjectIds,
      });
  });
  world.clock.move(clockNow - world.clock.now().getTime());
  await seal();
}
const say = (level: AuditLevel, days: number | null) =>
  handlers['PUT /api/v1/security/retention']({ actor: world.cast.owner.actor, body: { level, days } } as never);
const hold = (of: 'all' | 'person' | 'record', subjectId?: string) =>
  handlers['POST /api/v1/security/holds']({
    actor: world.cast.owner.actor,
    body: { of, reason: 'Запит суду', ...(subjectId === undefined ? {} : { subjectId }) },
  } as never);
const lift = (holdId: string) =>
  handlers['DELETE /api/v1/security/holds/:id']({ actor: world.cast.owner.actor, params: { id: holdId } } as never);
/** A week later, for the rules. */
const weekLater = () => admin(`UPDATE retention_rules SET said_at = said_at - interval '8 days'`);
const left = async (event = 'contact.opened') => {
  const [row] = await world.test.admin`SELECT count(*)::int AS count FROM audit_entries WHERE event = ${event}`;
  return row!['count'] as number;
};

async function verified() {
  await seal();
  return verifyLog({ database: world.database, key: key(), now: new Date() }, id());
}
async function evidence(part: { from?: number; to?: number } = {}, meanwhile?: () => Promise<unknown>) {
  const reader = openEvidence({ hash: logHash, verify: ed25519Verify, keys: [key()], remembered: [], now: Date.now() });
  let rest = '';
  let worked: Promise<unknown> | undefined;
  for await (const piece of writeEvidence({ database: world.database, key: key(), organizationId: id() }, part)) {
    await (worked ??= meanwhile?.());
    const lines = (rest + piece.toString()).split('\n');
    rest = lines.pop()!;
    for (const line of lines) reader.line(line);
  }
  return reader.end();
}
const kinds = (list: readonly { kind: string }[]) => [...new Set(list.map(({ kind }) => kind))].toSorted();
const postureHolds = async () => {
  const [check] = retentionPosture({ database: world.database, organizations: async () => [id()] });
  return (await check!.run()).ok;
};

test('what is three years old goes, what is younger stays, and the log holds for everybody who verifies it', async () => {
  const { manager } = world.cast;
  await record(manager, 1200, 300);
  await record(manager, 1000, 40);
  await record(manager, 1, 5);
  assert.equal(await prune(), 300);
  assert.equal(await left(), 45);
  const [strays] = await world.test.admin`SELECT count(*)::int AS gone FROM audit_strays s
    WHERE NOT EXISTS (SELECT FROM audit_entries e WHERE e.organization_id = s.organization_id AND e.id = s.entry_id)`;
  assert.equal(strays!['gone'], 0, 'what is gone is not named any more');
  const { findings, pruned } = await verified();
  assert.deepEqual([findings, pruned], [[], 300]);
  const report = await evidence();
  assert.deepEqual([report.findings, report.gone, report.pruned], [[], 300, 300]);
  assert.equal(await left('audit.pruned'), 1);
  assert.equal(await prune(), 0, 'a second night finds nothing');
  assert.equal(await postureHolds(), true);
});

test('whoever took the app over deletes nothing whose time is not over, whatever it says', async () => {
  await record(world.cast.manager, 1, 5);
  const asApp = <T>(work: (tx: Transaction) => Promise<T>) => world.database.act(systemReach(id()), work);
  await assert.rejects(
    asApp((tx) => tx`DELETE FROM audit_entries`),
    { code: '42501' },
  );
  const gone = await asApp(async (tx) => {
    const rows = await tx`SELECT lubart_prune_entries(array_agg(id)) FROM audit_entries`;
    return rows.length;
  });
  assert.deepEqual([gone, await left()], [0, 5]);
});

test('nothing goes while a hold stands: on everything, on a person, on a record', async () => {
  const { manager, colleague } = world.cast;
  const record1 = '01a00000-0000-7000-8000-000000000001';
  await record(manager, 1300, 3);
  await record(colleague, 1300, 2);
  await record(colleague, 1300, 4, [record1]);
  const placed = [await hold('all'), await hold('person', manager.personId), await hold('record', record1)];
  assert.equal(await prune(), 0);
  await lift(placed[0]!.id);
  assert.equal(await prune(), 2, 'only what no hold is about');
  await lift(placed[1]!.id);
  assert.equal(await prune(), 3);
  await lift(placed[2]!.id);
  assert.equal(await prune(), 4);
  await assert.rejects(lift(placed[2]!.id), { code: 'hold.not_found' });
  const { holds } = await handlers['GET /api/v1/security/retention']({ actor: world.cast.owner.actor } as never);
  assert.deepEqual(
    new Set(holds.map(({ reason, liftedBy }) => [reason, liftedBy !== null].join())),
    new Set(['Запит суду,true']),
  );
  const [row] = await world.test.admin`SELECT string_agg(encode(sealed, 'escape'), '') AS all FROM legal_holds`;
  assert.ok(!String(row!['all']).includes('суду'), 'the reason is sealed');
});

test('what is counted as due is what the database would let go, whoever holds what; of more than is counted it is said so', async () => {
  const { manager, colleague } = world.cast;
  const record1 = '01a00000-0000-7000-8000-000000000001';
  await record(manager, 1300, 3);
  await record(colleague, 1300, 2);
  await record(colleague, 1300, 4, [record1]);
  await record(colleague, 1, 6);
  const count = (countedMax?: number) =>
    world.database.read(systemReach(id()), async (tx) => {
      const [over] = await tx<{ count: number }[]>`SELECT count(*)::int AS count FROM audit_entries
        WHERE level = 'data' AND lubart_is_over(level, at, event, actor_id, subject_ids)`;
      const data = (await countLevels(tx, id(), countedMax)).find(({ level }) => level === 'data')!;
      return { over: over!.count, ...data };
    });
  for (const [due, put] of [
    [9, () => hold('record', record1)],
    [5, () => hold('person', manager.personId)],
    [2, () => hold('all')],
    [0, async () => {}],
  ] as const) {
    const counted = await count();
    assert.deepEqual([counted.due, counted.over, counted.dueMore], [due, due, false]);
    await put();
  }
  const exact = await count(15);
  assert.deepEqual([exact.entries, exact.entriesMore, exact.dueMore], [15, false, false]);
  const capped = await count(5);
  assert.deepEqual([capped.entries, capped.entriesMore, capped.due, capped.dueMore], [5, true, 0, true]);
});

test('a time that is shortened counts from a week later, one that is made longer counts at once', async () => {
  await record(world.cast.manager, 300, 2);
  const { levels } = await say('data', 200);
  const data = levels.find(({ level }) => level === 'data')!;
  assert.deepEqual([data.days, data.counts, data.due], [200, 1095, 0]);
  assert.equal(await prune(), 0);
  await weekLater();
  const { levels: later } = await handlers['GET /api/v1/security/retention']({
    actor: world.cast.owner.actor,
  } as never);
  assert.deepEqual(later.find(({ level }) => level === 'data')!.due, 2);
  const now = (await say('data', null)).levels.find(({ level }) => level === 'data')!;
  assert.deepEqual([now.days, now.counts, now.due], [null, null, 0], 'for ever, from this moment on');
  assert.equal(await prune(), 0);
  await say('data', 200);
  assert.equal(await prune(), 0);
  await weekLater();
  await weekLater();
  assert.equal(await prune(), 2);
});

test('no rule keeps for less than half a year, in no way of saying it', async () => {
  await assert.rejects(say('security', 179), /retention_rules_days_check/);
  await assert.rejects(
    world.database.act(
      systemReach(id()),
      (tx) => tx`INSERT INTO retention_rules (organization_id, level, days, said_by)
        VALUES (${id()}, 'data', 1, ${world.cast.owner.personId})`,
    ),
  );
});

test('an old entry that somebody edited is not cleared away with the others: it stays and is named', async () => {
  const { manager } = world.cast;
  await record(manager, 1400, 6);
  await admin(`UPDATE audit_entries SET bytes = bytes || ' '::bytea WHERE id = (
    SELECT id FROM audit_entries WHERE at < now() - interval '1350 days' ORDER BY id LIMIT 1)`);
  assert.equal(await prune(), 5);
  assert.ok(kinds((await verified()).findings).includes('entry_changed'));
  await admin(`UPDATE audit_entries SET bytes = substring(bytes FOR octet_length(bytes) - 1)
    WHERE at < now() - interval '1350 days' AND bytes LIKE '% '::bytea`);
  assert.equal(await prune(), 1);
  assert.deepEqual((await verified()).findings, []);
});

test('what says that others were deleted is never deleted, and nothing is before a signed head stands over it', async () => {
  const { manager } = world.cast;
  await record(manager, 1300, 3);
  assert.equal(await prune(), 3);
  await admin(`UPDATE audit_entries SET at = at - interval '1300 days' WHERE event = 'audit.pruned'`);
  await seal();
  await record(manager, 1290, 2);
  await admin(`DELETE FROM audit_checkpoints WHERE size = (SELECT max(size) FROM audit_checkpoints)`);
  assert.equal(await prune(), 0);
  assert.equal(await left('audit.pruned'), 1);
  await record(manager, 1280, 1);
  assert.equal(await prune(), 3);
});

/** Verified while others work on: the next of these is done before each question that follows those for the heads and the tree. */
async function verifiedWhile(isThreaded: boolean, ...works: (() => Promise<unknown>)[]) {
  let asked = 0;
  let worked: Promise<unknown> = Promise.resolve();
  const whileWorking = (database: Database): Database => ({
    ...database,
    read: async (reach, work) => {
      asked += 1;
      if (asked > 2) await (worked = worked.then(works.shift()));
      return database.read(reach, work);
    },
    openForCopies: (connections) => whileWorking(database.openForCopies(connections)),
  });
  const deps = { key: key(), now: new Date(), threadedFrom: isThreaded ? 0 : Infinity };
  const { findings, pruned } = await verifyLog({ database: whileWorking(world.database), ...deps }, id());
  assert.equal(works.length, 0);
  return { kinds: kinds(findings), pruned };
}

/** The owner of the database takes out the newest of these, and says that a rule did it. */
async function takeOut(event: string, saysSo: boolean): Promise<void> {
  const [row] = await world.test.admin`
    SELECT l.position::int AS place, e.id FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id
    WHERE e.event = ${event} ORDER BY l.position DESC LIMIT 1`;
  await world.test.admin`DELETE FROM audit_entries WHERE id = ${row!['id'] as string}`;
  if (!saysSo) return;
  await world.auditLog.recordAlone(
    { organizationId: id(), actor: null, address: null, device: null, requestId: null },
    { event: 'audit.pruned', facts: { about: 'data', days: 1095, count: 1, places: String(row!['place']) } },
  );
}

for (const isThreaded of [false, true]) {
  const how = isThreaded ? 'in a thread' : 'at once';
  test(`what the night prunes while the log is verified ${how} is no finding, sealed by then or not`, async () => {
    const record1 = '01a00000-0000-7000-8000-000000000001';
    await record(world.cast.manager, 1300, 20);
    await record(world.cast.manager, 1300, 4, [record1]);
    const { id: held } = await hold('record', record1);
    const pruneMost = async () => assert.equal(await prune(), 20);
    const pruneRest = async () => {
      await seal();
      await lift(held);
      assert.equal(await prune(), 4);
    };
    const { kinds: found, pruned } = await verifiedWhile(isThreaded, pruneMost, pruneRest);
    assert.deepEqual([found, pruned >= 20], [[], true]);
    const later = await verified();
    assert.deepEqual([later.findings, later.pruned], [[], 24]);
  });

  test(`what somebody takes out while the log is verified ${how} is named, also when they call it a pruning`, async () => {
    await record(world.cast.manager, 1, 8);
    assert.deepEqual((await verified()).findings, []);
    const takenOut = await verifiedWhile(isThreaded, () => takeOut('contact.opened', false));
    assert.deepEqual(takenOut.kinds, ['entry_gone']);
    const excused = await verifiedWhile(isThreaded, () => takeOut('contact.opened', true));
    assert.deepEqual(excused.kinds, ['entry_gone', 'pruned_young']);
  });
}

test('a piece of the log shows what says that a rule took its entries, however far behind it stands', async () => {
  await record(world.cast.manager, 1300, 20);
  await record(world.cast.manager, 1, 30);
  assert.equal(await prune(), 20);
  await seal();
  await record(world.cast.manager, 1290, 10);
  assert.equal(await prune(), 10, 'of which no piece below says anything');
  await seal();
  const piece = await evidence({ from: 0, to: 15 });
  assert.deepEqual([piece.findings, piece.gone, piece.pruned, piece.entries], [[], 15, 15, 1]);
  const later = await evidence({ from: 18, to: 25 });
  assert.deepEqual([later.findings, later.gone, later.pruned, later.entries], [[], 2, 2, 6]);
  const young = await evidence({ from: 20, to: 25 });
  assert.deepEqual([young.findings, young.gone, young.entries], [[], 0, 5], 'what is there needs no excuse');
});

for (const isSealed of [true, false])
  test(`what the night prunes while a file of evidence is written is no finding, ${isSealed ? 'sealed' : 'not sealed'} by then`, async () => {
    const record1 = '01a00000-0000-7000-8000-000000000001';
    await record(world.cast.manager, 1310, 2_500, [record1]);
    await record(world.cast.manager, 1300, 20);
    await hold('record', record1);
    let sealing: Promise<unknown> | undefined;
    const report = await evidence({}, async () => {
      assert.equal(await prune(), 20);
      if (isSealed) await seal();
      else sealing = new Promise((done) => setTimeout(done, 300)).then(seal);
    });
    await sealing;
    assert.deepEqual([report.findings, report.pruned], [[], 20]);
  });

test('what somebody takes out while a file of evidence is written is named', async () => {
  await record(world.cast.manager, 1, 2_500);
  const report = await evidence({}, () => takeOut('contact.opened', false));
  assert.deepEqual(kinds(report.findings), ['entry_gone']);
});

test('a file of evidence whose excuse nobody seals is not written as if there were none', async () => {
  await record(world.cast.manager, 1300, 3);
  assert.equal(await prune(), 3);
  await assert.rejects(evidence(), { code: 'audit.not_sealed' });
});

test('the owner of the database takes out what happened yesterday and says that a rule did it', async () => {
  const { manager } = world.cast;
  await record(manager, 1, 8);
  const [row] = await world.test.admin`
    SELECT l.position FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id
    WHERE e.event = 'contact.opened' ORDER BY l.position DESC LIMIT 1`;
  const place = Number(row!['position']);
  await admin(`DELETE FROM audit_entries WHERE id = (SELECT entry_id FROM audit_leaves WHERE position = ${place})`);
  assert.deepEqual(kinds((await verified()).findings), ['entry_gone']);
  assert.deepEqual(kinds((await evidence()).findings), ['entry_gone']);
  for (const years of [50, 0]) {
    world.clock.move(years * 365 * day);
    await world.auditLog.recordAlone(
      { organizationId: id(), actor: null, address: null, device: null, requestId: null },
      { event: 'audit.pruned', facts: { about: 'data', days: 1095, count: 1, places: String(place) } },
    );
    world.clock.move(-years * 365 * day);
    // What is written after an entry of fifty years later says so, too.
    const expected = years === 0 ? ['clock_back', 'pruned_young'] : ['pruned_young'];
    assert.deepEqual(kinds((await verified()).findings), expected);
  }
  assert.ok(kinds((await evidence()).findings).includes('pruned_young'));
});
