/** What is over goes after its time, and not a moment before: what still opens, counts or keeps another from being used again stays. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import { idleMillis } from './session-store.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const day = 86_400_000;
const month = 30 * day;
type Row = Record<string, unknown>;
/** What is laid over a row that is alive: the last moments at which it stays, and the first at which it goes. */
type Boundary = { kept: Row[]; gone: Row[] };
/** `own`: the columns that differ in each row; the first of them tells which it is. */
type Table = Boundary & { table: string; own: string[]; alive: Row };

function around(columns: readonly string[], age: number, now: Date): Boundary {
  const at = (older: number) => columns.map((column) => ({ [column]: new Date(now.getTime() - age - older) }));
  return { kept: at(0), gone: at(1) };
}

function tablesAt(now: Date): Table[] {
  const { personId: person_id, departmentId: department_id } = world.cast.manager;
  const later = new Date(now.getTime() + day);
  const sealed = Buffer.from('s');
  const visit = { person_id, address: '192.0.2.9', device: 'Firefox' };
  const link = { sealed, created_at: now, expires_at: later };
  const [ended, asleep] = [
    around(['ended_at', 'expires_at'], day, now),
    around(['last_seen_at'], day + idleMillis, now),
  ];
  return [
    {
      table: 'sessions',
      own: ['id', 'token_hash'],
      alive: {
        ...visit,
        way: 'password',
        factors: ['password', 'totp'],
        created_at: now,
        last_seen_at: now,
        expires_at: later,
      },
      kept: [...ended.kept, ...asleep.kept],
      gone: [...ended.gone, ...asleep.gone],
    },
    {
      table: 'invitations',
      own: ['id', 'token_hash'],
      alive: { ...link, department_id, invited_by: person_id, role_ids: [] },
      ...around(['expires_at', 'accepted_at', 'withdrawn_at'], month, now),
    },
    {
      table: 'links',
      own: ['id', 'token_hash'],
      alive: { ...link, person_id, purpose: 'password-reset', act_id: newId() },
      ...around(['expires_at'], month, now),
    },
    {
      table: 'device_requests',
      own: ['id', 'secret_hash'],
      alive: { ...visit, number: 10, asked_at: now, until: later },
      ...around(['until'], day, now),
    },
    {
      table: 'sms_codes',
      own: ['id', 'bound_hash', 'code_hash'],
      alive: { person_id, purpose: 'sign-in', sent_at: now, expires_at: later },
      ...around(['expires_at'], day, now),
    },
    {
      table: 'sms_counts',
      own: ['mark'],
      alive: { kind: 'number', count: 1, started_at: now, last_at: now },
      ...around(['started_at'], day, now),
    },
    {
      table: 'spent_challenges',
      own: ['challenge_hash'],
      alive: { expires_at: later },
      ...around(['expires_at'], 0, now),
    },
    { table: 'sso_answers', own: ['nonce_hash'], alive: { used_at: now }, ...around(['used_at'], day, now) },
  ];
}

test('the sweep takes what has been over for its time, and nothing that still is worth something', async () => {
  const { admin } = world.test;
  const { organizationId: organization_id } = world;
  const tables = tablesAt(world.clock.now());
  const staying: string[][] = [];
  for (const { table, own, alive, kept, gone } of tables) {
    await admin`DELETE FROM ${admin(table)} WHERE organization_id = ${organization_id}`;
    const add = async (more: Row): Promise<string> => {
      const fresh = () => newId().replaceAll('-', '');
      const unlike = Object.fromEntries(
        own.map((column) => [column, column === 'id' ? newId() : Buffer.from(fresh())]),
      );
      await admin`INSERT INTO ${admin(table)} ${admin({ organization_id, ...alive, ...more, ...unlike })}`;
      return String(unlike[own[0]!]);
    };
    const stay: string[] = [];
    for (const more of [{}, ...kept]) stay.push(await add(more));
    for (const more of gone) await add(more);
    staying.push(stay.toSorted());
  }
  await world.signIn.sweep();
  for (const [at, { table, own }] of tables.entries()) {
    const mark = admin(own[0]!);
    const rows = await admin`SELECT ${mark} AS mark FROM ${admin(table)} WHERE organization_id = ${organization_id}`;
    assert.deepEqual(rows.map((row) => String(row['mark'])).toSorted(), staying[at], table);
  }
  const said = await readEntries(world);
  const { event, facts } = said.at(-1)!;
  assert.deepEqual([event, facts], ['system.swept', { sessions: 3, invitations: 3, links: 1, deviceRequests: 1 }]);
  await world.signIn.sweep();
  assert.equal((await readEntries(world)).length, said.length, 'where nothing was over nothing is said');
});
