/** The audit log says what happened, who did it and to whom; reading it is recorded like anything else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { Reach } from '#database';
import { reachOf } from '#protections/access';
import { runPosture } from '#protections/posture';
import { systemReach } from '#protections/encryption';
import type { RecordSeal } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import { doerOf } from './entry.ts';
import { auditPosture } from './posture.ts';
import type { FindRecordSeal } from './read-entries.ts';
import { auditHandlers } from './routes.ts';

let world: World;
const recordSeals = new Map<string, RecordSeal>();
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const reach = (): Reach => systemReach(world.organizationId);
const sealsNow = () => world.keyring.of(world.organizationId);
const eventsOf = async () => (await readEntries(world)).map(({ event }) => event);
const findRecordSeal: FindRecordSeal = async (_tx, _seals, _kind, id) => recordSeals.get(id);
const handlers = () =>
  auditHandlers({
    database: world.database,
    keyring: world.keyring,
    auditLog: world.auditLog,
    findRecordSeal,
    shownChanges: (_actor, _kind, changes) => changes,
  });
const list = (who: CastMember, query = {}) =>
  handlers()['GET /api/v1/audit-entries']({
    actor: who.actor,
    reach: reachOf(who.actor, 'audit.read'),
    query,
  } as never);
const openOne = (who: CastMember, id: string) =>
  handlers()['GET /api/v1/audit-entries/:id']({
    actor: who.actor,
    reach: reachOf(who.actor, 'audit.read'),
    params: { id },
  } as never);

/** Records that a client was changed, as the records room does. */
async function recordChange(subjectId = newId()): Promise<{ entryId: string; subjectId: string }> {
  const seals = await sealsNow();
  const seal = recordSeals.get(subjectId) ?? seals.newRecord('contacts', subjectId);
  recordSeals.set(subjectId, seal);
  const entryId = newId();
  await world.database.act(reach(), (tx) =>
    world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), {
      id: entryId,
      event: 'contact.updated',
      subjectKind: 'contact',
      subjectIds: [subjectId],
      changes: { under: seal, list: [{ field: 'lastName', before: 'Бондар', after: 'Коваль' }] },
    }),
  );
  return { entryId, subjectId };
}

test('an entry stands and falls with its act', async () => {
  const before = (await eventsOf()).length;
  const seals = await sealsNow();
  const doer = doerOf(world.cast.owner.actor);
  const undone = world.database.act(reach(), async (tx) => {
    await world.auditLog.record(tx, seals, doer, { event: 'organization.updated' });
    throw new Error('undone');
  });
  await assert.rejects(undone, /undone/);
  assert.equal((await eventsOf()).length, before, 'an act that was rolled back leaves none');
  await world.database.act(reach(), (tx) => world.auditLog.record(tx, seals, doer, { event: 'organization.updated' }));
  assert.equal((await eventsOf()).length, before + 1);
});

test('the exact bytes are kept: what was recorded is what is handed out', async () => {
  const { entryId, subjectId } = await recordChange();
  const [row] = await world.test.admin`SELECT bytes FROM audit_entries WHERE id = ${entryId}`;
  const text = (row!['bytes'] as Buffer).toString('utf8');
  assert.equal(JSON.stringify(JSON.parse(text)), text, 'nothing is lost by reading it');
  assert.ok(!/Бондар|Коваль|Мельник/.test(text), 'nothing personal stands in it');
  const opened = await openOne(world.cast.owner, entryId);
  assert.equal(opened.bytes, (row!['bytes'] as Buffer).toString('base64'));
  assert.equal(opened.entry.actor.name, world.cast.manager.name);
  assert.deepEqual(opened.entry.subjectIds, [subjectId]);
});

test('before and after are for who may see the client; the auditor sees that it happened', async () => {
  const { entryId } = await recordChange();
  const asOwner = await openOne(world.cast.owner, entryId);
  assert.deepEqual(asOwner.changes, [{ field: 'lastName', before: 'Бондар', after: 'Коваль' }]);
  const asAuditor = await openOne(world.cast.auditor, entryId);
  assert.deepEqual([asAuditor.changes, asAuditor.changesOpen, asAuditor.entry.event], [[], false, 'contact.updated']);
});

test('a client’s key that was destroyed takes the changes along; the entry stays', async () => {
  const { entryId, subjectId } = await recordChange();
  recordSeals.delete(subjectId);
  const opened = await openOne(world.cast.owner, entryId);
  assert.deepEqual([opened.changes, opened.changesOpen, opened.entry.event], [[], false, 'contact.updated']);
});

