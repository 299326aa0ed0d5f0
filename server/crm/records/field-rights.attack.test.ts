/** The curious reader of a closed field: every side door through which its value could be read, found, guessed or overwritten. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { ImportPlanValue } from '#contract';
import type { RecordKindName } from '#protections/access';
import { reachOf } from '#protections/access';
import { auditHandlers } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld, raceOn, readEntries, visitorFrom } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { csvOf, openDesk, planOf, textOf } from '../import-export/imports.fixture.ts';
import { plainCsv } from '../exports/exports.fixture.ts';
import { answerHits, answerList } from './record-routes.ts';
import { shownChanges } from './field-rights.ts';
import { companyKind, contactKind } from './kind.ts';
import { revealsPerHourMax } from './reveal-field.ts';
import { findRow } from './record-store.ts';
import type { View } from './record-room.ts';
import type { Rooms } from './rooms.fixture.ts';
import { archive, change, create, entriesAbout, open, openRooms, reachFor, restore } from './rooms.fixture.ts';

const number = '+380670001122';
const address = 'taiemno@firma.example';
const rights = ['open', 'masked', 'hidden'] as const;
type Right = (typeof rights)[number];

let world: World;
let rooms: Rooms;
let client: View;
before(async () => {
  world = await openWorld();
  rooms = openRooms(world);
});
beforeEach(async () => {
  client = await create(rooms.contacts, world.cast.owner, {
    lastName: 'Таємничий',
    phones: [{ number, label: 'дод. 17' }],
    emails: [{ address }],
    notes: 'боїться собак',
    stage: 'customer',
    tags: ['vip'],
    nextStepOn: '2026-12-01',
  });
});
afterEach(async () => {
  await world.auditLog.flush();
  await world.test.admin`DELETE FROM contact_search`;
  await world.test.admin`DELETE FROM contacts`;
});
after(() => world.close());

/** The owner’s rights, but for these fields. */
function reader(fields: Record<string, Right>, kind: RecordKindName = 'contact'): CastMember {
  const { owner } = world.cast;
  const closed = Object.fromEntries(Object.entries(fields).filter(([, right]) => right !== 'open'));
  const fieldRights = { contact: {}, company: {}, [kind]: closed } as CastMember['actor']['fieldRights'];
  return { ...owner, actor: { ...owner.actor, fieldRights } };
}
const reaching = (who: CastMember) => reachFor(who, 'contact.read');
const byTime = { sort: '-created' as const, cursor: undefined, limit: 10 };
const find = async (who: CastMember, text: string) =>
  answerHits<View>(await rooms.contacts.find(who.actor, reaching(who), { text, archived: false, limit: 10 }));
const names = { person: () => '', department: () => '' };

async function conflictOf(who: CastMember): Promise<unknown> {
  const refused = await change(rooms.contacts, who, client.id, 99, { position: 'x' }).then(
    () => assert.fail('a version that never was'),
    (error: { code: string; current: unknown }) => error,
  );
  assert.equal(refused.code, 'contact.version_conflict');
  return refused.current;
}

async function changesIn(who: CastMember): Promise<unknown> {
  const { database, keyring, auditLog } = world;
  const handlers = auditHandlers({
    database,
    keyring,
    auditLog,
    findRecordSeal: async (tx, seals, _kind, id) => {
      const row = await findRow(tx, contactKind, seals.organizationId, id);
      return row === undefined ? undefined : seals.record('contacts', id, row.record_key);
    },
    shownChanges: (actor, kind, list) => shownChanges(kind === 'contact' ? contactKind : companyKind, actor, list),
  });
  const [row] = await world.test
    .admin`SELECT id FROM audit_entries WHERE event = 'contact.created' AND ${client.id} = ANY (subject_ids)`;
  const opened = await handlers['GET /api/v1/audit-entries/:id']({
    actor: who.actor,
    reach: reachOf(who.actor, 'audit.read'),
    params: { id: row!['id'] as string },
    visitor: visitorFrom('192.0.2.10'),
  } as never);
  assert.equal(opened.changesOpen, true);
  assert.ok(opened.changes.some(({ field }) => field === 'lastName'));
  return opened.changes;
}

