/**
 * A new version must not hand out rights in silence: a ready role that nobody edited follows the code, so what it gives is held here as
 * it was agreed. Whoever widens one changes this list, too, and says why in docs/decisions.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readyRights } from './ready-roles.ts';

const agreed: Record<string, string> = {
  'security-officer':
    'api-key.update:all audit.read:all device.approve:all elevation.approve:all person.leave:all person.recover:all review.answer:all review.read:all review.run:all role.read:all security.read:all security.update:all',
  head: 'company.archive:department company.bulk:department company.create:department company.export:department company.import:department company.read:department company.reassign:department company.reveal:department company.share:department company.statistics:department company.update:department contact.archive:department contact.bulk:department contact.create:department contact.export:department contact.import:department contact.read:department contact.reassign:department contact.reveal:department contact.share:department contact.statistics:department contact.update:department device.approve:department elevation.approve:department review.answer:department review.read:department role.read:all',
  manager:
    'company.archive:own company.bulk:own company.create:own company.import:own company.read:own company.reveal:own company.share:own company.statistics:own company.update:own contact.archive:own contact.bulk:own contact.create:own contact.import:own contact.read:own contact.reveal:own contact.share:own contact.statistics:own contact.update:own',
  support:
    'company.emails=masked company.phones=masked company.read:all company.reveal:all company.update:department contact.address=hidden contact.birthday=hidden contact.emails=masked contact.phones=masked contact.read:all contact.reveal:all contact.update:department',
  marketer:
    'company.address=hidden company.emails=masked company.notes=hidden company.phones=masked company.read:all company.statistics:all contact.address=hidden contact.birthday=hidden contact.emails=masked contact.notes=hidden contact.phones=masked contact.read:all contact.statistics:all',
  accountant:
    'company.notes=hidden company.read:all company.update:all contact.address=hidden contact.birthday=hidden contact.emails=masked contact.notes=hidden contact.phones=masked contact.read:all',
  auditor: 'audit.read:all review.read:all role.read:all security.read:all',
  baseline: 'department.read:all organization.read:all person.read:all',
};

const said = (role: keyof typeof readyRights): string => {
  const { grants, fieldRights } = readyRights[role];
  const lines = Object.entries(grants).map(([permission, level]) => `${permission}:${level}`);
  const fields = Object.entries(fieldRights).flatMap(([record, table]) =>
    Object.entries(table as object).map(([field, right]) => `${record}.${field}=${right}`),
  );
  return [...lines, ...fields].toSorted().join(' ');
};

test('ready roles give what was agreed, and nothing more with an update', () => {
  assert.ok(Object.keys(agreed).length > 7);
  for (const role of Object.keys(readyRights) as (keyof typeof readyRights)[]) {
    if (role === 'owner') continue; // everything there is, by definition
    assert.equal(said(role), agreed[role], role);
  }
});

test('no migration but the one that made roles gives a right to anybody', () => {
  const folder = new URL('../../database/migrations/', import.meta.url);
  const givers = readdirSync(folder).filter((name) =>
    /(INSERT INTO|UPDATE)\s+(roles|person_roles)\b/i.test(readFileSync(new URL(name, folder), 'utf8')),
  );
  assert.deepEqual(givers, ['0006_roles.sql']);
});
