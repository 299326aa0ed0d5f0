/**
 * The log in the hands of somebody who believes nobody: a file that was given out is verified by the command alone, with plain Node, and
 * each thing that an owner of the database can do to the log beforehand, or somebody to the file afterwards, is named in words.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { makeTestFolder } from '#test/harness.ts';
import type { Company, InProcess } from '#test/running-lubart.ts';
import { openInProcess, requireOk, setUpCompany, until } from '#test/running-lubart.ts';
import {
  noteKey,
  signText,
  readCheckpoint,
  readNote,
  writeCheckpoint,
  writeNote,
  cosignText,
  writeKey,
} from '../contract/tlog/index.ts';
import { ed25519Pair, ed25519Signer } from '#protections/encryption';
import { buildVerifiers, verifierFiles } from './build.ts';

const { path: folder } = makeTestFolder();
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
let running: InProcess;
let company: Company;
let key: string;
/** What an auditor kept a while ago, and the file as it is. */
let kept: string;
let whole: string;
before(async () => {
  await buildVerifiers(folder);
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  for (let at = 0; at < 20; at += 1) await makeContact(at);
  kept = (await sealedHead()).checkpoint!;
  for (let at = 20; at < 40; at += 1) await makeContact(at);
  await sealedHead();
  whole = await takeEvidence();
});

const makeContact = async (at: number) =>
  requireOk(await company.owner.client.call('POST /api/v1/contacts', { body: { lastName: `Клієнт ${at}` } }));

/** The head once everything that was recorded so far is under it. */
async function sealedHead(): Promise<{ key: string; checkpoint: string | null; size: number }> {
  await running.lubart.auditLog.flush();
  return until('sealed', 10, async () => {
    const [{ n }] = (await running.test.admin`SELECT count(*)::int AS n FROM audit_entries`) as unknown as [
      { n: number },
    ];
    const head = (await company.owner.client.call('GET /api/v1/audit-log/head')).body;
    key = head.key;
    return head.size >= n && head;
  });
}

async function takeEvidence(query: Record<string, string> = {}): Promise<string> {
  const reply = await company.owner.client.call('GET /api/v1/audit-log/evidence', { query });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return reply.body as string;
}

let count = 0;
type Options = { keys?: string[]; remembered?: string[]; lang?: 'uk' | 'en'; entry?: string };
function verify(text: string, { keys = [key], remembered = [], lang = 'uk', entry }: Options = {}) {
  const file = (content: string, name: string) => {
    const path = join(folder, `${(count += 1)}-${name}`);
    writeFileSync(path, content);
    return path;
  };
  const args = [
    ...keys.flatMap((one) => ['--key', one]),
    ...remembered.flatMap((note) => ['--remembered', file(note, 'kept.txt')]),
    ...(entry === undefined ? [] : ['--entry', file(entry, 'entry.json')]),
    '--lang',
    lang,
    file(text, 'given.txt'),
  ];
  const command = join(folder, verifierFiles.command);
  const run = (threads: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...threads, ...args], {
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };
  const alone = run(['--threads', '1']);
  assert.deepEqual(run(['--threads', '3']), alone, 'several threads say what one says');
  return alone;
}

/** Both languages say it, and the command ends so that a script notices. */
function requireFound(text: string, found: RegExp, options: Options = {}): void {
  const { status, said } = verify(text, options);
  assert.match(said, found);
  assert.equal(status, 1);
  assert.match(verify(text, { ...options, lang: 'en' }).said, /✖ The log is not to be believed/);
}

const lines = (text: string) => text.split('\n');
const entriesIn = (text: string) => lines(text).flatMap((line, at) => (line.startsWith('entry ') ? [at] : []));
const edited = (text: string, change: (list: string[]) => void) => {
  const list = lines(text);
  change(list);
  return list.join('\n');
};

test('the whole log holds, under one’s own key and with what one kept before; so does a piece of it', async () => {
  const { status, said } = verify(whole, { remembered: [kept] });
  assert.equal(status, 0, said);
  assert.match(said, /✔ Журнал цілий/);
  assert.match(verify(whole, { lang: 'en' }).said, /✔ The log is whole/);
  for (const [from, to] of [
    ['7', '19'],
    ['0', '1'],
    ['33', '34'],
  ] as const) {
    const piece = verify(await takeEvidence({ from, to }));
    assert.equal(piece.status, 0, piece.said);
    assert.match(piece.said, new RegExp(`Записів у файлі: ${Number(to) - Number(from)}\\n`));
  }
  const none = verify(whole, { keys: [] });
  assert.match(none.said, /це доводить цілість, але не те, чий журнал/i);
});

