/** What stays open must not open more: a remembered record answers only for the very bytes that were opened. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId, Secret } from '#kernel';
import { sealsFrom } from '#protections/encryption';
import { contactKind } from './kind.ts';
import { forgetOpenedRecords } from './opened-records.ts';
import type { RecordRow } from './record-row.ts';
import { openRow } from './record-row.ts';

const seals = sealsFrom(newId(), new Secret(randomBytes(32)), new Secret(randomBytes(32)));

function makeRow(lastName: string): RecordRow {
  const id = newId();
  const seal = seals.newRecord('contacts', id);
  const at = new Date();
  const head = { id, version: 1, created_at: at, updated_at: at, archived_at: null, name_bucket: 0 };
  return { ...head, record_key: seal.wrapped, sealed: seal.seal('fields', { lastName }) };
}

test('a row that was opened is opened again without a key, and a flipped bit is not', () => {
  const row = makeRow('Вежа');
  assert.equal(openRow(contactKind, seals, row).fields['lastName'], 'Вежа');
  assert.equal(openRow(contactKind, seals, row).fields['lastName'], 'Вежа');
  for (const part of ['sealed', 'record_key'] as const) {
    const altered = Buffer.from(row[part]);
    altered[altered.length - 20]! ^= 1;
    assert.throws(() => openRow(contactKind, seals, { ...row, [part]: altered }), { code: 'sealed.cannot_open' });
  }
});

test('bytes moved to another row do not open, even while both rows are remembered', () => {
  const [one, other] = [makeRow('Перша'), makeRow('Друга')];
  openRow(contactKind, seals, one);
  openRow(contactKind, seals, other);
  const moved = { ...other, record_key: one.record_key, sealed: one.sealed };
  assert.throws(() => openRow(contactKind, seals, moved), { code: 'sealed.cannot_open' });
});

test('another organization’s seals know nothing of what these opened', () => {
  const row = makeRow('Наша');
  openRow(contactKind, seals, row);
  const others = sealsFrom(newId(), new Secret(randomBytes(32)), new Secret(randomBytes(32)));
  assert.throws(() => openRow(contactKind, others, row), { code: 'sealed.cannot_open' });
});

test('a change is seen at once, and forgetting forgets', () => {
  const row = makeRow('Стара');
  openRow(contactKind, seals, row);
  const seal = seals.record('contacts', row.id, row.record_key);
  const changed = { ...row, sealed: seal.seal('fields', { lastName: 'Нова' }) };
  assert.equal(openRow(contactKind, seals, changed).fields['lastName'], 'Нова');
  forgetOpenedRecords();
  assert.equal(openRow(contactKind, seals, changed).fields['lastName'], 'Нова');
});
