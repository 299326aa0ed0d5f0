/**
 * No nonce comes twice under one key, whoever draws it: several processes at one moment, and one that was started anew after a backup was
 * put back. With GCM two values under one nonce give away their difference, and the key of the tag (NIST SP 800-38D §8, “forbidden attack”).
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';

const place = fileURLToPath(new URL('./seal.ts', import.meta.url));
const perProcess = 3000;

/** A fresh process seals under a key that others have, too, and prints the nonces. */
async function noncesOfProcess(): Promise<string[]> {
  const script = `
    const { seal } = await import(${JSON.stringify(place)});
    const key = Buffer.alloc(32, 'a key of all of them');
    const nonces = Array.from({ length: ${perProcess} }, () => seal(key, Buffer.from('Коваленко'), 'place').subarray(1, 13).toString('hex'));
    console.log(nonces.join(' '));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    maxBuffer: 4_000_000,
  });
  return stdout.trim().split(' ');
}

test('attack: processes that begin anew with the same key and the same data draw other nonces', async () => {
  const together = await Promise.all([noncesOfProcess(), noncesOfProcess()]);
  const drawn = [...together.flat(), ...(await noncesOfProcess())];
  assert.equal(drawn.length, 3 * perProcess);
  assert.equal(new Set(drawn).size, drawn.length);
  // Nor do they follow from one another: no two neighbours differ in the last bytes alone, as those of a counter do.
  const beginnings = drawn.map((nonce) => nonce.slice(0, 16));
  assert.equal(new Set(beginnings).size, drawn.length);
});
