/**
 * What the search index says of a client is said of today’s client: no token of an old name, phone, e-mail or code stays behind for whoever
 * counts them. Search itself would not show it, for it opens what it finds and looks again. And what tells few people apart is not indexed.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { company, contact, fieldsWhere } from '#contract';
import type { SearchRecord } from '#protections/encryption';
import { tokensOf } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import type { Rooms } from './rooms.fixture.ts';
import { archive, change, create, openRooms, restore } from './rooms.fixture.ts';

let world: World;
let rooms: Rooms;
before(async () => {
  world = await openWorld();
  rooms = openRooms(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

/** All that the index holds of a record, in whatever rows. */
async function tokensOfRow(kind: 'contact' | 'company', id: string): Promise<number[]> {
  const { admin } = world.test;
  const rows = await admin`SELECT tokens FROM ${admin(`${kind}_search`)} WHERE record_id = ${id}`;
  assert.equal(rows.length, 1);
  return (rows[0]!['tokens'] as number[]).toSorted((one, other) => one - other);
}
async function tokensFor(record: Partial<SearchRecord>): Promise<number[]> {
  const { searchKey } = await world.keyring.of(world.organizationId);
  return tokensOf(searchKey, { words: [], phones: [], emails: [], codes: [], ...record });
}
const phone = (number: string) => ({ number, label: '' });
const email = (address: string) => ({ address, label: '' });

test('attack: after a change the row has the tokens of what it says now and no other', async () => {
  const { manager } = world.cast;
  const made = await create(rooms.contacts, manager, {
    lastName: 'Бондаренко',
    firstName: 'Олег',
    phones: [phone('+380500000012')],
    emails: [email('oleh@firma.example')],
  });
  const old = {
    words: ['Бондаренко', 'Олег'],
    phones: ['+380500000012'],
    emails: ['oleh@firma.example'],
  };
  assert.deepEqual(await tokensOfRow('contact', made.id), await tokensFor(old));
  const steps: [object, Partial<SearchRecord>][] = [
    [{ lastName: 'Ковальчук' }, { ...old, words: ['Ковальчук', 'Олег'] }],
    [{ phones: [phone('+380670000099')] }, { ...old, words: ['Ковальчук', 'Олег'], phones: ['+380670000099'] }],
    [{ emails: [] }, { words: ['Ковальчук', 'Олег'], phones: ['+380670000099'] }],
    [{ firstName: '', phones: [] }, { words: ['Ковальчук'] }],
  ];
  let version = 1;
  for (const [wish, now] of steps) {
    const changed = await change(rooms.contacts, manager, made.id, version, wish as never);
    version = changed.version;
    assert.deepEqual(await tokensOfRow('contact', made.id), await tokensFor(now), JSON.stringify(wish));
  }
  await archive(rooms.contacts, manager, made.id);
  await restore(rooms.contacts, manager, made.id);
  assert.deepEqual(await tokensOfRow('contact', made.id), await tokensFor({ words: ['Ковальчук'] }));
});

test('attack: a company that gets another code and name leaves none of the old behind', async () => {
  const { manager } = world.cast;
  const made = await create(rooms.companies, manager, { name: 'ТОВ Стара Назва', edrpou: '14360570' });
  await change(rooms.companies, manager, made.id, 1, { name: 'ТОВ Нова', edrpou: '' });
  assert.deepEqual(await tokensOfRow('company', made.id), await tokensFor({ words: ['ТОВ Нова'] }));
});

test('what tells few people apart is not indexed: names, phones, e-mails and codes are, and nothing else', () => {
  const indexed = [contact, company].map((record) => ({
    [record.name]: fieldsWhere(record, ({ search }) => search !== 'none'),
  }));
  // Attack: sex, city, stage, tag, birthday or a choice in the index – whoever counts its tokens reads it off.
  assert.deepEqual(indexed, [
    { contact: ['lastName', 'firstName', 'middleName', 'phones', 'emails', 'companyName'] },
    { company: ['name', 'edrpou', 'phones', 'emails'] },
  ]);
  for (const record of [contact, company]) {
    const few = fieldsWhere(
      record,
      ({ kind, choices, search }) =>
        search !== 'none' && (choices !== undefined || !/^(line|phones|emails|edrpou)$/.test(kind)),
    );
    assert.deepEqual(few, []);
  }
});
