/**
 * Somebody looks into what happened, and somebody else would rather not be found: closes the investigation, lets marks go and waits for
 * the night, reads the notes out of the database, changes the file of evidence on its way to an auditor.
 */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { InvestigationView, MarkView, SavedFilterView } from '#contract';
import { investigationLimits } from '#contract';
import type { EvidenceReport } from '#contract/tlog';
import { evidenceLines, leafHash, openEvidence } from '#contract/tlog';
import { newId } from '#kernel';
import { doerOf } from '#protections/audit-log';
import { logHash, writeChosen } from '#protections/audit-log/tree';
import { ed25519Pair, ed25519Verify, systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { pruneLog } from '../retention/index.ts';
import { countLevels } from '../retention/retention-store.ts';
import { logKeyFrom } from '../tree/log-key.ts';
import { sealEntries } from '../tree/seal-entries.ts';
import { investigationHandlers } from './index.ts';

let world: World;
const worlds: World[] = [];
let handlers: ReturnType<typeof investigationHandlers>;
const logKey = logKeyFrom(ed25519Pair().seed);
const day = 86_400_000;
const id = () => world.organizationId;
const seal = () => sealEntries({ database: world.database, logKey, clock: world.clock }, id());
const written = () => ({ database: world.database, key: logKey.keyOf(id()), organizationId: id() });

beforeEach(async () => {
  world = await openWorld();
  worlds.push(world);
  world.clock.move(Date.now() - world.clock.now().getTime());
  handlers = investigationHandlers({
    ...world,
    nameOf: async () => () => '—',
    evidence: (_, ids) => writeChosen(written(), ids),
  });
});
after(async () => {
  for (const one of worlds) await one.close();
});

type Key = keyof typeof handlers;
/** What any of the routes answers. */
type Answer = InvestigationView & {
  rows: MarkView[];
  investigation: InvestigationView;
  filters: SavedFilterView[];
  bytes: AsyncIterable<Uint8Array>;
};
const ask = (who: CastMember, key: Key, given: object = {}): Promise<Answer> =>
  (handlers[key] as unknown as (call: unknown) => Promise<Answer>)({ actor: who.actor, query: {}, ...given });
const open = async (who: CastMember, name = 'Хто виніс базу'): Promise<string> =>
  (await ask(who, 'POST /api/v1/investigations', { body: { name, purpose: 'Скарга клієнта' } })).id;
const mark = (who: CastMember, of: string, entryIds: readonly string[], note = '') =>
  ask(who, 'POST /api/v1/investigations/:id/marks', { params: { id: of }, body: { entryIds, note } });
const unmark = (who: CastMember, of: string, entryId: string) =>
  ask(who, 'DELETE /api/v1/investigations/:id/marks/:entryId', { params: { id: of, entryId } });
const close = (who: CastMember, of: string) =>
  ask(who, 'POST /api/v1/investigations/:id/close', { params: { id: of }, body: { conclusion: 'Знайдено' } });
const marksOf = async (who: CastMember, of: string) =>
  (await ask(who, 'GET /api/v1/investigations/:id/marks', { params: { id: of } })).rows as {
    entryId: string;
    entry: object | null;
    note: string;
  }[];

/** An entry written so many days ago; with facts too long for one entry, the ids of all that it is. */
async function record(daysAgo: number, facts: Record<string, unknown> = {}): Promise<string> {
  const seals = await world.keyring.of(id());
  const entryId = newId();
  const now = world.clock.now().getTime();
  world.clock.move(-daysAgo * day);
  await world.database.act(systemReach(id()), (tx) =>
    world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), {
      event: 'contact.exported',
      facts,
      id: entryId,
    }),
  );
  world.clock.move(now - world.clock.now().getTime());
  await seal();
  return entryId;
}
const stands = async (entryId: string) =>
  (await world.test.admin`SELECT 1 FROM audit_entries WHERE id = ${entryId} OR bytes LIKE ${`%"of":"${entryId}"%`}`)
    .length;
const events = async () =>
  (await world.test.admin`SELECT event FROM audit_entries WHERE event LIKE 'investigation.%' ORDER BY id`).map(
    (row) => String(row['event']).split('.')[1],
  );