test('shown in one moment to one session: one entry with everybody who was shown, and how many requests', async () => {
  await world.auditLog.flush();
  const before = (await readEntries(world)).length;
  const [a, b, c] = [newId(), newId(), newId()];
  const note = (who: CastMember, ids: string[]) =>
    world.auditLog.noteRead(doerOf(who.actor), { event: 'contact.listed', subjectKind: 'contact', subjectIds: ids });
  await note(world.cast.manager, [a, b]);
  await note(world.cast.manager, [b, c]);
  await note(world.cast.colleague, [a]);
  await world.auditLog.flush();
  const entries = (await readEntries(world)).slice(before);
  assert.equal(entries.length, 2);
  const ofManager = entries.find(({ actorId }) => actorId === world.cast.manager.personId)!;
  assert.equal(ofManager.facts['requests'], 2);
  const rows = await world.test
    .admin`SELECT subject_ids FROM audit_entries WHERE event = 'contact.listed' AND actor_id = ${world.cast.manager.personId}`;
  assert.deepEqual([...(rows[0]!['subject_ids'] as string[])].toSorted(), [a, b, c].toSorted());
});

test('notes write themselves after a moment, without anybody asking', async () => {
  const before = (await readEntries(world)).length;
  await world.auditLog.noteRead(doerOf(world.cast.manager.actor), { event: 'contact.opened', subjectIds: [newId()] });
  for (let waited = 0; (await readEntries(world)).length === before; waited += 50) {
    assert.ok(waited < 5_000, 'never written');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test('a list longer than one entry holds is written in pieces, none missing', async () => {
  const ids = Array.from({ length: 2_500 }, () => newId());
  await world.auditLog.noteRead(doerOf(world.cast.head.actor), {
    event: 'company.listed',
    subjectKind: 'company',
    subjectIds: ids,
  });
  await world.auditLog.flush();
  const rows = await world.test.admin`SELECT subject_ids FROM audit_entries WHERE event = 'company.listed'`;
  assert.equal(rows.length, 3);
  assert.deepEqual(rows.flatMap((row) => row['subject_ids'] as string[]).toSorted(), ids.toSorted());
});

test('the log is read page by page, newest first, each entry once; reading is an entry, too', async () => {
  const { owner } = world.cast;
  await world.auditLog.flush();
  const expected = (await readEntries(world)).length;
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { rows: { id: string }[]; next: string | null } = await list(owner, {
      limit: 7,
      ...(cursor === null ? {} : { cursor }),
    });
    ids.push(...page.rows.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  assert.equal(ids.length, expected);
  assert.deepEqual(ids, [...new Set(ids)].toSorted().toReversed());
  await world.auditLog.flush();
  assert.equal((await eventsOf()).at(-1), 'audit.listed');
});

test('filters narrow, alone and together with a client', async () => {
  const { owner, manager } = world.cast;
  const { subjectId } = await recordChange();
  for (let time = 0; time < 3; time += 1) {
    await world.auditLog.noteRead(doerOf(owner.actor), {
      event: 'contact.opened',
      subjectKind: 'contact',
      subjectIds: [subjectId],
    });
    await world.auditLog.flush();
  }
  const events = async (query: object) => (await list(owner, query)).rows.map((row) => row.event);
  assert.deepEqual(await events({ subjectId }), [
    'contact.opened',
    'contact.opened',
    'contact.opened',
    'contact.updated',
  ]);
  assert.deepEqual(
    await events({ subjectId, limit: 1, event: 'contact.updated' }),
    ['contact.updated'],
    'behind many others',
  );
  assert.deepEqual(await events({ subjectId, actorId: manager.personId }), ['contact.updated']);
  assert.deepEqual(await events({ subjectId, outcome: 'refused' }), []);
  assert.deepEqual(await events({ subjectId, to: '2000-01-01T00:00:00Z' }), []);
  assert.deepEqual(await events({ subjectId: newId() }), []);
  assert.ok((await events({ level: 'security', limit: 200 })).every((event) => !event.startsWith('contact.')));
});

test('posture: true in a healthy installation, and a forged column or a new right is noticed', async () => {
  const failing = async () => {
    const checks = auditPosture({ database: world.database, organizations: async () => [world.organizationId] });
    return (await runPosture(checks)).filter(({ ok }) => !ok).map(({ id }) => id);
  };
  assert.deepEqual(await failing(), []);
  const { admin } = world.test;
  const [last] =
    await admin`SELECT id, actor_id, event, bytes FROM audit_entries WHERE organization_id = ${world.organizationId} ORDER BY id DESC LIMIT 1`;
  await admin`UPDATE audit_entries SET event = 'contact.created' WHERE id = ${last!['id']}`;
  assert.deepEqual(await failing(), ['audit-log.columns_match']);
  await admin`UPDATE audit_entries SET event = ${last!['event']}, bytes = ${Buffer.from('{')} WHERE id = ${last!['id']}`;
  assert.deepEqual(await failing(), ['audit-log.columns_match']);
  await admin`UPDATE audit_entries SET bytes = ${last!['bytes']} WHERE id = ${last!['id']}`;
  for (const right of ['UPDATE', 'DELETE', 'TRUNCATE', 'UPDATE (event)']) {
    await admin.unsafe(`GRANT ${right} ON audit_entries TO lubart_app`);
    assert.deepEqual(await failing(), ['audit-log.append_only'], right);
    await admin.unsafe(`REVOKE ${right} ON audit_entries FROM lubart_app`);
  }
  assert.deepEqual(await failing(), []);
  await world.auditLog.flush();
});
