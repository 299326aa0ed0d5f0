/** What a thread says of a run of entries is what the reader says of the same lines; where it could differ it says nothing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  evidenceHeading,
  evidenceLines,
  leafHash,
  nodeHash,
  noteKey,
  openEvidence,
  signText,
  toUtf8,
  writeCheckpoint,
  writeNote,
} from '../contract/tlog/index.ts';
import { readRun } from './read-run.ts';

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const moment = (minute: number) => new Date(Date.UTC(2026, 10, 27, 9, minute)).toISOString();
const entry = (minute: number, more = '"facts":{}') =>
  `{"v":1,"id":"01a21a8f-b62f-7278-9e29-a42257f05775","at":"${moment(minute)}","organization":"x",${more}}`;
const linesOf = (entries: readonly string[]) => entries.map((one) => evidenceLines.entry(toUtf8(one))).join('');
function runOf(entries: readonly string[], start = 0, text = linesOf(entries)) {
  const piece = Buffer.from(text);
  return readRun(hash, piece, { from: 0, to: piece.length, start, count: entries.length });
}
const reader = () => {
  const one = openEvidence({ hash, verify: () => false, keys: [], remembered: [], now: 0 });
  one.line(evidenceHeading);
  return one;
};

test('a run is the subtrees that its entries are, wherever it begins, and the reader goes on from it', () => {
  const entries = Array.from({ length: 13 }, (_, at) => entry(at));
  const leaf = (at: number) => leafHash(hash, toUtf8(entries[at]!));
  const run = runOf(entries.slice(3, 6), 3)!;
  assert.deepEqual(
    run.parts.map(({ level, node }) => [level, Buffer.from(node)]),
    [
      [0, Buffer.from(leaf(3))],
      [1, Buffer.from(nodeHash(hash, leaf(4), leaf(5)))],
    ],
  );
  assert.deepEqual([run.firstAt, run.lastAt, run.latest], [moment(3), moment(5), Date.parse(moment(5))]);
  const [byLines, byRuns] = [reader(), reader()];
  for (const line of linesOf(entries).split('\n')) byLines.line(line);
  for (const [from, to] of [
    [0, 3],
    [3, 6],
    [6, 13],
  ] as const)
    assert.equal(byRuns.run(runOf(entries.slice(from, to), from)!), true);
  assert.deepEqual(byRuns.end(), byLines.end());
  assert.equal(byRuns.run(run), false, 'in another place');
});

test('a moment that stands there twice, under whatever spelling, is the one that everybody else reads', () => {
  assert.equal(runOf([entry(5, `"at":"${moment(1)}"`)])!.lastAt, moment(1));
  assert.equal(runOf([entry(5, `"\\u0061t":"${moment(1)}"`)])!.lastAt, moment(1));
  assert.equal(runOf([entry(5).replace('"v":1,', '')])!.lastAt, moment(5));
});

test('whatever is to be said about an entry is left to the reader', () => {
  assert.equal(runOf([entry(5), entry(2)]), null, 'the clock was set back');
  assert.equal(runOf([entry(5), entry(4)])!.count, 2, 'a minute is within what clocks differ by');
  assert.equal(runOf([entry(5), '{"v":1}']), null);
  assert.equal(runOf([entry(99_999_999).replace(moment(99_999_999), '2026-99-27T09:00:00.000Z')]), null);
  assert.equal(runOf(['x'], 0, 'entry eA\n'), null, 'not in its canonical form');
  assert.equal(runOf([entry(5, '"event":"audit.pruned"')]), null, 'it may say which others were deleted');
  assert.equal(runOf([entry(5)], 0, linesOf([entry(5), entry(6)])), null);
  const text = writeCheckpoint({ origin: 'x', size: 2, root: hash(toUtf8('another log')) });
  const anyKey = noteKey(hash, 'x', 'log', new Uint8Array(32));
  const head = writeNote(text, [signText(anyKey, text, () => new Uint8Array(64))]);
  const remembering = openEvidence({ hash, verify: () => false, keys: [], remembered: [head], now: 0 });
  remembering.line(evidenceHeading);
  assert.equal(remembering.run(runOf([entry(1), entry(2), entry(3)])!), false, 'a head that was kept lies within');
  const one = reader();
  assert.equal(one.run(runOf([entry(9)])!), true);
  assert.equal(one.run(runOf([entry(5)], 1)!), false, 'earlier than what stands before it');
});
