import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLaunchLock } from './launch-lock.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lubart-launch-lock-'));
const children = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Another launch that takes the lock and keeps it until it is killed. */
async function holdElsewhere() {
  const door = JSON.stringify(new URL('launch-lock.mjs', import.meta.url).href);
  const script = `const { withLaunchLock } = await import(${door});
    await withLaunchLock(${JSON.stringify(folder)}, () => {}, () => { console.log('held'); return new Promise((r) => setTimeout(r, 60_000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await new Promise((done) => child.stdout.once('data', done));
  return child;
}

test('two launches of one clone work one after the other', async () => {
  const seen = [];
  const work = (name) => async () => {
    seen.push(`${name} begins`);
    await sleep(30);
    seen.push(`${name} ends`);
  };
  await withLaunchLock(folder, () => {}, work('first'));
  await withLaunchLock(folder, () => {}, work('second'));
  assert.deepEqual(seen, ['first begins', 'first ends', 'second begins', 'second ends']);
});

test('a launch waits for another one, says so once, and takes over when that one was killed', async () => {
  const child = await holdElsewhere();
  const told = [];
  let mine = false;
  const waiting = withLaunchLock(
    folder,
    (line) => told.push(line),
    async () => void (mine = true),
  );
  await sleep(500);
  assert.equal(mine, false);
  assert.equal(told.length, 1);
  child.kill('SIGKILL');
  await waiting;
  assert.equal(mine, true);
});
