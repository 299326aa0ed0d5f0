/** On a real pseudo-terminal: what is typed is not shown, and what no letter is does not get into it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { noTerminal as skip, openTerminal } from '#test/terminal.ts';

const place = mkdtempSync(join(tmpdir(), 'lubart-terminal-'));
after(() => rmSync(place, { recursive: true, force: true }));
const program = join(place, 'asks.ts');
writeFileSync(
  program,
  `import { typeSecret } from ${JSON.stringify(new URL('type-secret.ts', import.meta.url).href)};
   console.log('pid ' + process.pid);
   process.once('SIGINT', () => { console.log('interrupted'); process.exit(3); });
   const secret = await typeSecret(process.stdin, 'Secret: ');
   console.log('got ' + Buffer.from(secret).toString('hex'));
   (await import('node:child_process')).spawnSync('stty', ['-a'], { stdio: 'inherit' });
   process.exit(0);`,
);
const ask = `'${process.execPath}' '${program}'`;
const asHex = (text: string) => new RegExp(`got ${Buffer.from(text).toString('hex')}\\r`);

async function typed(...parts: string[]): Promise<ReturnType<typeof openTerminal>> {
  const terminal = openTerminal(`${ask}; stty -a`);
  await terminal.shows(/Secret: /);
  for (const part of parts) terminal.type(part);
  await terminal.end;
  return terminal;
}

test('this terminal shows what is typed, so that what is not shown below was hidden by us', { skip }, async () => {
  const terminal = openTerminal('read answer; echo "heard"');
  terminal.type('seen by all\r');
  await terminal.shows(/heard/);
  assert.match(terminal.screen(), /seen by all/);
  await terminal.end;
});

test(
  'attack: nothing of a typed secret is on the screen, and the terminal shows again what is typed after it',
  { skip },
  async () => {
    const terminal = await typed('верес край дороги', ' сім\r');
    assert.match(terminal.screen(), asHex('верес край дороги сім'));
    assert.doesNotMatch(terminal.screen(), /верес|край|сім/);
    assert.equal(terminal.screen().match(/ echo /g)?.length, 2, 'right after it, and when the program is gone');
  },
);

test('rubbing out, beginning anew, arrows and function keys leave only the letters', { skip }, async () => {
  const erased = await typed('wrong\u0015вежш\u007fа\u001b[A\u001b[1;5D\u001bOP\t\u0000!\r');
  assert.match(erased.screen(), asHex('вежа!'));
  const ended = await typed('abc', '\u0004');
  assert.match(ended.screen(), asHex('abc'), 'the end of input is an end');
});

test('Ctrl-C ends it, and the terminal is as it was', { skip }, async () => {
  const terminal = await typed('half of a secre', '\u0003');
  assert.match(terminal.screen(), /interrupted/);
  assert.doesNotMatch(terminal.screen(), /half|got/);
  assert.match(terminal.screen(), / echo /);
});

test('whoever is killed while asking leaves a terminal that shows what is typed', { skip }, async () => {
  const terminal = openTerminal(`${ask}; stty -a`);
  await terminal.shows(/Secret: /);
  process.kill(Number(/pid (\d+)/.exec(terminal.screen())![1]), 'SIGTERM');
  await terminal.shows(/ -?echo /);
  await terminal.end;
  assert.match(terminal.screen(), / echo /);
});
