/**
 * `lubart audit verify` names who outside saw how much of the log and when: time stamps, witnesses, letters, chats. What does not fit is
 * said in words, and the log counts as broken.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { cosignText, noteKey, readNote, writeKey, writeNote } from '#contract/tlog';
import type { Transaction } from '#database';
import { doerOf } from '#protections/audit-log';
import { logHash, newestHead } from '#protections/audit-log/tree';
import { ed25519Pair, ed25519Signer, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { makeCertificate, stampBytes } from '#test/soft-authority.ts';
import { insertAnchor, saveKept } from '../server/protections/audit-log/anchors/anchor-store.ts';
import { insertStamp } from '../server/protections/audit-log/anchors/stamp-store.ts';
import { logKeyFrom } from '../server/protections/audit-log/tree/log-key.ts';
import { sealEntries } from '../server/protections/audit-log/tree/seal-entries.ts';
import { insertWitness, saveConfirmed } from '../server/protections/audit-log/witness/witness-store.ts';
import type { Context } from './command.ts';
import { auditVerifyActions } from './commands/audit-verify.ts';

let world: World;
const logKey = logKeyFrom(ed25519Pair().seed);
const root = makeCertificate({ name: 'Корінь', ca: true });
const signer = makeCertificate({ name: 'Служба часу', issuer: root, uses: ['timeStamping'] });
const [tsa, chat, witness] = [1, 2, 3].map((nth) => `0190a0a0-0000-7000-8000-00000000000${nth}`) as [
  string,
  string,
  string,
];
const at = new Date();
const nextAt = new Date(at.getTime() + 3_600_000);
const id = () => world.organizationId;
const act = (work: (tx: Transaction) => Promise<unknown>) => world.database.act(systemReach(id()), prepared(work));

before(async () => {
  world = await openWorld();
  const seals = await world.keyring.of(id());
  const stamp = { address: 'https://tsa.example', roots: root.pem };
  const telegram = { token: `123456789:${'A'.repeat(35)}`, chat: '-100777' };
  await act(async (tx) => {
    await insertAnchor(tx, seals, { id: tsa, kind: 'stamp', settings: { stamp }, everyMinutes: 60, at });
    await insertAnchor(tx, seals, { id: chat, kind: 'telegram', settings: { telegram }, everyMinutes: 60, at });
  });
});
after(() => world.close());
beforeEach(() => world.test.admin`DELETE FROM audit_stamps`);

/** The log goes on by so many, and its newest head. */
async function grow(count = 1): Promise<{ size: number; note: string }> {
  const seals = await world.keyring.of(id());
  await act(async (tx) => {
    for (let nth = 0; nth < count; nth += 1)
      await world.auditLog.record(tx, seals, doerOf(world.cast.owner.actor), { event: 'contact.opened' });
  });
  await sealEntries({ database: world.database, logKey, clock: world.clock }, id());
  return (await world.database.read(systemReach(id()), (tx) => newestHead(tx, id())))!;
}
const keep = (anchorId: string, { size, note }: { size: number; note: string }, stamp: Buffer) =>
  act((tx) => insertStamp(tx, id(), { anchorId, size, note, stamp, at }));
const stampOf = (note: string, more: object = {}) => stampBytes(Buffer.from(note), { signer, ...more });

const pair = ed25519Pair();
const key = noteKey(logHash, 'witness.example', 'witness', pair.publicKey);
/** The witness confirms this head. */
async function confirm({ size, note }: { size: number; note: string }): Promise<void> {
  const { text: head } = readNote(note)!;
  const line = cosignText(key, head, Math.floor(at.getTime() / 1000), ed25519Signer(pair.seed));
  const own = note.slice(note.lastIndexOf('\n\n') + 2).split('\n');
  const whole = writeNote(head, [...own.filter(Boolean).map((one) => `${one}\n`), line]);
  await act(async (tx) => {
    await insertWitness(tx, id(), { id: witness, address: 'https://witness.example', key: writeKey(key), at });
    await saveConfirmed(tx, id(), witness, { size, note: whole, confirmedAt: at, now: at, nextAt });
  });
}
/** It is told to the chat. */
const tell = (head: { size: number; note: string }) =>
  act((tx) => saveKept(tx, id(), chat, { ...head, at, now: at, nextAt }));

async function verify(language: 'uk' | 'en' = 'uk') {
  const lubart = {
    database: world.database,
    keyring: world.keyring,
    auditLog: world.auditLog,
    logKey,
    organizations: async () => [id()],
    rememberedHeads: async () => new Map<string, string>(),
    rememberVerified: async () => {},
  };
  const context = { operands: [], language, text: () => undefined, open: async () => ({ lubart }) };
  const { data, lines, exitCode } = await auditVerifyActions[0]!.run(context as unknown as Context);
  return { data: data as { logs: { outside: { name: string; times: number }[] }[] }, text: lines.join('\n'), exitCode };
}