async function fileOf(who: CastMember, of: string): Promise<string> {
  const { bytes } = await ask(who, 'GET /api/v1/investigations/:id/evidence', { params: { id: of } });
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
function verify(file: string): EvidenceReport {
  const keys = [logKey.keyOf(id())];
  const reader = openEvidence({ hash: logHash, verify: ed25519Verify, keys, remembered: [], now: Date.now() });
  for (const line of file.split('\n')) reader.line(line);
  return reader.end();
}

test('an investigation is opened, entries are marked with notes, filters kept, and it is closed; each act is an entry', async () => {
  const { auditor } = world.cast;
  const [one, two] = [await record(1), await record(2)];
  const of = await open(auditor);
  assert.equal((await mark(auditor, of, [one, two], 'Обидва вивантаження за ніч')).marks, 2);
  await mark(auditor, of, [one], 'Саме це');
  const filter = { outcome: 'refused', actorId: world.cast.manager.personId };
  const kept = await ask(auditor, 'POST /api/v1/investigations/:id/filters', {
    params: { id: of },
    body: { title: 'Відмови Тараса', filter },
  });
  const found = await ask(auditor, 'GET /api/v1/investigations/:id', { params: { id: of } });
  assert.deepEqual(
    [found.investigation.marks, found.filters[0]?.filter, found.filters[0]?.title],
    [2, filter, 'Відмови Тараса'],
  );
  assert.deepEqual(
    new Set((await marksOf(auditor, of)).map(({ note }) => note)),
    new Set(['Саме це', 'Обидва вивантаження за ніч']),
  );
  await unmark(auditor, of, two);
  await ask(auditor, 'DELETE /api/v1/investigations/:id/filters/:filterId', { params: { id: of, filterId: kept.id } });
  const shut = await close(auditor, of);
  assert.deepEqual([shut.marks, shut.conclusion, shut.abilities], [1, 'Знайдено', { mark: false, lead: true }]);
  await assert.rejects(mark(auditor, of, [two]), { code: 'investigation.closed' });
  await ask(auditor, 'POST /api/v1/investigations/:id/reopen', { params: { id: of } });
  await assert.rejects(ask(auditor, 'POST /api/v1/investigations/:id/reopen', { params: { id: of } }), {
    code: 'investigation.open',
  });
  assert.deepEqual(await events(), [
    'opened',
    'marked',
    'marked',
    'filter_kept',
    'unmarked',
    'filter_forgotten',
    'closed',
    'reopened',
  ]);
});

test('names, purposes, notes and filters are nowhere open in the database, nor in the log', async () => {
  const { auditor } = world.cast;
  const of = await open(auditor, 'Справа Мельника');
  await mark(auditor, of, [await record(1)], 'Див. клієнтку Шевчук');
  await ask(auditor, 'POST /api/v1/investigations/:id/filters', {
    params: { id: of },
    body: { title: 'Усе про Шевчук', filter: { outcome: 'done' } },
  });
  for (const table of ['investigations', 'investigation_marks', 'investigation_filters', 'audit_entries']) {
    const [row] = await world.test.admin.unsafe(`SELECT string_agg(to_jsonb(t)::text, '') AS all FROM ${table} t`);
    const bytes = await world.test.admin.unsafe(
      table === 'audit_entries'
        ? `SELECT bytes FROM ${table}`
        : `SELECT sealed AS bytes FROM ${table} WHERE sealed IS NOT NULL`,
    );
    assert.ok(bytes.length > 0, table);
    const all = String(row!['all']) + bytes.map((one) => (one['bytes'] as Buffer).toString('utf8')).join('');
    for (const word of ['Мельника', 'Шевчук', 'Скарга']) assert.ok(!all.includes(word), `${table}: ${word}`);
  }
});

test('an entry of another organization cannot be marked, and an investigation of another is not there', async () => {
  const { auditor, outsider } = world.cast;
  const [own] = [await record(1)];
  const of = await open(auditor);
  await world.auditLog.recordAlone(doerOf(outsider.actor), { event: 'contact.exported' });
  const [theirs] = await world.test
    .admin`SELECT id FROM audit_entries WHERE organization_id = ${outsider.actor.organizationId} LIMIT 1`;
  await assert.rejects(mark(auditor, of, [own, theirs!['id'] as string]), { code: 'audit.not_found' });
  assert.deepEqual(await marksOf(auditor, of), []);
  for (const key of [
    'GET /api/v1/investigations/:id',
    'GET /api/v1/investigations/:id/marks',
    'GET /api/v1/investigations/:id/evidence',
  ] as const)
    await assert.rejects(ask(outsider, key, { params: { id: of } }), { code: 'investigation.not_found' }, key);
  await assert.rejects(mark(outsider, of, [theirs!['id'] as string]), { code: 'investigation.not_found' });
  assert.deepEqual((await ask(outsider, 'GET /api/v1/investigations')).rows, []);
});

test('whoever reads the log, but neither leads nor turns protections, closes nothing and takes back no mark of another', async () => {
  const { owner, auditor } = world.cast;
  const [entry] = [await record(1)];
  const of = await open(owner);
  await mark(owner, of, [entry]);
  for (const act of [() => close(auditor, of), () => unmark(auditor, of, entry)])
    await assert.rejects(act(), { code: 'access.denied' });
  await assert.rejects(
    ask(auditor, 'PATCH /api/v1/investigations/:id', { params: { id: of }, body: { name: 'Нічого', purpose: '' } }),
    { code: 'access.denied' },
  );
  // Made again it would be one’s own, and could be taken back.
  await assert.rejects(mark(auditor, of, [entry], 'Моє'), { code: 'access.denied' });
  const second = await record(2);
  await mark(auditor, of, [second]);
  await mark(auditor, of, [second], 'Ще раз');
  await unmark(auditor, of, second);
  await mark(owner, of, [second]);
  await mark(owner, of, [entry], 'Ще раз');
  assert.deepEqual(new Set((await marksOf(owner, of)).map(({ note }) => note)), new Set(['', 'Ще раз']));
  const keep = (who: CastMember) =>
    ask(who, 'POST /api/v1/investigations/:id/filters', { params: { id: of }, body: { title: 'Усе', filter: {} } });
  const forget = (who: CastMember, filterId: string) =>
    ask(who, 'DELETE /api/v1/investigations/:id/filters/:filterId', { params: { id: of, filterId } });
  const [theirs, own] = [await keep(owner), await keep(auditor)];
  await assert.rejects(forget(auditor, theirs.id), { code: 'access.denied' });
  await forget(auditor, own.id);
  assert.equal((await ask(owner, 'GET /api/v1/investigations/:id', { params: { id: of } })).filters.length, 1);
  const opened = await open(auditor);
  assert.ok((await close(owner, opened)).closedAt !== null, 'an owner may close what anybody opened');
});

test('a marked entry outlives its time, all parts of it, until a week after it was let go', async () => {
  const { auditor } = world.cast;
  const long = await record(1200, { list: 'ю'.repeat(60_000) });
  const [plain, taken] = [await record(1190), await record(1180)];
  assert.ok((await stands(long)) > 1, 'goes on in others');
  const parts = await stands(long);
  const of = await open(auditor);
  await mark(auditor, of, [long, taken]);
  const counted = await world.database.read(systemReach(id()), (tx) => countLevels(tx, id()));
  assert.equal(counted.find(({ level }) => level === 'data')?.due, 1, 'the page of keeping says the same');
  assert.equal(await pruneLog(world, id()), 1);
  assert.deepEqual([await stands(long), await stands(plain), await stands(taken)], [parts, 0, 1]);
  const gone = await world.database.act(
    systemReach(id()),
    (tx) => tx`SELECT lubart_prune_entries(ARRAY[${taken}::uuid])`,
  );
  assert.equal(gone.length, 0, 'nor when whoever took the app over asks for it by name');
  await unmark(auditor, of, taken);
  await close(auditor, of);
  assert.equal(await pruneLog(world, id()), 0, 'not on the same night');
  await world.test.admin`UPDATE investigation_marks SET removed_at = removed_at - interval '8 days'`;
  assert.equal(await pruneLog(world, id()), 1);
  await world.test.admin`UPDATE investigations SET closed_at = closed_at - interval '8 days'`;
  assert.equal(await pruneLog(world, id()), parts);
  assert.deepEqual(
    (await marksOf(auditor, of)).map(({ entry }) => entry),
    [null],
  );
});

test('no part of a marked entry is taken out of it: marked and unmarked by itself it is a part again', async () => {
  const { owner, auditor } = world.cast;
  const long = await record(1200, { list: 'ю'.repeat(60_000) });
  const parts = await stands(long);
  const [part] = await world.test.admin`SELECT id FROM audit_entries WHERE bytes LIKE ${`%"of":"${long}"%`} LIMIT 1`;
  const partId = part!['id'] as string;
  const of = await open(owner);
  const standing = async () =>
    (await world.test.admin`SELECT 1 FROM investigation_marks WHERE investigation_id = ${of} AND removed_at IS NULL`)
      .length;
  await mark(owner, of, [long]);
  assert.equal(await standing(), parts);
  await mark(auditor, of, [partId], 'Окремо');
  await mark(owner, of, [long]);
  assert.deepEqual(
    new Set((await marksOf(owner, of)).map(({ note }) => note)),
    new Set(['', 'Окремо']),
    'a note is kept',
  );
  await unmark(auditor, of, partId);
  assert.equal(await standing(), parts);
  assert.equal((await marksOf(owner, of)).length, 1);
  await unmark(owner, of, long);
  assert.equal(await standing(), 0);
});

test('marks that were taken back leave no room beyond the limit', async () => {
  const { owner } = world.cast;
  const of = await open(owner);
  const entry = await record(1);
  await mark(owner, of, [entry]);
  await unmark(owner, of, entry);
  await world.test.admin`
    INSERT INTO investigation_marks (organization_id, id, investigation_id, entry_id, marked_by, marked_at)
    SELECT ${id()}, gen_random_uuid(), ${of}, gen_random_uuid(), ${owner.personId}, now() FROM generate_series(1, ${investigationLimits.marks})`;
  await assert.rejects(mark(owner, of, [entry]), { code: 'investigation.full' });
});

test('the file proves the place of each marked entry and of each act of the investigation, and shows no other', async () => {
  const { auditor } = world.cast;
  const ids: string[] = [];
  for (let nth = 0; nth < 12; nth += 1) ids.push(await record(12 - nth));
  const of = await open(auditor);
  await mark(auditor, of, [ids[1]!, ids[2]!, ids[9]!]);
  await assert.rejects(fileOf(auditor, of), { code: 'audit.not_sealed' });
  await seal();
  const file = await fileOf(auditor, of);
  const report = verify(file);
  assert.deepEqual([report.findings, report.entries, report.gone], [[], 5, 0]);
  assert.equal(report.elsewhere, report.size - 5);
  const shown = [...file.matchAll(/^entry (.*)$/gm)].map((line) =>
    JSON.parse(Buffer.from(line[1]!, 'base64').toString('utf8')),
  );
  assert.deepEqual(
    shown.map(({ id: one, event }) => (ids.includes(one) ? ids.indexOf(one) : event)),
    [1, 2, 9, 'investigation.opened', 'investigation.marked'],
  );
  assert.equal((await events()).at(-1), 'evidence_taken');
});

test('a changed, left out or moved entry in the file is found out; a blacked out one is not shown and still proved', async () => {
  const { auditor } = world.cast;
  const ids = [await record(3), await record(2), await record(1)];
  const of = await open(auditor);
  await mark(auditor, of, ids);
  await seal();
  const file = await fileOf(auditor, of);
  const lines = file.split('\n');
  const at = lines.findIndex((line) => line.startsWith('entry '));
  const bytes = Buffer.from(lines[at]!.slice(6), 'base64');
  const with_ = (changed: string[]) => verify([...lines.slice(0, at), ...changed, ...lines.slice(at + 1)].join('\n'));
  const kinds = (report: EvidenceReport) => report.findings.map(({ kind }) => kind);
  const forged = Buffer.from(bytes.toString('utf8').replace('contact.exported', 'contact.opened'));
  assert.deepEqual(kinds(with_([evidenceLines.entry(forged).trim()])), ['head_not_of_log', 'nothing_signed']);
  assert.notDeepEqual(kinds(with_([])), []);
  const moved = [...lines];
  [moved[at], moved[at + 1]] = [moved[at + 1]!, moved[at]!];
  assert.notDeepEqual(kinds(verify(moved.join('\n'))), []);
  const black = with_([evidenceLines.tree(0, leafHash(logHash, bytes)).trim()]);
  assert.deepEqual([black.findings, black.entries], [[], 4]);
});
