/** Statements that are sent together: which of several that fail is heard, whoever left first and whoever waits longest. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LubartError, newId } from '#kernel';
import type { TestDatabase } from '#test/harness.ts';
import { openTestDatabase } from '#test/harness.ts';
import type { CommitBehind, Database, Transaction } from './act.ts';
import { openDatabase } from './act.ts';
import { allSent } from './all-sent.ts';

let base: TestDatabase;
let one: Database;
before(async () => {
  base = await openTestDatabase();
  one = openDatabase(base.address, 1);
});
after(async () => {
  await one.close();
  await base.close();
});

type Work = (tx: Transaction, commitBehind: CommitBehind) => Promise<unknown>;
const act = (work: Work) => one.act({ organizationId: newId(), personId: null, departmentIds: [], scope: 'all' }, work);

const divided: Work = (tx) => tx.unsafe('SELECT 1 / $1::int', [0] as never[], { prepare: true }).execute();
const asked: Work = (tx) => tx`SELECT ${1}::int AS one`;
const askedAtOnce: Work = (tx) => tx`SELECT ${2}::int AS two`.execute();
const late: Work = async (tx) => {
  await Promise.resolve();
  return tx`SELECT ${3}::int AS three`;
};
const inLayers: Work = async (tx) => {
  try {
    return await (async () => await divided(tx, undefined as never))();
  } catch (error) {
    throw await Promise.resolve(error);
  }
};
const behind: Work = (_, commitBehind) => commitBehind();

test('the answers come in the order of the list', async () => {
  const answers = await act((tx) =>
    allSent([late(tx, undefined as never), 7, asked(tx, undefined as never), undefined]),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(answers)), [[{ three: 3 }], 7, [{ one: 1 }], null]);
});

test('the statement that failed speaks, not those that fell with it, wherever it stands in the list', async () => {
  for (const list of [
    [asked, divided],
    [divided, asked],
    [late, divided, askedAtOnce],
    [asked, late, inLayers],
    [asked, divided, behind],
    [behind, asked, inLayers],
    [behind, late, divided],
  ]) {
    const failed = act((tx, commitBehind) => allSent(list.map((send) => send(tx, commitBehind))));
    await assert.rejects(failed, { code: '22012' }, list.map((send) => list.indexOf(send)).join());
  }
});

test('of two that failed by themselves the first in the list speaks; without one, whatever fell first', async () => {
  const refused = (code: 'sign-in.code_wrong' | 'sign-in.refused') => Promise.reject(new LubartError(code));
  await assert.rejects(
    act((tx) => allSent([asked(tx, undefined as never), refused('sign-in.code_wrong'), refused('sign-in.refused')])),
    { code: 'sign-in.code_wrong' },
  );
  const broken = act(async (tx, commitBehind) => {
    await divided(tx, commitBehind).then(
      () => {},
      () => {},
    );
    await allSent([asked(tx, commitBehind), commitBehind()]);
  });
  await assert.rejects(broken, { code: '25P02' });
});

test('no act waits for its statements with Promise.all: what is heard first there is a matter of chance', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const sources = globSync('{server,cli}/**/*.ts', { cwd: root }).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
  const waiting = sources.flatMap((file) =>
    callsIn(readFileSync(join(root, file), 'utf8')).map(({ name, given }) => ({ file, name, given })),
  );
  assert.ok(waiting.filter(({ name }) => name === 'allSent').length > 25);
  assert.ok(waiting.filter(({ name }) => name === 'Promise.all').length > 10);
  // An act of its own in each place has its own `tx`.
  const ofOneAct = (given: string) => /\btx\b/.test(given) && !/\(tx\) =>/.test(given);
  assert.deepEqual(
    waiting.filter(({ name, given }) => name === 'Promise.all' && ofOneAct(given)).map(({ file }) => file),
    [],
  );
});

/** Every call of the two, with all that stands within its parentheses. */
function callsIn(text: string): { name: string; given: string }[] {
  return [...text.matchAll(/\b(Promise\.all|allSent)\(/g)].map(({ 0: call, 1: name, index }) => {
    let [at, open] = [index + call.length, 1];
    for (; open > 0 && at < text.length; at += 1) open += text[at] === '(' ? 1 : text[at] === ')' ? -1 : 0;
    return { name: name!, given: text.slice(index + call.length, at) };
  });
}
