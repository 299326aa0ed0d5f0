/** A tree grown anew from rooms that are filled again and again: what an entry said is known as long as it is asked for, however long it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leafHash } from '#contract/tlog';
import { openGrowth, tileOf } from './grow-anew.ts';
import { sha256 } from './hash.ts';
import type { Piece } from './read-piece.ts';

const shared = (bytes: number) => new SharedArrayBuffer(bytes);

/** Entries from a place on; null: it is not there any more. */
function pieceOf(start: number, entries: readonly (Buffer | null)[]): Piece {
  const count = entries.length;
  const bytes = new Uint8Array(shared(entries.reduce((sum, entry) => sum + (entry?.length ?? 0), 0)));
  const positions = new Float64Array(shared(8 * count));
  const froms = new Int32Array(shared(4 * count)).fill(-1);
  const lengths = new Int32Array(shared(4 * count));
  let filled = 0;
  for (const [nth, entry] of entries.entries()) {
    positions[nth] = start + nth;
    if (entry === null) continue;
    bytes.set(entry, filled);
    [froms[nth], lengths[nth]] = [filled, entry.length];
    filled += entry.length;
  }
  return { count, positions, froms, lengths, bytes, ids: new Uint8Array(shared(16 * count)) };
}

test('an entry is hashed whole, whatever its length', () => {
  // A view of the room is made once for each length below 4 096; more than 65 536 bytes do not fit into it.
  for (const length of [0, 1, 4_094, 4_095, 4_096, 65_535, 65_536, 65_537, 200_000]) {
    const growth = openGrowth({ size: 2, kept: [], now: 0 });
    const entries = [Buffer.alloc(length, 7), Buffer.from('{}')];
    growth.add(pieceOf(0, entries));
    const leaves = tileOf(growth.end(), { level: 0, index: 0 });
    assert.deepEqual(Buffer.from(leaves), Buffer.concat(entries.map((entry) => leafHash(sha256, entry))), `${length}`);
  }
});

test('how young an entry was that is gone is told by the one before it, though others were hashed in its room since', () => {
  const now = Date.parse('2026-11-27T12:00:00Z');
  const young = Buffer.from(JSON.stringify({ at: '2026-11-20T12:00:00.000Z', event: 'contact.opened' }));
  const said = { at: new Date(now).toISOString(), event: 'audit.pruned', facts: { places: '1' } };
  for (const before of [young, Buffer.concat([young, Buffer.alloc(70_000, ' ')])]) {
    const growth = openGrowth({ size: 2, kept: [], now });
    const piece = pieceOf(0, [before]);
    growth.add(piece);
    piece.bytes.fill(0);
    leafHash(sha256, Buffer.alloc(200));
    growth.add(pieceOf(1, [null]));
    const { findings } = growth.end([Buffer.from(JSON.stringify(said))]);
    const kinds = new Set(findings.map(({ kind }) => kind));
    assert.ok(kinds.has('pruned_young') && !kinds.has('entry_gone'), [...kinds].join());
  }
});
