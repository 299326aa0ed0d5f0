import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listSorts } from '../../../contract/routes/contacts.ts';
import { readAuditSearch, readListSearch, sorts } from './search.ts';

test('an address of a list keeps what it knows and drops the rest', () => {
  assert.deepEqual(readListSearch({ stage: 'new', trash: 'true', withoutNextStep: true, sort: 'name' }), {
    stage: 'new',
    trash: true,
    withoutNextStep: true,
    sort: 'name',
  });
  assert.deepEqual(readListSearch({ stage: 'made-up', ownerId: 'x', createdFrom: '24.08.2026', sort: 'phone' }), {});
});

test('what a person types to find somebody never stands in an address', () => {
  assert.deepEqual(readListSearch({ text: 'Коваль', q: 'Коваль', search: 'Коваль' }), {});
});

test('the audit log’s address knows days, levels and ids only', () => {
  const id = '01a20b77-89b9-70d0-b4d1-c3500000abcd';
  assert.deepEqual(readAuditSearch({ from: '2026-08-24', level: 'security', subjectId: id, outcome: 'refused' }), {
    from: '2026-08-24',
    level: 'security',
    subjectId: id,
    outcome: 'refused',
  });
  assert.deepEqual(readAuditSearch({ from: 'yesterday', level: 'all', subjectId: '1', actorId: null }), {});
});

test('the orders offered are the orders the server knows', () => {
  assert.deepEqual([...sorts], [...listSorts]);
});
