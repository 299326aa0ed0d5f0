/**
 * Time stamps whose signature is right and whose certificate is not: for something else, of another key’s neighbour, not valid then, or
 * of nobody that the owner named. Each is signed by the very key that the owner trusts, so that nothing but the one guard refuses it.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readPem } from '#contract/stamps';
import { openEvidence, readCheckpoint, readNote } from '#contract/tlog';
import { stampedHeads } from '#protections/audit-log/anchors';
import { logHash, writeChosen } from '#protections/audit-log/tree';
import { ed25519Verify } from '#protections/encryption';
import { stampMeans } from '../server/protections/audit-log/anchors/time-stamp.ts';
import { makeTestFolder } from './harness.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';
import type { StampWish } from './soft-authority.ts';
import { answerStamp, makeCertificate } from './soft-authority.ts';
import { opensslThere } from './stamp-authority.ts';

let running: InProcess;
let company: Company;
/** What the authority answers with. */
let wish: StampWish;
let address: string;
const root = makeCertificate({ name: 'Корінь', ca: true });
const stamper = makeCertificate({ name: 'Служба часу', issuer: root, uses: ['timeStamping'] });
const honest: StampWish = { signer: stamper };

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
    response.end(answerStamp(Buffer.concat(pieces), wish));
  });
});
after(() => server.close());
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await running.lubart.auditLog.flush();
  await until('sealed', 10, async () => (await call('GET /api/v1/audit-log/head')).checkpoint !== null);
});

type Key = Parameters<Company['owner']['client']['call']>[0];
const call = async (key: Key, given: object = {}) => {
  const reply = await company.owner.client.call(key, given);
  requireOk(reply);
  return reply.body;
};
const addStamp = async (roots: string): Promise<string> =>
  (await call('POST /api/v1/security/anchors', { body: { everyMinutes: 60, settings: { stamp: { address, roots } } } }))
    .id;
/** What becomes of a stamp that is made so. */
async function problemOf(id: string, made: StampWish): Promise<string | null> {
  wish = made;
  return (await call('POST /api/v1/security/anchors/:id/try', { params: { id } })).problem;
}

test('the authority of these tests is an honest one: Lubart believes it, and openssl ts too', async (t) => {
  const id = await addStamp(root.pem);
  const between = makeCertificate({ name: 'Проміжний', issuer: root, ca: true, kind: 'rsa' });
  const signer = makeCertificate({ name: 'Служба під ним', issuer: between, uses: ['timeStamping'], kind: 'rsa' });
  assert.equal(await problemOf(id, { signer, certificates: [between, signer] }), null);
  assert.equal(await problemOf(id, honest), null);
  const { head, stamp } = await call('GET /api/v1/security/anchors/:id/kept', { params: { id } });
  if (!opensslThere) return t.diagnostic('openssl was not asked: it needs the Debian package openssl');
  const { path } = makeTestFolder();
  writeFileSync(join(path, 'stamp.tsr'), Buffer.from(stamp, 'base64'));
  writeFileSync(join(path, 'head'), head);
  writeFileSync(join(path, 'root.pem'), root.pem);
  const asked = ['ts', '-verify', '-in', 'stamp.tsr', '-data', 'head', '-CAfile', 'root.pem'];
  execFileSync('openssl', asked, { cwd: path, stdio: 'pipe' });
});

test('a certificate that is not for time stamps alone, and says so strictly, stamps nothing', async () => {
  const id = await addStamp(root.pem);
  const signerWith = (more: object) => ({ signer: makeCertificate({ name: 'Служба', issuer: root, ...more }) });
  assert.equal(await problemOf(id, signerWith({ uses: ['timeStamping'] })), null);
  assert.equal(await problemOf(id, signerWith({})), 'answer_wrong');
  assert.equal(await problemOf(id, signerWith({ uses: ['codeSigning'] })), 'answer_wrong');
  // RFC 3161 §2.3: only one use, and critical.
  assert.equal(await problemOf(id, signerWith({ uses: ['timeStamping', 'codeSigning'] })), 'answer_wrong');
  assert.equal(await problemOf(id, signerWith({ uses: ['timeStamping'], usesAreCritical: false })), 'answer_wrong');
});

test('the certificate that the signature does not name counts for nothing, be it of the same key', async () => {
  const id = await addStamp(root.pem);
  const twin = makeCertificate({ name: 'Служба часу', issuer: root, uses: ['timeStamping'], keyOf: stamper });
  assert.equal(await problemOf(id, { signer: twin }), null);
  assert.equal(await problemOf(id, { ...honest, certificates: [twin] }), 'answer_wrong');
  assert.equal(await problemOf(id, { ...honest, named: null }), 'answer_wrong');
  assert.equal(await problemOf(id, { ...honest, certificates: [twin, stamper] }), null);
});

