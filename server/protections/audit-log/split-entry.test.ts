/** However much there is to say, each entry fits a bundle of the tree, nothing is left out, and it reads as one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EntryBody } from '#contract';
import { newId } from '#kernel';
import { reachOf } from '#protections/access';
import type { RecordSeal } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { entryBytesMax as bundleMax } from '../../../contract/tlog/tiles.ts';
import type { Happening } from './entry.ts';
import { doerOf } from './entry.ts';
import { openEntry } from './read-entries.ts';
import { entryBytesMax } from './split-entry.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const record = async (what: Happening): Promise<EntryBody[]> => {
  const seals = await world.keyring.of(world.organizationId);
  const since = newId();
  await world.database.act(systemReach(world.organizationId), (tx) =>
    world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), what),
  );
  const rows = await world.test.admin`SELECT bytes, subject_ids FROM audit_entries WHERE id > ${since} ORDER BY id`;
  for (const row of rows) assert.ok((row['bytes'] as Buffer).length <= entryBytesMax);
  return rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody);
};
const open = async (id: string, seal?: RecordSeal) =>
  openEntry(
    world.database,
    world.keyring,
    reachOf(world.cast.owner.actor, 'audit.read'),
    () => systemReach(world.organizationId, 'all'),
    id,
    async () => seal,
    (_kind, changes) => changes,
  );
const sealOf = async (id: string) => (await world.keyring.of(world.organizationId)).newRecord('contacts', id);

test('the limit is the one of the bundles', () => assert.equal(entryBytesMax, bundleMax));

test('notes as long as they may be, rewritten in any alphabet, with every other field: several entries, read as one', async () => {
  for (const letter of ['ї', '漢', '😀', '\n']) {
    const id = newId();
    const seal = await sealOf(id);
    const long = (end: string) => `${letter.repeat(Math.floor(9_990 / letter.length))}${end}`;
    const list = [
      { field: 'notes', before: long('було'), after: long('стало') },
      ...['address', 'position', 'source'].map((field) => ({ field, before: letter.repeat(200), after: field })),
    ];
    const what = { event: 'contact.updated', subjectKind: 'contact', subjectIds: [id] } as const;
    const bodies = await record({ ...what, changes: { under: seal, list } });
    const [first, ...rest] = bodies;
    assert.equal(rest.length > 0, letter === '漢', letter);
    assert.deepEqual(
      first!.more ?? [],
      rest.map((body) => body.id),
    );
    for (const body of rest) {
      assert.deepEqual(
        [body.event, body.of, body.level, body.subject.ids],
        ['audit.continued', first!.id, 'data', [id]],
      );
    }
    const opened = await open(first!.id, seal);
    const byField = (all: readonly { field: string }[]) => all.toSorted((a, b) => a.field.localeCompare(b.field));
    assert.deepEqual(byField(opened.changes), byField(list), letter);
    assert.equal(opened.changesOpen, true);
    const destroyed = await open(first!.id);
    assert.deepEqual([destroyed.changes, destroyed.changesOpen], [[], false], 'its key took all of them along');
    assert.doesNotMatch(JSON.stringify(bodies), /стало/);
  }
});

test('thousands of clients in one act: every one is named, and found', async () => {
  const ids = Array.from({ length: 3_500 }, () => newId());
  const bodies = await record({ event: 'contact.bulk_changed', subjectKind: 'contact', subjectIds: ids });
  assert.equal(bodies.length, 4);
  assert.deepEqual(bodies[0]!.subject.count, 3_500);
  assert.deepEqual((await open(bodies[0]!.id)).entry.subjectIds, ids);
  const [found] = await world.test
    .admin`SELECT count(*)::int AS count FROM audit_entries WHERE ${ids[3_400]!} = ANY (subject_ids)`;
  assert.equal(found!['count'], 1);
});

test('facts without measure are cut, and nothing of them is lost', async () => {
  const networks = Array.from({ length: 6_000 }, (_, at) => `2001:db8:${at}::/48 «ї»`);
  const bodies = await record({ event: 'security.rules_changed', facts: { after: { networks }, version: 7 } });
  assert.ok(bodies.length > 4);
  const { facts } = (await open(bodies[0]!.id)).entry;
  const pieces = Object.entries(facts).filter(([name]) => name.startsWith('after '));
  const text = pieces
    .toSorted(([one], [other]) => Number.parseInt(one.slice(6), 10) - Number.parseInt(other.slice(6), 10))
    .map(([, piece]) => piece as string)
    .join('');
  assert.deepEqual([JSON.parse(text), facts['version']], [{ networks }, 7]);
});

test('one byte more than fits is two entries; what fits is one', async () => {
  const size = (await record({ event: 'organization.updated', facts: { text: '' } }))[0]!;
  const room = entryBytesMax - Buffer.byteLength(JSON.stringify(size), 'utf8');
  // One entry: its facts are long and it fits all the same.
  assert.equal((await record({ event: 'organization.updated', facts: { text: 'x'.repeat(room) } })).length, 1);
  assert.ok((await record({ event: 'organization.updated', facts: { text: 'x'.repeat(room + 1) } })).length > 1);
});