const fileOf = async (who: CastMember) =>
  textOf(
    plainCsv(openDesk(world).deps, rooms.contacts, who.actor, reachFor(who, 'contact.export'), { filters: {}, names }),
  );

/** Everything that shows a client; each must show the client, and of a closed field only what its right allows. */
const doors: Record<string, (who: CastMember) => Promise<unknown>> = {
  'the page of the client': (who) => open(rooms.contacts, who, client.id),
  'a row of the list': (who) => answerList(rooms.contacts, who.actor, reaching(who), { sort: '-created' }),
  'a row of the list by name': (who) => answerList(rooms.contacts, who.actor, reaching(who), { sort: 'name' }),
  'a hit of the search': (who) => find(who, 'таємничий'),
  'what stands now, beside a stale change': conflictOf,
  'the answer to a change of something else': (who) =>
    change(rooms.contacts, who, client.id, client.version, { position: 'директор' }),
  'the answer to an empty change': (who) => change(rooms.contacts, who, client.id, client.version, {}),
  'the way into the trash': (who) => archive(rooms.contacts, who, client.id),
  'the way out of the trash': async (who) => {
    await archive(rooms.contacts, world.cast.owner, client.id);
    return restore(rooms.contacts, who, client.id);
  },
  'an exported file': fileOf,
  'before and after in the audit log': changesIn,
};

for (const [door, pass] of Object.entries(doors)) {
  for (const right of rights) {
    test(`${door}: a phone and an e-mail that are ${right}`, async () => {
      const said = JSON.stringify(await pass(reader({ phones: right, emails: right })));
      assert.ok(said.includes('Таємничий'), 'the client is there');
      assert.equal(said.includes(number), right === 'open', 'the whole number');
      assert.equal(said.includes(address), right === 'open', 'the whole address');
      assert.equal(said.includes('+380 67 ··· ·· 22'), right === 'masked', 'the masked number');
      assert.equal(said.includes('t···@f···.example'), right === 'masked', 'the masked address');
      if (right !== 'open') assert.ok(!said.includes('дод. 17'), 'nor what is written beside it');
    });
  }
}

test('the page says which fields are not open, and that a field without a mask is hidden', async () => {
  const view = await open(rooms.contacts, reader({ phones: 'masked', notes: 'masked', source: 'masked' }), client.id);
  assert.deepEqual(view.closed, { phones: 'masked', notes: 'masked', source: 'hidden' });
  assert.equal(view['notes'], '');
  assert.equal((await open(rooms.contacts, world.cast.owner, client.id)).closed['phones'], undefined);
});

test('nobody is found by what the finder may not see', async () => {
  const asked: [field: string, text: string][] = [
    ['phones', '0670001122'],
    ['phones', '1122'],
    ['emails', address],
    ['emails', 'taiemno'],
    ['lastName', 'таємничий'],
  ];
  for (const [field, text] of asked) {
    for (const right of rights) {
      const { rows, more } = await find(reader({ [field]: right }), text);
      assert.deepEqual([rows.length, more], [right === 'open' ? 1 : 0, false], `${field} ${right}: ${text}`);
    }
  }
});

test('a closed field does not lift a hit above another', async () => {
  const { owner } = world.cast;
  const older = await create(rooms.contacts, owner, { lastName: 'Рідкісний', companyName: 'Рідкісний' });
  const newer = await create(rooms.contacts, owner, { lastName: 'Інший', companyName: 'Рідкісний' });
  for (const right of rights) {
    const order = (await find(reader({ lastName: right }), 'рідкісний')).rows.map(({ id }) => id);
    assert.deepEqual(order, right === 'open' ? [older.id, newer.id] : [newer.id, older.id], right);
  }
});

