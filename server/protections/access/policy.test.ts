import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions, roles, scopes } from '#contract';
import type { Role } from '#contract';
import { newId } from '#kernel';
import type { Actor } from './actor.ts';
import { grantsOf, mayGiveRole, reaches, reachOf, scopeOf } from './policy.ts';

const department = newId();
const actorOf = (role: Role): Actor => ({
  organizationId: newId(),
  personId: newId(),
  sessionId: null,
  name: 'Тарас Мельник',
  role,
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
  for (const role of roles) {
    for (const permission of permissions) {
      const actor = actorOf(role);
      if (grantsOf[role][permission] !== undefined) continue;
      refused += 1;
      assert.equal(scopeOf(actor, permission), 'none');
      assert.throws(() => reachOf(actor, permission), { code: 'access.denied' });
      assert.equal(reaches(actor, permission, { ownerId: actor.personId, departmentId: department }), false);
    }
  }
  assert.ok(refused > 20);
});

test('an unknown role, as from a damaged row, has nothing', () => {
  const actor = { ...actorOf('manager'), role: 'boss' as Role };
  assert.throws(() => permissions.map((permission) => scopeOf(actor, permission)));
});

test('own, department and all reach as far as their names say', () => {
  const manager = actorOf('manager');
  const head = actorOf('head');
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
  assert.ok(reaches(actorOf('owner'), 'contact.update', elsewhere));
});

test('nobody gives a role that is more than their own', () => {
  const table: Record<Role, Role[]> = {
    owner: [...roles],
    head: ['head', 'manager'],
    manager: ['manager'],
    auditor: ['auditor'],
  };
  for (const role of roles) {
    assert.deepEqual(
      roles.filter((given) => mayGiveRole(actorOf(role), given)),
      roles.filter((given) => table[role].includes(given)),
      role,
    );
  }
  assert.deepEqual([...scopes], ['none', 'own', 'department', 'all'], 'the order is what is compared');
});