test('a log that nobody outside saw is whole, and it is said that all of it could be another', async () => {
  await grow();
  const { text, exitCode } = await verify();
  assert.equal(exitCode, 0);
  assert.match(text, /Ззовні журналу не підтвердив ніхто/);
});

test('each place is named: how much it saw, when, how often, and how much stands after the newest', async () => {
  const early = await grow(3);
  const late = await grow(2);
  await keep(tsa, early, stampOf(early.note));
  await keep(tsa, late, stampOf(late.note));
  await confirm(late);
  await tell(early);
  const { size } = await grow(4);
  const { text, exitCode, data } = await verify();
  assert.equal(exitCode, 0, text);
  const said = (line: string) => assert.ok(text.includes(line), `${line}\n${text}`);
  assert.match(text, new RegExp(`Позначка часу, tsa\\.example: .*, записів: ${late.size} `));
  assert.match(text, new RegExp(`\\(усього: 2; перше: .*, записів: ${early.size}\\)`));
  said(`Telegram, -100777: ${at.toISOString()}, записів: ${early.size}`);
  said(`Свідок, witness.example: ${at.toISOString().slice(0, 19)}.000Z, записів: ${late.size}`);
  said(`Записів під найновішим підтвердженням ззовні: ${late.size}, після нього: ${size - late.size}.`);
  assert.match((await verify('en')).text, /Time stamp, tsa\.example: .*, entries: \d+ \(in all: 2; the first/);
  assert.deepEqual(
    data.logs[0]!.outside.map(({ name, times }) => [name, times]),
    [
      ['tsa.example', 2],
      ['-100777', 1],
      ['witness.example', 1],
    ],
  );
});

test('a stamp that does not fit is said in words, and the log is not whole', async () => {
  const head = await grow();
  const broken = stampOf(head.note);
  broken[broken.length - 3]! ^= 1;
  const foreign = makeCertificate({
    name: 'Служба',
    issuer: makeCertificate({ name: 'Чужий', ca: true }),
    uses: ['timeStamping'],
  });
  for (const [stamp, said] of [
    [broken, /✖ Позначку часу контрольної точки на \d+ записах підроблено/],
    [stampOf(`${head.note} `), /✖ Позначка часу при контрольній точці на \d+ записах – від чогось іншого/],
    [stampOf(head.note, { signer: foreign }), /✖ За позначкою часу .* не стоїть жоден/],
  ] as const) {
    await world.test.admin`DELETE FROM audit_stamps`;
    await keep(tsa, head, stamp);
    const { text, exitCode } = await verify();
    assert.equal(exitCode, 6);
    assert.match(text, /✖ Журнал змінено/);
    assert.match(text, said);
    assert.match(text, /Позначка часу, tsa\.example: жодного, що тримається/);
  }
});

test('the stamps of a place that was taken away are read on, under the name in their certificate', async () => {
  const head = await grow();
  await keep('0190a0a0-0000-7000-8000-000000000009', head, stampOf(head.note));
  const { text, exitCode } = await verify();
  assert.equal(exitCode, 0, text);
  assert.match(text, new RegExp(`Позначка часу, Служба часу: .*, записів: ${head.size}`));
});

test('a confirmation that the witness did not sign is one of nobody', async () => {
  await confirm(await grow());
  assert.equal((await verify()).exitCode, 0);
  const { note } = await grow();
  await world.test.admin`UPDATE audit_witnesses SET note = ${note}`;
  const { text, exitCode } = await verify();
  assert.equal(exitCode, 6);
  assert.match(text, /Свідок, witness\.example: жодного[\s\S]*✖ Підпис свідка/);
});

test('a log that was cut or rewritten is at odds with what was seen outside', async () => {
  const head = await grow();
  await keep(tsa, head, stampOf(head.note));
  await confirm(head);
  await tell(head);
  assert.equal((await verify()).exitCode, 0);
  await world.test.admin`DELETE FROM audit_checkpoints WHERE size >= ${head.size}`;
  await world.test.admin`DELETE FROM audit_leaves WHERE position >= ${head.size - 1}`;
  const { text, exitCode } = await verify();
  assert.equal(exitCode, 6);
  for (const place of ['Позначка часу, tsa.example', 'Telegram, -100777', 'Свідок, witness.example'])
    assert.match(text, new RegExp(`${place}: жодного, що тримається\\n +✖ Журнал коротший, ніж був`));
});