test('a filter by a closed field is refused with its name, in lists, counts and files', async () => {
  const { personId, departmentId } = world.cast.owner;
  const filters = {
    stage: ['stage', 'customer'],
    tag: ['tags', 'vip'],
    ownerId: ['ownerId', personId],
    departmentId: ['departmentId', departmentId],
    companyId: ['companyId', personId],
    withoutNextStep: ['nextStepOn', true],
  } as const;
  for (const [filter, [field, value]] of Object.entries(filters)) {
    for (const right of ['masked', 'hidden'] as const) {
      const who = reader({ [field]: right });
      const asked = { [filter]: value };
      const refused = { code: 'access.denied', field: filter };
      await assert.rejects(rooms.contacts.list(who.actor, reaching(who), { ...byTime, filters: asked }), refused);
      await assert.rejects(rooms.contacts.count(who.actor, reaching(who), asked), refused);
      await assert.rejects(
        async () =>
          textOf(
            plainCsv(openDesk(world).deps, rooms.contacts, who.actor, reachFor(who, 'contact.export'), {
              filters: asked,
            }),
          ),
        refused,
      );
    }
    const owner = reader({});
    await rooms.contacts.list(owner.actor, reaching(owner), { ...byTime, filters: { [filter]: value } });
  }
});

test('the order by name is refused where a part of the name is closed', async () => {
  for (const sort of ['name', '-name'] as const) {
    for (const field of contactKind.nameFields) {
      const who = reader({ [field]: 'hidden' });
      await assert.rejects(rooms.contacts.list(who.actor, reaching(who), { ...byTime, filters: {}, sort }), {
        code: 'access.denied',
        field: 'sort',
      });
    }
  }
});

test('a file has no column for what is hidden', async () => {
  const headings = async (right: Right) => (await fileOf(reader({ phones: right }))).split('\r\n')[0]!;
  assert.ok((await headings('open')).includes('Телефон'));
  assert.ok((await headings('masked')).includes('Телефон'));
  assert.ok(!(await headings('hidden')).includes('Телефон'));
});

test('a closed field is not changed, neither by a new value nor by its own mask', async () => {
  const masked = [{ number: '+380 67 ··· ·· 22', label: '' }];
  for (const right of ['masked', 'hidden'] as const) {
    const who = reader({ phones: right });
    for (const phones of [masked, [], [{ number: '+380501112233' }]]) {
      await assert.rejects(change(rooms.contacts, who, client.id, client.version, { phones }), {
        code: 'access.denied',
        field: 'changes.phones',
      });
    }
  }
  await assert.rejects(create(rooms.contacts, reader({ phones: 'masked' }), { lastName: 'Х', phones: masked }), {
    code: 'field.phone_invalid',
  });
  await assert.rejects(create(rooms.contacts, reader({ phones: 'hidden' }), { lastName: 'Х', phones: masked }), {
    code: 'access.denied',
    field: 'phones',
  });
  const stands = await open(rooms.contacts, world.cast.owner, client.id);
  assert.equal((stands['phones'] as { number: string }[])[0]!.number, number);
  assert.equal(stands.version, client.version);
});

test('a company is not linked in order to read its name off the client', async () => {
  const company = await create(rooms.companies, world.cast.owner, { name: 'Прихована фірма' });
  const who = reader({ name: 'hidden' }, 'company');
  await assert.rejects(change(rooms.contacts, who, client.id, client.version, { companyId: company.id }), {
    code: 'access.denied',
    field: 'changes.companyId',
  });
  await assert.rejects(create(rooms.contacts, who, { lastName: 'Х', companyId: company.id }), {
    code: 'access.denied',
    field: 'companyId',
  });
});

test('name and card of a company stand for one thing: where one is closed, neither is changed', async () => {
  const company = await create(rooms.companies, world.cast.owner, { name: 'Відкрита фірма' });
  for (const closed of ['companyId', 'companyName']) {
    for (const given of [{ companyId: company.id }, { companyName: 'Інша' }]) {
      const [field] = Object.keys(given);
      await assert.rejects(change(rooms.contacts, reader({ [closed]: 'hidden' }), client.id, client.version, given), {
        code: 'access.denied',
        field: `changes.${field}`,
      });
    }
  }
});