test('nothing that was sealed can be read in the file', () => {
  const text = entriesIn(whole)
    .map((at) => Buffer.from(lines(whole)[at]!.slice(6), 'base64').toString('utf8'))
    .join('\n');
  assert.ok(text.includes('contact.created') && !text.includes('Клієнт 1') && !text.includes('Олена'));
});

test('an entry edited, put in, taken out or moved in the file is found', () => {
  const [third, fourth] = [entriesIn(whole)[3]!, entriesIn(whole)[4]!];
  const other = Buffer.from(
    Buffer.from(lines(whole)[third]!.slice(6), 'base64').toString('utf8').replace('"v":1', '"v":2'),
  );
  requireFound(
    edited(whole, (list) => void (list[third] = `entry ${other.toString('base64')}`)),
    /від іншого журналу/,
  );
  requireFound(
    edited(whole, (list) => void list.splice(third, 1)),
    /від іншого журналу/,
  );
  requireFound(
    edited(whole, (list) => void list.splice(third, 0, list[fourth]!)),
    /від іншого журналу/,
  );
  requireFound(
    edited(whole, (list) => void ([list[third], list[fourth]] = [list[fourth]!, list[third]!])),
    /від іншого журналу/,
  );
});

test('a file cut off, a head of somebody else’s key, no head at all: each is named', () => {
  requireFound(lines(whole).slice(0, 20).join('\n'), /кінець відрізано/);
  const stranger = ed25519Pair();
  const foreign = edited(whole, (list) => {
    list.forEach((line, at) => {
      if (!line.startsWith('head ')) return;
      const note = readNote(Buffer.from(line.slice(5), 'base64').toString('utf8'))!;
      const strangerKey = noteKey(hash, readCheckpoint(note.text)!.origin, 'log', stranger.publicKey);
      const signed = writeNote(note.text, [signText(strangerKey, note.text, ed25519Signer(stranger.seed))]);
      list[at] = `head ${Buffer.from(signed).toString('base64')}`;
    });
  });
  requireFound(foreign, /підписано не ключем цього журналу/);
  requireFound(
    edited(whole, (list) => void list.splice(0, list.length, ...list.filter((line) => !line.startsWith('head ')))),
    /Жодна контрольна точка/,
  );
  requireFound('Це не журнал\n', /Рядок 1 не читається/);
});

test('a log that went on differently than the auditor saw, or is shorter, shows by the head that was kept', () => {
  const note = readNote(kept)!;
  const head = readCheckpoint(note.text)!;
  const other = writeCheckpoint({ ...head, root: new Uint8Array(32).fill(7) });
  requireFound(whole, /Журнал роздвоєно/, { remembered: [kept.replace(note.text, other)] });
  const longer = writeCheckpoint({ ...head, size: 5_000 });
  requireFound(whole, /коротший, ніж був: ви бачили 5000/, { remembered: [kept.replace(note.text, longer)] });
  requireFound(whole, /точка не читається/, { remembered: ['щось інше\n'] });
});

