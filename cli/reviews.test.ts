/** `lubart reviews verify`: a signed result, with the key of the database and with one that is given; and forged ones. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Secret } from '#kernel';
import { openWorld } from '#test/cast.ts';
import type { World } from '#test/cast.ts';
import { ed25519Sign } from '#protections/encryption';
import { signedFile } from '../server/protections/access/reviews/sign-result.ts';
import { canonicalJson } from '../server/protections/access/reviews/canonical-json.ts';
import { callReview, openNode, start } from '../server/protections/access/reviews/reviews.fixture.ts';
import type { Context } from './command.ts';
import { reviewActions } from './commands/reviews.ts';
import { openCommandLine } from './command-line.fixture.ts';

let world: World;
let folder: string;
let text = '';
before(async () => {
  world = await openWorld();
  folder = await mkdtemp(join(tmpdir(), 'lubart-reviews-'));
  const house = openNode(world);
  const { owner } = world.cast;
  const id = await start(house);
  await callReview(house, 'POST /api/v1/reviews/:id/close', owner, { params: { id }, body: {} });
  const { bytes } = await callReview(house, 'GET /api/v1/reviews/:id/file', owner, { params: { id } });
  for await (const chunk of bytes) text += Buffer.from(chunk).toString();
});
after(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

async function verify(content: string, publicKey?: string) {
  const file = join(folder, 'result.json');
  await writeFile(file, content);
  const context = {
    operands: [file],
    text: () => publicKey,
    language: 'uk',
    open: async () => ({ lubart: { database: world.database } }),
  };
  const { data, exitCode } = await reviewActions[0]!.run(context as unknown as Context);
  const { valid, reason } = data as { valid: boolean; reason: string | null };
  return [valid, reason, exitCode];
}

test('a result is verified with the key of this database, however its file is laid out', async () => {
  assert.deepEqual(await verify(text), [true, null, 0]);
  assert.deepEqual(await verify(JSON.stringify(JSON.parse(text), null, 4)), [true, null, 0]);
});

test('a result that was changed, or is none, is not accepted', async () => {
  assert.deepEqual(await verify(text.replace('"withdrawn"', '"kept"')), [false, 'signature', 6]);
  assert.deepEqual(await verify('{"form":"other"}'), [false, 'form', 6]);
});

test('a forger’s own key in the file proves nothing', async () => {
  const { document, signature } = JSON.parse(text);
  const seed = new Secret(Buffer.alloc(32, 9));
  const forged = { ...document, rights: [] };
  const signed = ed25519Sign(seed, Buffer.from(canonicalJson(forged)));
  const with_ = (keyId: string) => signedFile(forged, { keyId, publicKey: Buffer.alloc(32, 1), signature: signed });
  assert.deepEqual(await verify(with_(signature.keyId)), [false, 'signature', 6]);
  assert.deepEqual(await verify(with_('01890000-0000-7000-8000-000000000000')), [false, 'key', 6]);
});

test('with the company’s public key a real process verifies it where there is no database', async () => {
  const lubart = await openCommandLine();
  try {
    const file = join(lubart.folder, 'result.json');
    await writeFile(file, text);
    const { publicKey } = JSON.parse(text).signature;
    const { code, stdout } = await lubart.run(['reviews', 'verify', file, '--public-key', publicKey]);
    assert.equal(code, 0);
    assert.match(stdout, /^✔ The signature holds/);
    assert.equal((await lubart.run(['reviews', 'verify', file, '--public-key', 'AAAA'])).code, 2);
  } finally {
    await lubart.close();
  }
});
