import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contact } from '../../../contract/records/contact.ts';
import { company } from '../../../contract/records/company.ts';
import { companyGroups } from '../companies/groups.ts';
import { contactGroups } from '../contacts/groups.ts';
import { blank, changesOf, conflictsOf, fieldOfPath } from './values.ts';

test('only what was changed is sent, and an empty phone line is not a phone', () => {
  const before = { ...blank(contact), lastName: 'Коваль', phones: [{ number: '+380500000001', label: '' }] };
  const draft = { ...before, firstName: ' Олена ', phones: [...before.phones, { number: ' ', label: '' }] };
  assert.deepEqual(changesOf(contact, before, draft), { firstName: 'Олена' });
});

test('a record that nobody touched has no changes', () => {
  assert.deepEqual(changesOf(contact, blank(contact), blank(contact)), {});
});

test('a conflict is a field that both changed, each to something else', () => {
  const base = { ...blank(contact), position: 'менеджер', source: 'сайт', tags: [] };
  const theirs = { ...base, position: 'директор', source: 'виставка' };
  assert.deepEqual(conflictsOf(contact, base, { position: 'бухгалтер', source: 'виставка', tags: ['vip'] }, theirs), [
    'position',
  ]);
});

test('a problem’s path leads to the field on the screen', () => {
  assert.equal(fieldOfPath(contact, 'changes.phones.0.number'), 'phones');
  assert.equal(fieldOfPath(contact, '/emails/1/address'), 'emails');
  assert.equal(fieldOfPath(contact, 'version'), undefined);
  assert.equal(fieldOfPath(contact, undefined), undefined);
});

for (const [record, groups] of [
  [contact, contactGroups],
  [company, companyGroups],
] as const) {
  test(`every declared field of a ${record.name} stands in exactly one group of its form`, () => {
    const shown = groups.flatMap((group) => group.fields as readonly string[]);
    assert.deepEqual(shown.toSorted(), Object.keys(record.fields).toSorted());
  });
}