test('a clock set back, and entries under a head that are later than its witness saw it, are named', () => {
  const pair = ed25519Pair();
  const sign = ed25519Signer(pair.seed);
  const origin = readCheckpoint(readNote(kept)!.text)!.origin;
  const own = noteKey(hash, origin, 'log', pair.publicKey);
  const witnessPair = ed25519Pair();
  const witness = noteKey(hash, 'witness.example', 'witness', witnessPair.publicKey);
  const made = (times: string[], seen: string) => {
    const entries = times.map((at) => Buffer.from(JSON.stringify({ v: 1, at })));
    const leaves = entries.map((bytes) => hash(Buffer.concat([Buffer.of(0), bytes])));
    const root = hash(Buffer.concat([Buffer.of(1), leaves[0]!, leaves[1]!]));
    const text = writeCheckpoint({ origin, size: 2, root });
    const cosigned = cosignText(witness, text, Date.parse(seen) / 1000, ed25519Signer(witnessPair.seed));
    const note = writeNote(text, [signText(own, text, sign), cosigned]);
    const list = ['lubart-log-evidence-1', ...entries.map((bytes) => `entry ${bytes.toString('base64')}`)];
    return `${[...list, `head ${Buffer.from(note).toString('base64')}`, 'end 2'].join('\n')}\n`;
  };
  const keys = [writeKey(own), writeKey(witness)];
  const [ten, eleven] = ['2026-11-26T10:00:00.000Z', '2026-11-26T11:00:00.000Z'];
  const good = verify(made([ten, eleven], eleven), { keys });
  assert.equal(good.status, 0, good.said);
  assert.match(good.said, /Свідок witness\.example: 2026-11-26T11:00:00\.000Z, записів: 2/);
  requireFound(made([eleven, ten], eleven), /Біля запису № 1 годинник переведено назад/, { keys });
  requireFound(made([ten, eleven], ten), /пізніше, ніж її бачив свідок/, { keys });
  const forged = edited(made([ten, eleven], eleven), (list) => {
    const note = Buffer.from(list[3]!.slice(5), 'base64').toString('utf8');
    const line = note.trimEnd().split('\n').at(-1)!;
    const bytes = Buffer.from(line.split(' ')[2]!, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    list[3] = `head ${Buffer.from(note.replace(line.split(' ')[2]!, bytes.toString('base64'))).toString('base64')}`;
  });
  requireFound(forged, /Підпис свідка .* підроблено/, { keys });
});

test('one entry with its proof stands by itself; another entry, another place, another key do not', async () => {
  const [row] = await running.test
    .admin`SELECT id FROM audit_entries WHERE event = 'contact.created' ORDER BY id LIMIT 1`;
  const given = (await company.owner.client.call('GET /api/v1/audit-entries/:id/proof', { params: { id: row!['id'] } }))
    .body;
  const entry = Buffer.from(given.bytes, 'base64').toString('utf8');
  const good = verify(given.proof, { entry });
  assert.equal(good.status, 0, good.said);
  assert.match(good.said, /✔ Запис справжній/);
  const bad = (proof: string, options: Options, found: RegExp) => {
    const { status, said } = verify(proof, options);
    assert.match(said, found);
    assert.equal(status, 1);
  };
  bad(given.proof, { entry: entry.replace('"v":1', '"v":2') }, /Такого запису на цьому місці журналу немає/);
  bad(given.proof.replace(/index \d+/, 'index 1'), { entry }, /Такого запису на цьому місці журналу немає/);
  const stranger = noteKey(hash, readCheckpoint(readNote(kept)!.text)!.origin, 'log', ed25519Pair().publicKey);
  bad(given.proof, { entry, keys: [writeKey(stranger)] }, /підписано не ключем журналу/);
  bad(given.proof, { entry, keys: [] }, /вкажіть його/);
  bad(given.proof, {}, /файл самого запису/);
});

test('what the owner of the database changed before the file was given out shows in the file', async () => {
  const { admin } = running.test;
  const rows =
    await admin`SELECT l.position, l.entry_id, e.bytes FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id
    WHERE l.position IN (9, 12) ORDER BY l.position`;
  const [nine, twelve] = rows as unknown as { entry_id: string; bytes: Buffer }[];
  const changed = Buffer.from(nine!.bytes.toString('utf8').replace('"outcome":"done"', '"outcome":"gone"'));
  await admin`ALTER TABLE audit_entries DISABLE TRIGGER ALL`;
  await admin`UPDATE audit_entries SET bytes = ${changed} WHERE id = ${nine!.entry_id}`;
  requireFound(await takeEvidence(), /від іншого журналу/);
  await admin`UPDATE audit_entries SET bytes = ${nine!.bytes} WHERE id = ${nine!.entry_id}`;
  await admin`DELETE FROM audit_entries WHERE id = ${twelve!.entry_id}`;
  requireFound(await takeEvidence(), /Вмісту запису № 12 немає/);
});

test('the same source makes the same bytes', async () => {
  const { path } = makeTestFolder();
  await buildVerifiers(path);
  for (const name of Object.values(verifierFiles))
    assert.deepEqual(readFileSync(join(path, name)), readFileSync(join(folder, name)), name);
});
