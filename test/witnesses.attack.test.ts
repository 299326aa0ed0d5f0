/**
 * One Lubart is the witness of another over real HTTP: what was confirmed outside cannot be changed by whoever owns the first one, its
 * database and its keys; and a witness that lies, is late or is somebody else is not believed.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import {
  cosignText,
  noteKey,
  readCheckpoint,
  readKey,
  readNote,
  signersOf,
  signText,
  writeAddCheckpoint,
  writeCheckpoint,
  writeKey,
  writeNote,
} from '#contract/tlog';
import { witnessPosture } from '#protections/audit-log/witness';
import { ed25519Pair, ed25519Signer, ed25519Verify } from '#protections/encryption';
import type { Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
let log: { running: InProcess; company: Company };
let witness: { running: InProcess; company: Company };
let witnessId: string;
let own: { address: string; key: string };
before(async () => {
  [log, witness] = [await open(), await open()];
  const logKey = (await viewOf(log)).own.logKey;
  requireOk(await witness.company.owner.client.call('POST /api/v1/security/witnessed-logs', { body: { key: logKey } }));
  own = (await viewOf(witness)).own;
  witnessId = await addWitness(own.address, own.key);
});

async function open() {
  const running = await openInProcess();
  return { running, company: await setUpCompany(running.origin, running.setupToken) };
}
const viewOf = async ({ company }: typeof log) => {
  const reply = await company.owner.client.call('GET /api/v1/security/witnesses');
  requireOk(reply);
  return reply.body;
};
async function addWitness(address: string, key: string): Promise<string> {
  const reply = await log.company.owner.client.call('POST /api/v1/security/witnesses', { body: { address, key } });
  requireOk(reply);
  return reply.body.id;
}
const tryNow = async (id: string) => {
  const reply = await log.company.owner.client.call('POST /api/v1/security/witnesses/:id/try', { params: { id } });
  requireOk(reply);
  return reply.body;
};
const eventsOf = async ({ company, running }: typeof log, event: string) => {
  await running.lubart.auditLog.flush();
  return (await company.owner.client.call('GET /api/v1/audit-entries', { query: { event } })).body.rows;
};
async function sealedHead() {
  await log.running.lubart.auditLog.flush();
  return until('sealed', 10, async () => {
    const { checkpoint } = (await log.company.owner.client.call('GET /api/v1/audit-log/head')).body;
    return checkpoint !== null && (checkpoint as string);
  });
}
const headOf = (note: string) => readCheckpoint(readNote(note)!.text)!;
const post = async (body: string, id = witness.company.organizationId) => {
  const response = await fetch(`${witness.running.origin}/api/v1/witness/${id}/add-checkpoint`, {
    method: 'POST',
    body,
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
/** A head that the log’s own key signed, whatever it says: whoever owns the server can make one. */
function signedBy(origin: string, size: number, root: Uint8Array): string {
  const { logKey } = log.running.lubart;
  const text = writeCheckpoint({ origin, size, root });
  return writeNote(text, [signText(logKey.keyOf(log.company.organizationId), text, logKey.sign)]);
}

test('a witness confirms the newest head, again after it grew, and the head carries its signature', async () => {
  await sealedHead();
  const first = await tryNow(witnessId);
  assert.equal(first.problem, null);
  assert.ok(first.size > 0);
  requireOk(await log.company.owner.client.call('POST /api/v1/contacts', { body: { lastName: 'Коваль' } }));
  const second = await until('grown', 10, async () => {
    const got = await tryNow(witnessId);
    return got.size > first.size && got;
  });
  assert.equal(second.problem, null);
  const { secondsBack } = await viewOf(log);
  assert.ok(secondsBack <= 60, `${secondsBack} seconds`);
  const [{ note }] = (await log.running.test
    .admin`SELECT note FROM audit_checkpoints WHERE size = ${second.size}`) as unknown as [{ note: string }];
  const keys = [readKey(sha256, own.key)!, readKey(sha256, (await viewOf(log)).own.logKey)!];
  const signed = signersOf(readNote(note)!, keys, ed25519Verify).map(({ key }) => key.kind);
  assert.deepEqual(signed.toSorted(), ['log', 'witness']);
});