test('a chain through what is no authority, past its time, or up to somebody else of the same name is none', async () => {
  const id = await addStamp(root.pem);
  const under = (issuer: ReturnType<typeof makeCertificate>) =>
    makeCertificate({ name: 'Підлеглий', issuer, uses: ['timeStamping'] });
  const leaf = makeCertificate({ name: 'Не центр', issuer: root });
  assert.equal(await problemOf(id, { signer: under(leaf), certificates: [leaf, under(leaf)] }), 'answer_wrong');
  const byLeaf = under(leaf);
  assert.equal(await problemOf(id, { signer: byLeaf, certificates: [leaf, byLeaf] }), 'answer_wrong');
  const [longAgo, yesterday] = [new Date(Date.now() - 9 * 86_400_000), new Date(Date.now() - 86_400_000)];
  const uses = ['timeStamping'] as const;
  const old = makeCertificate({ name: 'Служба', issuer: root, uses, from: longAgo, to: yesterday });
  assert.equal(await problemOf(id, { signer: old }), 'answer_wrong');
  const early = makeCertificate({ name: 'Служба', issuer: root, uses, from: new Date(Date.now() + 3_600_000) });
  assert.equal(await problemOf(id, { signer: early }), 'answer_wrong');
  const twinRoot = makeCertificate({ name: 'Корінь', ca: true });
  const foreign = makeCertificate({ name: 'Служба', issuer: twinRoot, uses });
  assert.equal(await problemOf(id, { signer: foreign, certificates: [foreign, twinRoot] }), 'answer_wrong');
});

test('a file of the log carries the oldest stamp that covers what it shows, of the log and of one entry; openssl verifies it taken out', async (t) => {
  const id = await addStamp(root.pem);
  const stamped: number[] = [];
  for (let nth = 0; nth < 3; nth += 1) {
    assert.equal(await problemOf(id, honest), null);
    const { head } = await call('GET /api/v1/security/anchors/:id/kept', { params: { id } });
    stamped.push(readCheckpoint(readNote(head)!.text)!.size);
    const { size } = await call('GET /api/v1/audit-log/head');
    await running.lubart.auditLog.flush();
    await until('grown', 10, async () => (await call('GET /api/v1/audit-log/head')).size > size);
  }
  const [first, second] = stamped as [number, number];
  assert.ok(first < second, stamped.join());
  const stampsOf = (text: string) =>
    text.split('\n').flatMap((line, at, all) => (line.startsWith('stamp ') ? [sizeOf(all[at - 1]!)] : []));
  const sizeOf = (line: string) =>
    readCheckpoint(readNote(Buffer.from(line.slice(5), 'base64').toString('utf8'))!.text)!.size;
  const take = (query: object) => call('GET /api/v1/audit-log/evidence', { query });
  const whole: string = await take({});
  assert.ok(stamped.every((size) => stampsOf(whole).includes(size)));
  // One entry: of this authority the oldest that covers it, and no other.
  const ofEntry: string = await take({ from: `${first}`, to: `${first + 1}` });
  assert.deepEqual([...new Set(stampsOf(ofEntry))], [second]);
  for (const text of [whole, ofEntry]) {
    const { findings, stamps, dated } = verified(text);
    assert.deepEqual(findings, []);
    assert.ok([...stamps.keys()].includes('Служба часу'));
    assert.ok(text === whole || dated !== null);
  }
  // Chosen entries out of an investigation carry theirs too.
  const pieces: Buffer[] = [];
  const { database, logKey } = running.lubart;
  const { organizationId } = company;
  const rows = await running.test
    .admin`SELECT entry_id FROM audit_leaves WHERE position IN (0, ${first}) ORDER BY position`;
  const given = { database, key: logKey.keyOf(organizationId), organizationId };
  const stamps = stampedHeads(database, organizationId);
  const chosen = writeChosen(
    { ...given, stamps },
    rows.map((row) => row['entry_id'] as string),
  );
  for await (const piece of chosen) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  assert.ok(stampsOf(text).includes(second) && stampsOf(text).some((size) => size <= first), stampsOf(text).join());
  const report = verified(text);
  assert.deepEqual([report.findings, report.entries], [[], 2]);
  assert.ok(report.dated !== null);

  if (!opensslThere) return t.diagnostic('openssl was not asked: it needs the Debian package openssl');
  const lines = ofEntry.split('\n');
  const at = lines.findIndex((line) => line.startsWith('stamp '));
  const { path } = makeTestFolder();
  writeFileSync(join(path, 'stamp.tsr'), Buffer.from(lines[at]!.slice(6), 'base64'));
  writeFileSync(join(path, 'head'), Buffer.from(lines[at - 1]!.slice(5), 'base64'));
  writeFileSync(join(path, 'root.pem'), root.pem);
  execFileSync('openssl', ['ts', '-verify', '-in', 'stamp.tsr', '-data', 'head', '-CAfile', 'root.pem'], {
    cwd: path,
    stdio: 'pipe',
  });
});

function verified(text: string) {
  const keys = [running.lubart.logKey.keyOf(company.organizationId)];
  const stamps = { means: stampMeans, roots: readPem(root.pem)! };
  const reader = openEvidence({ hash: logHash, verify: ed25519Verify, keys, remembered: [], now: Date.now(), stamps });
  for (const line of text.split('\n')) reader.line(line);
  return reader.end();
}

test('a place that is taken away leaves its stamps, and they date the entries further on', async () => {
  const id = await addStamp(root.pem);
  assert.equal(await problemOf(id, honest), null);
  const { size } = (await call('GET /api/v1/security/anchors')).anchors.find((one: { id: string }) => one.id === id);
  await call('DELETE /api/v1/security/anchors/:id', { params: { id } });
  const rows = await running.test.admin`SELECT size::int FROM audit_stamps WHERE anchor_id = ${id}`;
  assert.deepEqual(
    rows.map((row) => row['size']),
    [size],
  );
});
