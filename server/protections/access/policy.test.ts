import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { permissions, readyRoles, scopes } from '#contract';
import type { ReadyRole } from '#contract';
import { newId } from '#kernel';
import type { Actor } from './actor.ts';
import { actorRights } from './actor.ts';
import { mayGiveRole, reaches, reachOf, scopeOf } from './policy.ts';
import { readyRights } from './ready-roles.ts';
import type { RoleRow } from './role.ts';
import { combineRights, rightsOf } from './role.ts';

const department = newId();
const rowOf = (key: ReadyRole, row: Partial<RoleRow> = {}): RoleRow => ({
  id: newId(),
  key,
  name: null,
  grants: null,
  fieldRights: null,
  ...row,
});
const actorOf = (...rows: RoleRow[]): Actor => ({
  organizationId: newId(),
  personId: newId(),
  sessionId: null,
  name: 'Тарас Мельник',
  ...actorRights(rows, 'uk'),
  departmentId: department,
  departmentIds: [department],
  factors: [],
  provedAt: null,
  language: 'uk',
  address: '192.0.2.1',
  device: '—',
  requestId: newId(),
});

test('what a role does not name it does not have', () => {
  let refused = 0;
  for (const role of readyRoles) {
    for (const permission of permissions) {
      const actor = actorOf(rowOf(role));
      if (readyRights[role].grants[permission] !== undefined) continue;
      refused += 1;
      assert.equal(scopeOf(actor, permission), 'none');
      assert.throws(() => reachOf(actor, permission), { code: 'access.denied' });
      assert.equal(reaches(actor, permission, { ownerId: actor.personId, departmentId: department }), false);
    }
  }
  assert.ok(refused > 100);
});

test('words that this version does not know, as from a damaged row, give nothing', () => {
  const grants = { 'contact.read': 'everything', 'client.steal': 'all' } as never;
  const fieldRights = { contact: { phones: 'transparent' } } as never;
  assert.deepEqual(actorOf(rowOf('manager', { grants, fieldRights })).grants, {});
  const reading = actorOf(rowOf('manager', { grants: { 'contact.read': 'own' }, fieldRights }));
  assert.deepEqual(reading.fieldRights.contact, { phones: 'hidden' });
});

test('several roles give together the widest of each right', () => {
  const { grants, fieldRights } = combineRights([readyRights.manager, readyRights.support]);
  assert.deepEqual([grants['contact.read'], grants['contact.create'], grants['audit.read']], ['all', 'own', undefined]);
  assert.deepEqual(fieldRights.contact, {}, 'the manager’s role opens what support’s masks');
});

test('never is stronger than all, whatever the order of roles', () => {
  const never = { grants: { 'contact.export': 'never' }, fieldRights: { contact: { phones: 'never' } } } as const;
  for (const roles of [
    [readyRights.owner, never],
    [never, readyRights.owner],
  ]) {
    const { grants, fieldRights } = combineRights(roles);
    assert.equal(grants['contact.export'], undefined);
    assert.equal(fieldRights.contact['phones'], 'hidden');
    assert.equal(grants['contact.read'], 'all');
  }
});

test('a role that reads no contacts opens no field of them', () => {
  const { fieldRights } = combineRights([readyRights.marketer, readyRights['security-officer'], readyRights.baseline]);
  assert.equal(fieldRights.contact['phones'], 'masked');
});

test('one more role never takes away, unless it says never', () => {
  const role = fc.constantFrom(...readyRoles);
  fc.assert(
    fc.property(fc.array(role, { maxLength: 4 }), role, (some, more) => {
      const before = combineRights(some.map((key) => readyRights[key]));
      const after = combineRights([...some, more].map((key) => readyRights[key]));
      const place = ({ grants }: typeof before, permission: (typeof permissions)[number]) =>
        scopes.indexOf(grants[permission] ?? 'none');
      for (const permission of permissions) assert.ok(place(after, permission) >= place(before, permission));
    }),
  );
});

test('own, department and all reach as far as their names say', () => {
  const manager = actorOf(rowOf('manager'));
  const head = actorOf(rowOf('head'));
  const own = (actor: Actor) => ({ ownerId: actor.personId, departmentId: newId() });
  const colleagues = { ownerId: newId(), departmentId: department };
  const elsewhere = { ownerId: newId(), departmentId: newId() };
  assert.deepEqual(
    [own(manager), colleagues, elsewhere].map((record) => reaches(manager, 'contact.update', record)),
    [true, false, false],
  );
  assert.deepEqual(
    [own(head), colleagues, elsewhere].map((record) => reaches(head, 'contact.update', record)),
    [true, true, false],
  );
  assert.ok(reaches(actorOf(rowOf('owner')), 'contact.update', elsewhere));
});

test('nobody gives a role that is more than their own, and only an owner makes an owner', () => {
  const given = (key: ReadyRole) =>
    readyRoles.filter((role) => mayGiveRole(actorOf(rowOf(key), rowOf('baseline')), rowOf(role)));
  assert.deepEqual(given('owner'), [...readyRoles]);
  assert.deepEqual(given('head'), ['head', 'manager', 'baseline']);
  assert.deepEqual(given('manager'), ['manager', 'baseline']);
  const everything = actorOf({ ...rowOf('owner'), key: null, name: 'Як власник', grants: readyRights.owner.grants });
  assert.equal(mayGiveRole(everything, rowOf('owner')), false);
});

test('who sees half of a phone gives no role that sees all of it', () => {
  const support = actorOf(rowOf('support'));
  const open = rowOf('manager', { grants: { 'contact.read': 'own' }, fieldRights: {} });
  const masked = { contact: { phones: 'masked', emails: 'masked', address: 'hidden', birthday: 'hidden' } } as const;
  assert.equal(mayGiveRole(support, open), false);
  assert.equal(mayGiveRole(support, { ...open, fieldRights: masked }), true);
});

test('the owner’s role gives everything, whatever its row says', () => {
  assert.equal(rightsOf(rowOf('owner', { grants: {} })).grants['role.update'], 'all');
});

test('what colleagues shared lies within reach for reading and changing, and for nothing else; never for a program', () => {
  const head = actorOf(rowOf('head'));
  const sharing = permissions.filter((permission) => {
    if (scopeOf(head, permission) === 'none') return false;
    return reachOf(head, permission).shares !== undefined;
  });
  assert.deepEqual(sharing, ['contact.read', 'contact.update', 'company.read', 'company.update']);
  for (const permission of sharing) {
    assert.equal(reachOf({ ...head, apiKeyId: newId() }, permission).shares, undefined, permission);
  }
  const theirs = { ownerId: newId(), departmentId: newId() };
  for (const permission of permissions) {
    const [read, edit] = (['read', 'edit'] as const).map((shared) => reaches(head, permission, { ...theirs, shared }));
    assert.equal(
      read,
      permission === 'contact.read' || permission === 'company.read' || reaches(head, permission, theirs),
    );
    assert.equal(edit, sharing.includes(permission) || reaches(head, permission, theirs), permission);
  }
  const blind = actorOf(rowOf('manager', { grants: { 'contact.update': 'own' } }));
  assert.equal(reachOf(blind, 'contact.update').shares, undefined, 'who reads no client changes no shared one');
  assert.equal(reaches(blind, 'contact.update', { ...theirs, shared: 'edit' }), false);
});