test('a witness that was away for a day: the posture is red until it confirms, and one confirmation covers the whole day', async () => {
  const { database, organizations } = log.running.lubart;
  /** The posture as it would be found this much later, while nobody confirms. */
  const later = (millis: number) => {
    const clock = { now: () => new Date(Date.now() + millis) };
    return witnessPosture({ database, clock, organizations })[0]!.run();
  };
  assert.equal((await tryNow(witnessId)).problem, null);
  const fresh = await later(0);
  assert.deepEqual([fresh.ok, fresh.evidence['late'], fresh.evidence['withoutWitness']], [true, 0, 0]);
  assert.equal((await later(14 * 60_000)).ok, true);
  assert.equal((await later(16 * 60_000)).ok, false, 'a quarter of an hour is the limit');
  const day = await later(86_400_000);
  assert.deepEqual([day.ok, day.evidence['late']], [false, 1]);
  assert.ok(Number(day.evidence['secondsBackMax']) >= 86_400);

  const before = headOf(await sealedHead()).size;
  for (let at = 0; at < 30; at += 1)
    requireOk(await log.company.owner.client.call('POST /api/v1/contacts', { body: { lastName: `Бойко ${at}` } }));
  await until('sealed', 10, async () => headOf(await sealedHead()).size >= before + 30);
  const caught = await tryNow(witnessId);
  assert.deepEqual([caught.problem, caught.size >= before + 30], [null, true]);
  assert.equal((await later(0)).ok, true);
});

test('a fork, a log that was cut and one that was signed anew are not confirmed, and the witness says so loudly', async () => {
  const { size } = await tryNow(witnessId);
  const { origin } = headOf(await sealedHead());
  const other = sha256(Buffer.from('another history'));
  const proof = [sha256(Buffer.from('made up'))];
  const fork = await post(writeAddCheckpoint({ old: size, proof, checkpoint: signedBy(origin, size + 50, other) }));
  assert.equal(fork.status, 422);
  const rewritten = await post(writeAddCheckpoint({ old: size, proof: [], checkpoint: signedBy(origin, size, other) }));
  assert.equal(rewritten.status, 409);
  const cut = await post(writeAddCheckpoint({ old: 1, proof: [], checkpoint: signedBy(origin, 1, other) }));
  assert.deepEqual(cut, { status: 409, type: 'text/x.tlog.size', text: `${size}\n` });
  const anew = await post(writeAddCheckpoint({ old: 0, proof: [], checkpoint: signedBy(origin, 7, other) }));
  assert.equal(`${anew.status} ${anew.text}`, `409 ${size}\n`);
  const backwards = await post(writeAddCheckpoint({ old: 9, proof: [], checkpoint: signedBy(origin, 3, other) }));
  assert.equal(backwards.status, 400);
  const seen = await eventsOf(witness, 'witness.fork_seen');
  assert.deepEqual(
    seen.map(({ facts }: { facts: object }) => facts),
    [
      { origin, known: size, shown: size },
      { origin, known: size, shown: size + 50 },
    ],
  );
});

test('what the log did not sign is not confirmed; a log that nobody entered is not known', async () => {
  const note = await sealedHead();
  const { origin, root } = headOf(note);
  const { seed, publicKey } = ed25519Pair();
  const thief = noteKey(sha256, origin, 'log', publicKey);
  const text = writeCheckpoint({ origin, size: 900, root });
  const checkpoint = writeNote(text, [signText(thief, text, ed25519Signer(seed))]);
  assert.equal((await post(writeAddCheckpoint({ old: 0, proof: [], checkpoint }))).status, 403);
  const stranger = signedBy('lubart.invalid/audit-log/nobody', 5, root);
  assert.equal((await post(writeAddCheckpoint({ old: 0, proof: [], checkpoint: stranger }))).status, 404);
  const elsewhere = writeAddCheckpoint({ old: 0, proof: [], checkpoint: note });
  assert.equal((await post(elsewhere, log.company.organizationId)).status, 404);
  for (const garbage of ['', 'old -1\n\n', 'old 01\n\nx', `old 0\n!!\n\n${note}`, `old 0\n\n${note.slice(0, -9)}`])
    assert.equal((await post(garbage)).status, 400, JSON.stringify(garbage));
});

test('of many who send at one moment each gets a confirmation of one history', async () => {
  const { seed, publicKey } = ed25519Pair();
  const key = noteKey(sha256, 'race.example/log', 'log', publicKey);
  requireOk(
    await witness.company.owner.client.call('POST /api/v1/security/witnessed-logs', { body: { key: writeKey(key) } }),
  );
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, at) => {
      const text = writeCheckpoint({ origin: key.name, size: 10, root: sha256(Buffer.from(`history ${at}`)) });
      const checkpoint = writeNote(text, [signText(key, text, ed25519Signer(seed))]);
      return post(writeAddCheckpoint({ old: 0, proof: [], checkpoint }));
    }),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status, text }) => status === 409 && text === '10\n').length, 11);
});

