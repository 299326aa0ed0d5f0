import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes } from '#contract';
import { LubartError } from '#kernel';
import { refusalEvent } from './refusals.ts';

const leave = routes['POST /api/v1/people/:id/leave'];
const deputies = routes['POST /api/v1/deputies'];

test('a leaving that is refused is an attempt, whatever the reason; a mistake of typing is none', () => {
  for (const code of ['leaving.own', 'leaving.already', 'leaving.no_heir', 'leaving.heir_gone'] as const) {
    assert.equal(refusalEvent(leave, new LubartError(code)), 'person.leave.denied', code);
  }
  assert.equal(refusalEvent(leave, new LubartError('leaving.not_found')), 'leaving.missed');
  assert.equal(refusalEvent(leave, new LubartError('request.invalid')), null);
});

test('who leads nobody and names a deputy is written down', () => {
  assert.equal(refusalEvent(deputies, new LubartError('deputy.not_head')), 'deputy.denied');
  assert.equal(refusalEvent(deputies, new LubartError('deputy.not_found')), 'deputy.missed');
  assert.equal(refusalEvent(deputies, new LubartError('deputy.overlaps')), null);
});

test('an error of the server itself is in the log of the system', () => {
  assert.equal(refusalEvent(leave, new LubartError('server.failed')), 'system.failed');
  assert.equal(refusalEvent(null, new LubartError('server.failed')), 'system.failed');
});