test('an import tells no duplicates by a closed field, fills in no hidden one and overwrites none', async () => {
  for (const right of rights) {
    const who = reader({ phones: right, position: right === 'open' ? 'open' : 'hidden' });
    const desk = openDesk(world, { actorById: async () => who.actor });
    const tried = async (plan: ImportPlanValue) => {
      const id = await desk.upload(who, csvOf([['Таємничий', number, address]]));
      return desk.call('POST /api/v1/imports/:id/preview', who, { params: { id }, body: plan });
    };
    const fields = ['lastName', 'phones', 'emails'] as const;
    const byPhone = planOf([...fields], { duplicates: { by: ['phone'], then: 'skip' } });
    const filling = planOf(['lastName', 'position', 'emails']);
    const byDefault = planOf([...fields], {
      duplicates: { by: ['phone', 'email'], then: 'update' },
    });
    for (const [plan, field] of [
      [byPhone, 'duplicates.by.0'],
      [filling, 'mapping.1'],
      [byDefault, 'duplicates.by.0'],
    ] as const) {
      if (right === 'open') await tried(plan);
      else await assert.rejects(tried(plan), { code: 'access.denied' }, field);
    }
    // By an open e-mail the client is known and completed, but for what is closed.
    const other = '+380991112233';
    const plan = planOf(['lastName', right === 'hidden' ? 'source' : 'phones', 'emails'], {
      duplicates: { by: ['email'], then: 'update' },
    });
    const done = await desk.importRows(who, [['Таємничий', other, address]], plan);
    assert.equal(done.state, 'finished', right);
    const stands = await open(rooms.contacts, world.cast.owner, client.id);
    const numbers = (stands['phones'] as { number: string }[]).map((phone) => phone.number);
    assert.deepEqual(numbers, right === 'open' ? [number, other] : [number], right);
    await world.test.admin`DELETE FROM import_updates`;
    client = await change(rooms.contacts, world.cast.owner, client.id, stands.version, { phones: [{ number }] });
  }
});

test('an import that names another company does not cut a card that its person may not see', async () => {
  const company = await create(rooms.companies, world.cast.owner, { name: 'Фірма' });
  await world.test
    .admin`UPDATE contacts SET company_id = ${company.id} WHERE organization_id = ${world.organizationId} AND id = ${client.id}`;
  for (const right of ['hidden', 'open'] as const) {
    const who = reader({ companyId: right });
    const desk = openDesk(world, { actorById: async () => who.actor });
    const plan = planOf(['companyName', 'emails'], { duplicates: { by: ['email'], then: 'update' } });
    await desk.importRows(who, [['Інша фірма', address]], plan);
    const stands = await open(rooms.contacts, world.cast.owner, client.id);
    assert.equal(stands['companyId'], right === 'open' ? null : company.id, right);
  }
  await world.test.admin`DELETE FROM import_updates`;
});

test('whose rights shrink while an import waits imports nothing by the old ones', async () => {
  const who = reader({ phones: 'masked' });
  const desk = openDesk(world, { actorById: async () => who.actor });
  const plan = planOf(['lastName', 'phones'], { duplicates: { by: ['phone'], then: 'skip' } });
  const done = await desk.importRows(world.cast.owner, [['Таємничий', number]], plan);
  assert.deepEqual([done.state, done.failure], ['failed', 'access.denied']);
});

const reveal = (who: CastMember, field = 'phones', reason = 'Просив передзвонити') =>
  rooms.contacts.reveal(who.actor, reachFor(who, 'contact.reveal'), client.id, { field, reason });