/** A witness that answers whatever the test says. */
async function openLiar(answer: (checkpoint: string, key: ReturnType<typeof noteKey>) => [number, string]) {
  const { seed, publicKey } = ed25519Pair();
  const key = noteKey(sha256, `liar.example/${publicKey.toString('hex').slice(0, 8)}`, 'witness', publicKey);
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString('utf8');
      const [status, said] = answer(text.slice(text.indexOf('\n\n') + 2), key);
      response.writeHead(status).end(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { id: await addWitness(address, writeKey(key)), key, sign: ed25519Signer(seed), server };
}
const seconds = () => Math.floor(Date.now() / 1000);

test('a confirmation by another key, of another head, of before or by a clock that is off is not believed', async () => {
  await sealedHead();
  let say: (checkpoint: string) => string = () => '';
  const liar = await openLiar((checkpoint) => [200, say(checkpoint)]);
  const textOf = (checkpoint: string) => readNote(checkpoint)!.text;
  const stranger = ed25519Pair();
  const lies: [what: string, answer: (checkpoint: string) => string, problem: string][] = [
    ['nothing', () => '', 'answer_wrong'],
    [
      'another key under the name of the witness',
      (one) => cosignText(liar.key, textOf(one), seconds(), ed25519Signer(stranger.seed)),
      'answer_wrong',
    ],
    [
      'another head',
      () => {
        const text = writeCheckpoint({ origin: 'else.example', size: 3, root: sha256(Buffer.from('')) });
        return cosignText(liar.key, text, seconds(), liar.sign);
      },
      'answer_wrong',
    ],
    [
      'an old signature shown again',
      (one) => cosignText(liar.key, textOf(one), seconds() - 3_600, liar.sign),
      'clock_wrong',
    ],
    ['a clock ahead', (one) => cosignText(liar.key, textOf(one), seconds() + 3_600, liar.sign), 'clock_wrong'],
  ];
  for (const [what, answer, problem] of lies) {
    say = answer;
    const got = await tryNow(liar.id);
    assert.equal(`${got.problem} ${got.size} ${got.confirmedAt}`, `${problem} 0 null`, what);
  }
  say = (one) => cosignText(liar.key, textOf(one), seconds(), liar.sign);
  const honest = await tryNow(liar.id);
  assert.equal(honest.problem, null);
  assert.ok(honest.size > 0);
});

test('a witness that remembers a longer log, or one that ours does not continue, is an alarm, once', async () => {
  let answer: [number, string] = [409, '9000000\n'];
  const liar = await openLiar(() => answer);
  assert.equal((await tryNow(liar.id)).problem, 'forked');
  answer = [422, ''];
  assert.equal((await tryNow(liar.id)).problem, 'forked');
  const alarms = (await eventsOf(log, 'witness.forked')).filter(
    ({ subjectIds }: { subjectIds: string[] }) => subjectIds[0] === liar.id,
  );
  assert.equal(alarms.length, 1);
  assert.equal(alarms[0].level, 'security');
});

test('a witness that is away is asked after growing pauses, and catches up when it is back', async () => {
  let isAway = true;
  const liar = await openLiar((checkpoint, key) =>
    isAway ? [503, 'away'] : [200, cosignText(key, readNote(checkpoint)!.text, seconds(), liar.sign)],
  );
  const pauses: number[] = [];
  for (let at = 0; at < 8; at += 1) {
    const got = await tryNow(liar.id);
    assert.equal(got.problem, 'refused');
    pauses.push(Math.round((Date.parse(got.nextAt) - Date.parse(got.triedAt)) / 1000));
  }
  assert.deepEqual(pauses, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
  isAway = false;
  const back = await tryNow(liar.id);
  assert.equal(back.problem, null);
  const of = (rows: { subjectIds: string[] }[]) => rows.filter(({ subjectIds }) => subjectIds[0] === liar.id).length;
  assert.equal(of(await eventsOf(log, 'witness.failed')), 1);
  assert.equal(of(await eventsOf(log, 'witness.recovered')), 1);
});

test('a witness is added by an address that can be trusted, and by a key that is one of a witness', async () => {
  const { client } = log.company.owner;
  const add = async (body: object) => (await client.call('POST /api/v1/security/witnesses', { body })).body.error?.code;
  const { logKey } = (await viewOf(log)).own;
  for (const address of [
    'http://witness.example',
    'ftp://localhost',
    'https://a:b@witness.example',
    'x',
    'file:///etc',
  ])
    assert.equal(await add({ address, key: own.key }), 'witness.address_wrong', address);
  for (const key of ['x', logKey, own.key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))])
    assert.equal(await add({ address: 'https://witness.example', key }), 'witness.key_wrong', key);
  assert.equal(await add({ address: 'https://witness.example', key: own.key }), 'witness.known');
});
