/** The log as others follow it (C2SP tlog-tiles): from tiles and entries alone somebody arrives at the head that the log signed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  findIn,
  leafHash,
  readBundle,
  readCheckpoint,
  readKey,
  readNote,
  rootOf,
  signersOf,
  tilePath,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
  widthOf,
} from '#contract/tlog';
import { ed25519Verify } from '#protections/encryption';
import type { Company, InProcess } from './running-lubart.ts';
import { addCompany, openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
let running: InProcess;
let company: Company;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  // More than one tile of entries, recorded as they are elsewhere: by asking.
  for (let at = 0; at < 290; at += 10)
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) =>
        requireOk(await company.owner.client.call('POST /api/v1/contacts', { body: { lastName: `Клієнт ${at + i}` } })),
      ),
    );
});
after(() => running.lubart.auditLog.flush());

const prefix = () => `/api/v1/audit-logs/${company.organizationId}`;
const ask = (path: string, cookie = company.owner.client.cookie) =>
  fetch(`${running.origin}${prefix()}/${path}`, { headers: { origin: running.origin, cookie } });
const bytesOf = async (path: string) => {
  const response = await ask(path);
  assert.equal(response.status, 200, `${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

async function headNow() {
  await running.lubart.auditLog.flush();
  return until('sealed', 10, async () => {
    const response = await ask('checkpoint');
    if (response.status !== 200) return false;
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const note = readNote(await response.text())!;
    const { body } = await company.owner.client.call('GET /api/v1/audit-log/head');
    assert.equal(signersOf(note, [readKey(sha256, body.key)!], ed25519Verify).length, 1, 'the log signed it');
    const head = readCheckpoint(note.text)!;
    return head.size > 290 && head;
  });
}

test('tiles, full and partial, are the tree under the signed head; each may be kept for ever', async () => {
  const head = await headNow();
  const tiles = new Map<string, Uint8Array>();
  for (let level = 0; tileWidth ** level <= head.size; level += 1)
    for (let index = 0; widthOf(head.size, { level, index }) > 0; index += 1) {
      const width = widthOf(head.size, { level, index });
      const response = await ask(tilePath({ level, index }, width));
      assert.equal(response.headers.get('cache-control'), 'private, max-age=31536000, immutable');
      assert.equal(response.headers.get('content-type'), 'application/octet-stream');
      tiles.set(`${level}/${index}`, new Uint8Array(await response.arrayBuffer()));
      assert.equal(tiles.get(`${level}/${index}`)!.length, width * 32);
    }
  assert.ok(tiles.size >= 3);
  const root = rootOf(
    sha256,
    head.size,
    findIn(sha256, ({ level, index }) => tiles.get(`${level}/${index}`)),
  );
  assert.deepEqual(Buffer.from(root), Buffer.from(head.root));
  // A narrower tile is the beginning of the wider one.
  assert.deepEqual(Buffer.from(await bytesOf('tile/0/000.p/7')), Buffer.from(tiles.get('0/0')!.subarray(0, 7 * 32)));
});

test('a bundle holds the entries whose hashes stand in the tile; taking it is an entry of the log itself', async () => {
  await headNow();
  const response = await ask('tile/entries/000');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const entries = readBundle(new Uint8Array(await response.arrayBuffer()))!;
  assert.equal(entries.length, tileWidth);
  const hashes = entries.map((entry) => Buffer.from(leafHash(sha256, entry)));
  assert.deepEqual(Buffer.concat(hashes), Buffer.from(await bytesOf('tile/0/000')));
  const listed = await company.owner.client.call('GET /api/v1/audit-entries', {
    query: { event: 'audit.evidence_taken' },
  });
  assert.deepEqual(listed.body.rows[0].facts, { from: 0, to: tileWidth });
});

test('what the log does not have yet, or names otherwise, is not given', async () => {
  const { size } = await headNow();
  const beyond = Math.ceil(size / tileWidth) + 3;
  for (const path of [
    `tile/0/${String(beyond).padStart(3, '0')}`,
    'tile/0/1',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/x000/000',
    'tile/7/000',
    `tile/entries/${String(beyond).padStart(3, '0')}.p/1`,
  ]) {
    const response = await ask(path);
    const { error } = (await response.json()) as { error: { code: string } };
    assert.equal(`${response.status} ${error.code}`, '404 audit.part_missing', path);
  }
  assert.equal((await ask('tile/8/000')).status, 400);
});

test('whoever does not speak tiles gets proofs, and they hold', async () => {
  const { size, root } = await headNow();
  const head = async (of: number) => {
    const tile = await bytesOf(`tile/0/000.p/${of}`);
    return rootOf(
      sha256,
      of,
      findIn(sha256, ({ level }) => (level === 0 ? tile : undefined)),
    );
  };
  const proofs = (hashes: string[]) => hashes.map((one) => Buffer.from(one, 'base64'));
  for (const old of [1, 7, 128, 200]) {
    const { body } = await company.owner.client.call('GET /api/v1/audit-logs/:id/consistency', {
      params: { id: company.organizationId },
      query: { from: String(old), to: String(size) },
    });
    const given = { old, oldRoot: await head(old), size, root, proof: proofs(body.hashes) };
    assert.ok(verifyConsistency(sha256, given), `from ${old} to ${size}`);
  }
  for (const position of [0, 128, 255, size - 1]) {
    const { body } = await company.owner.client.call('GET /api/v1/audit-logs/:id/inclusion', {
      params: { id: company.organizationId },
      query: { position: String(position), size: String(size) },
    });
    const leaf = Buffer.from(body.leaf, 'base64');
    const given = { leaf, index: position, size, proof: proofs(body.hashes), root };
    assert.ok(verifyInclusion(sha256, given), `position ${position}`);
  }
  const ahead = await ask(`consistency?from=1&to=${size + 100_000}`);
  assert.equal(ahead.status, 404);
  const backwards = await ask('consistency?from=9&to=3');
  assert.equal(backwards.status, 400);
});

test('the owner of another organization gets no piece of this log', async () => {
  await headNow();
  const other = await addCompany(running);
  for (const path of ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1', 'consistency?from=0&to=1']) {
    const response = await ask(path, other.owner.client.cookie);
    const { error } = (await response.json()) as { error: { code: string } };
    assert.equal(`${response.status} ${error.code}`, '404 audit.not_found', path);
  }
});
