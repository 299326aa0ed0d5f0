/** A contact carries its company’s name, and follows when the name changes, however the two happen to cross. */
import assert from 'node:assert/strict';
import { AsyncResource } from 'node:async_hooks';
import { after, afterEach, before, test } from 'node:test';
import type { RecordRoom } from '#crm/records';
import { companyKind, contactKind, openRecordRoom } from '#crm/records';
import type { Fields } from '#crm/records';
import { reachOf } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { refreshCompanyName, takeCompanyName } from './follow-company.ts';
import { listTags } from './list-tags.ts';

let world: World;
let contacts: RecordRoom;
let companies: RecordRoom;
const asked: string[] = [];
let whileRenaming = async (_companyId: string): Promise<void> => {};
before(async () => {
  world = await openWorld();
  const { database, keyring, auditLog, clock } = world;
  const deps = { database, keyring, auditLog, clock, references: world.signIn.directory };
  companies = openRecordRoom(companyKind, {
    ...deps,
    renamed: async (_tx, _organizationId, companyId) => {
      asked.push(companyId);
      await whileRenaming(companyId);
    },
  });
  contacts = openRecordRoom(contactKind, { ...deps, complete: takeCompanyName });
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

const reach = (who: CastMember, room: RecordRoom, verb: 'read' | 'create' | 'update') =>
  reachOf(who.actor, room.kind.permission(verb));
const make = (room: RecordRoom, who: CastMember, fields: Fields) =>
  room.create(who.actor, reach(who, room, 'create'), fields);
const change = (room: RecordRoom, who: CastMember, id: string, version: number, fields: Fields) =>
  room.change(who.actor, reach(who, room, 'update'), id, version, fields);
const open = (room: RecordRoom, who: CastMember, id: string) => room.open(who.actor, reach(who, room, 'read'), id);
const refresh = (companyId: string) =>
  refreshCompanyName(world.database, world.keyring, world.organizationId, companyId, (tx, seals, ids) =>
    world.auditLog.record(tx, seals, doerOf(world.cast.owner.actor), {
      event: 'contact.updated',
      subjectKind: 'contact',
      subjectIds: ids,
    }),
  );
/** As another node would: not from within the act under way here. */
const refreshElsewhere = AsyncResource.bind(refresh);
const find = async (who: CastMember, text: string) =>
  (await contacts.find(who.actor, reach(who, contacts, 'read'), { text, archived: false, limit: 50 })).records.map(
    ({ row }) => row.id,
  );

test('a contact that is given a company takes its name; a name typed beside it lets the company go', async () => {
  const { manager } = world.cast;
  const company = await make(companies, manager, { name: 'ТОВ «Ранок»' });
  const contact = await make(contacts, manager, { lastName: 'Коваль', companyId: company.id });
  assert.equal(contact['companyName'], 'ТОВ «Ранок»');
  const moved = await change(contacts, manager, contact.id, 1, { companyName: 'ФОП Вечір' });
  assert.deepEqual([moved['companyId'], moved['companyName']], [null, 'ФОП Вечір']);
  const back = await change(contacts, manager, contact.id, 2, { companyId: company.id, companyName: 'вигадана' });
  assert.equal(back['companyName'], 'ТОВ «Ранок»', 'the chosen company says its name');
});

test('a company out of reach cannot be named, and its name does not leak', async () => {
  const { manager, colleague, outsider } = world.cast;
  for (const theirs of [
    await make(companies, colleague, { name: 'Чужа' }),
    await make(companies, outsider, { name: 'Зовсім чужа' }),
  ]) {
    await assert.rejects(make(contacts, manager, { lastName: 'Коваль', companyId: theirs.id }), {
      code: 'field.unknown_company',
      field: 'companyId',
    });
  }
});

test('a company gets another name: all of its contacts follow, are found by it and stand in its place; versions stay', async () => {
  const { manager } = world.cast;
  const company = await make(companies, manager, { name: 'Зелений гай' });
  const made = [];
  for (let at = 0; at < 205; at += 1)
    made.push(
      await make(contacts, manager, { phones: [{ number: `+38067000${String(2000 + at)}` }], companyId: company.id }),
    );
  asked.length = 0;
  await change(companies, manager, company.id, 1, { address: 'Луцьк' });
  assert.deepEqual(asked, [], 'only a name is followed');
  await change(companies, manager, company.id, 2, { name: 'Автосвіт' });
  assert.deepEqual(asked, [company.id]);
  assert.equal(await refresh(company.id), 205);
  assert.equal(await refresh(company.id), 0, 'again is nothing');
  for (const one of [made[0]!, made[204]!]) {
    const now = await open(contacts, manager, one.id);
    assert.deepEqual([now['companyName'], now.version], ['Автосвіт', 1]);
  }
  assert.ok((await find(manager, 'автосвіт')).length > 0);
  assert.deepEqual(await find(manager, 'зелений'), []);
  const page = await contacts.list(manager.actor, reach(manager, contacts, 'read'), {
    filters: {},
    sort: 'name',
    cursor: undefined,
    limit: 10,
  });
  assert.ok(
    page.records.every(({ fields }) => fields['companyName'] === 'Автосвіт'),
    'the nameless stand under their company’s name',
  );
});

test('the job that runs before the renaming is committed waits for it', async () => {
  const { manager } = world.cast;
  const company = await make(companies, manager, { name: 'Стара назва' });
  const contact = await make(contacts, manager, { lastName: 'Бондар', companyId: company.id });
  let early: Promise<number> = Promise.resolve(0);
  whileRenaming = async (companyId) => {
    early = refreshElsewhere(companyId);
    await new Promise((resolve) => setTimeout(resolve, 150)); // long enough for a job that does not wait to be done
  };
  await change(companies, manager, company.id, 1, { name: 'Нова назва' });
  whileRenaming = async () => {};
  assert.equal(await early, 1);
  assert.equal((await open(contacts, manager, contact.id))['companyName'], 'Нова назва');
});

test('tags in use: of one’s own reach, in alphabetical order, without those in the trash', async () => {
  const { manager, colleague, owner } = world.cast;
  await make(contacts, manager, { lastName: 'А', tags: ['яблуко', 'ґудзик', 'гай'] });
  await make(contacts, colleague, { lastName: 'Б', tags: ['чуже'] });
  const gone = await make(contacts, manager, { lastName: 'В', tags: ['сміття'] });
  await contacts.archive(manager.actor, reachOf(manager.actor, 'contact.archive'), gone.id);
  assert.deepEqual(await listTags(world.database, manager.actor, reach(manager, contacts, 'read')), [
    'гай',
    'ґудзик',
    'яблуко',
  ]);
  assert.deepEqual(await listTags(world.database, owner.actor, reach(owner, contacts, 'read')), [
    'гай',
    'ґудзик',
    'чуже',
    'яблуко',
  ]);
});
