import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { branchOf, makesRing } from './department-tree.ts';

const tree = [
  { id: 'root', parent_id: null },
  { id: 'sales', parent_id: 'root' },
  { id: 'north', parent_id: 'sales' },
  { id: 'village', parent_id: 'north' },
  { id: 'service', parent_id: 'root' },
];

test('a branch is the department and everything below it', () => {
  assert.deepEqual(new Set(branchOf(tree, 'sales')), new Set(['sales', 'north', 'village']));
  assert.deepEqual(branchOf(tree, 'village'), ['village']);
  assert.equal(branchOf(tree, 'root').length, tree.length);
});

test('a department cannot hang under itself or below', () => {
  assert.equal(makesRing(tree, 'sales', 'village'), true);
  assert.equal(makesRing(tree, 'sales', 'sales'), true);
  assert.equal(makesRing(tree, 'village', 'service'), false);
  assert.equal(makesRing(tree, 'sales', 'service'), false);
});

test('whatever is moved where the rule allows, every department still reaches the root', () => {
  const moves = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })), { maxLength: 40 });
  fc.assert(
    fc.property(moves, (list) => {
      const nodes = Array.from({ length: 10 }, (_, at) => ({ id: String(at), parent_id: at === 0 ? null : '0' }));
      for (const [id, parent] of list) {
        if (!makesRing(nodes, String(id), String(parent))) nodes[id]!.parent_id = String(parent);
      }
      return branchOf(nodes, '0').length === nodes.length;
    }),
  );
});
