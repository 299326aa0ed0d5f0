import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const place = mkdtempSync(join(tmpdir(), 'lubart-lifecycle-'));
after(() => rmSync(place, { recursive: true, force: true }));
const lifecycle = JSON.stringify(new URL('lifecycle.ts', import.meta.url).href);

type End = { code: number | null; output: string };

/** Runs `body` in a process of its own, where `lifecycle` and `say` are at hand. */
function start(
  body: string,
  { channel = false } = {},
): { child: ChildProcess; ready: Promise<void>; end: Promise<End> } {
  const file = join(place, `${Math.random().toString(36).slice(2)}.ts`);
  const log = `{ info: () => {}, error: (fields, message) => say('E ' + message + ' ' + JSON.stringify(fields)) }`;
  writeFileSync(
    file,
    `import { writeSync } from 'node:fs';
     import { createLifecycle } from ${lifecycle};
     const say = (text: string) => writeSync(1, text + '\\n');
     const make = (options = {}) => createLifecycle({ log: ${log}, ...options });
     const stay = setInterval(() => {}, 1000);
     ${body}
     say('ready');`,
  );
  const child = channel
    ? fork(file, { execPath: process.execPath, execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    : spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('ready')) resolve();
    });
  });
  // Not “close”: it never comes for a child whose channel we cut ourselves.
  const silence = new Promise<void>((resolve) => child.stdout?.once('end', resolve));
  const end = new Promise<End>((resolve) => {
    child.once('exit', (code) => void silence.then(() => resolve({ code, output })));
  });
  return { child, ready, end };
}

const threeClosers = `
  lifecycle.onStop('database', () => say('database closed'));
  lifecycle.onStop('jobs', async () => { await new Promise((r) => setTimeout(r, 30)); say('jobs closed'); });
  lifecycle.onStop('http', () => say('http closed'));`;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} closes everything once, last opened first, and ends with 0`, async () => {
    const { child, ready, end } = start(`const lifecycle = make(); ${threeClosers}`);
    await ready;
    child.kill(signal);
    const { code, output } = await end;
    assert.equal(code, 0);
    assert.deepEqual(output.trim().split('\n'), ['ready', 'http closed', 'jobs closed', 'database closed']);
  });
}

test('the same Ctrl-C delivered twice is one', async () => {
  const { child, ready, end } = start(`const lifecycle = make({ sameSignalMillis: 60_000 }); ${threeClosers}`);
  await ready;
  child.kill('SIGINT');
  child.kill('SIGINT');
  const { code, output } = await end;
  assert.equal(code, 0);
  assert.equal(output.split('jobs closed').length, 2);
});

test('a second signal ends at once', async () => {
  const { child, ready, end } = start(
    `const lifecycle = make({ sameSignalMillis: 0 });
     lifecycle.onStop('stuck', () => { say('closing'); return new Promise(() => {}); });`,
  );
  await ready;
  child.kill('SIGINT');
  child.stdout?.on('data', (text: string) => void (text.includes('closing') && child.kill('SIGINT')));
  const { code, output } = await end;
  assert.equal(code, 1);
  assert.match(output, /second signal/);
});

test('a closer that never ends is left behind at the deadline, by name', async () => {
  const { child, ready, end } = start(
    `const lifecycle = make({ deadlineMillis: 100 });
     lifecycle.onStop('stuck', () => new Promise(() => {}));`,
  );
  await ready;
  child.kill('SIGTERM');
  const { code, output } = await end;
  assert.equal(code, 1);
  assert.match(output, /took too long .*"waitedFor":"stuck"/);
});

test('a closer of several parts is left behind by the part that never ends', async () => {
  const { child, ready, end } = start(
    `const lifecycle = make({ deadlineMillis: 100 });
     lifecycle.onStop('lubart', async (at) => { at('sign-in'); await 1; at('jobs'); await new Promise(() => {}); });`,
  );
  await ready;
  child.kill('SIGTERM');
  const { output } = await end;
  assert.match(output, /took too long .*"waitedFor":"lubart: jobs"/);
});

test('a closer that fails does not keep the others open', async () => {
  const { child, ready, end } = start(
    `const lifecycle = make();
     lifecycle.onStop('database', () => say('database closed'));
     lifecycle.onStop('http', () => { throw new Error('broken'); });`,
  );
  await ready;
  child.kill('SIGTERM');
  const { code, output } = await end;
  assert.equal(code, 1);
  assert.match(output, /could not close cleanly .*"closer":"http"/);
  assert.match(output, /database closed/);
});

for (const [how, body] of [
  ['an uncaught exception', `setTimeout(() => { throw new Error('phone +380 50 000 00 11'); }, 10);`],
  ['an unhandled rejection', `setTimeout(() => Promise.reject(new Error('phone +380 50 000 00 11')), 10);`],
] as const) {
  test(`${how} stops in order with 1 and is logged without its words`, async () => {
    const { end } = start(`const lifecycle = make(); ${threeClosers} ${body}`);
    const { code, output } = await end;
    assert.equal(code, 1);
    assert.match(output, /fatal error/);
    assert.match(output, /database closed/);
    // Attack: a value that came with a request ends up in the log through an error’s message.
    assert.doesNotMatch(output, /380/);
  });
}

test('the end of the launcher is a reason to stop', async () => {
  const { child, ready, end } = start(`const lifecycle = make(); ${threeClosers}`, { channel: true });
  await ready;
  child.disconnect();
  const { code, output } = await end;
  assert.equal(code, 0);
  assert.match(output, /database closed/);
});

test('a closer can be taken back, and stopping is seen by whoever listens', async () => {
  const { end } = start(
    `const lifecycle = make();
     const takeBack = lifecycle.onStop('once', () => say('wrong'));
     takeBack();
     lifecycle.signal.addEventListener('abort', () => say('seen'));
     setTimeout(() => { void lifecycle.stop('asked', 3); void lifecycle.stop('asked', 0); }, 10);`,
  );
  const { code, output } = await end;
  assert.equal(code, 3);
  assert.match(output, /seen/);
  assert.doesNotMatch(output, /wrong/);
});