test('a masked value is shown for a reason, which is kept; hidden and unknown ones are not shown', async () => {
  const who = reader({ phones: 'masked', notes: 'masked', emails: 'hidden' });
  const shown = await reveal(who);
  assert.deepEqual(shown, { field: 'phones', value: [{ number, label: 'дод. 17' }] });
  assert.equal((await reveal(who, 'notes')).value, 'боїться собак');
  await assert.rejects(reveal(who, 'emails'), { code: 'access.denied', field: 'field' });
  await assert.rejects(reveal(who, 'lastName'), { code: 'request.invalid' });
  for (const name of ['sealed', 'constructor', '__proto__', 'toString'])
    await assert.rejects(reveal(who, name), { code: 'request.invalid' }, name);
  await assert.rejects(reveal(who, 'phones', '   '), { code: 'request.invalid', field: 'reason' });
  assert.equal((await entriesAbout(world, client.id)).filter(({ event }) => event === 'contact.revealed').length, 2);
  const entry = (await readEntries(world)).find(({ event }) => event === 'contact.revealed')!;
  assert.deepEqual(entry.facts, { field: 'phones' });
  const rows = await world.test.admin`SELECT bytes FROM audit_entries WHERE event = 'contact.revealed'`;
  for (const row of rows) {
    const text = (row['bytes'] as Buffer).toString('utf8');
    assert.ok(!text.includes('передзвонити') && !text.includes(number), 'the reason is sealed');
  }
});

test('what is not within reach of both rights does not exist for a reveal', async () => {
  const { manager, outsider } = world.cast;
  const closed = { contact: { phones: 'masked' }, company: {} } as const;
  const half = { ...manager.actor, grants: { ...manager.actor.grants, 'contact.reveal': 'all' as const } };
  const away = { ...outsider.actor, fieldRights: closed };
  for (const actor of [{ ...half, fieldRights: closed }, away]) {
    const asked = { field: 'phones', reason: 'цікаво' };
    await assert.rejects(rooms.contacts.reveal(actor, reachOf(actor, 'contact.reveal'), client.id, asked), {
      code: 'contact.not_found',
    });
  }
});

test('reveals have an end for an hour, one below, at and above it, also in a burst', async () => {
  await world.test.admin`DELETE FROM reveals`;
  const who = reader({ phones: 'masked' });
  for (let done = 0; done < revealsPerHourMax - 2; done += 1) await reveal(who);
  const burst = await raceOn(
    world.test,
    'reveals',
    Array.from({ length: 4 }, () => () => reveal(who)),
  );
  assert.equal(burst.filter((code) => code === null).length, 2, 'only what was left of the hour');
  assert.equal(burst.filter((code) => code === 'reveal.too_many').length, 2);
  world.clock.move(59 * 60_000);
  await assert.rejects(reveal(who), { code: 'reveal.too_many' });
  world.clock.move(61_000);
  await reveal(who);
});

test('somebody with the ready role of support meets masks by the doors that everybody uses', async () => {
  const seals = await world.keyring.of(world.organizationId);
  const joined = await world.database.act(
    systemReach(world.organizationId),
    prepared((tx) =>
      world.signIn.createPerson(tx, seals, {
        name: 'Ганна Бойко',
        email: 'hanna.boiko@vezha.example',
        role: 'support',
        password: 'Верес-край-дороги-7',
        departmentId: world.departments.service,
        organizationName: 'Вежа',
      }),
    ),
  );
  const actor = (await world.signIn.actorById(world.organizationId, joined.personId))!;
  const view = await rooms.contacts.open(actor, reachOf(actor, 'contact.read'), client.id);
  assert.deepEqual(view['phones'], [{ number: '+380 67 ··· ·· 22', label: '' }]);
  assert.equal(view.closed['address'], 'hidden');
  const asked = { field: 'phones', reason: 'дзвонить щодо доставки' };
  const shown = await rooms.contacts.reveal(actor, reachOf(actor, 'contact.reveal'), client.id, asked);
  assert.equal((shown.value as { number: string }[])[0]!.number, number);
});
