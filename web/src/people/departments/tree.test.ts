import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DepartmentView, PersonView } from '../../contract.ts';
import { growTree, mayDrop, mayLead } from './tree.ts';

const department = (id: string, parentId: string | null, peopleCount = 1): DepartmentView => ({
  id,
  name: id,
  parentId,
  peopleCount,
  version: 1,
  heads: [],
});
const person = (id: string, departmentId: string, active = true): PersonView => ({
  id,
  name: id,
  email: null,
  roles: [],
  departmentId,
  active,
  lastSeenAt: null,
});
const departments = [
  department('root', null),
  department('sales', 'root', 2),
  department('north', 'sales'),
  department('service', 'root'),
];
const people = [person('Яна', 'sales'), person('Ада', 'sales'), person('Гліб', 'north'), person('Ліна', 'root', false)];

test('a department shows its people by name, heads first, and counts those below', () => {
  const led = departments.map((one) =>
    one.id === 'sales' ? { ...one, heads: [{ personId: 'Яна', named: true }] } : one,
  );
  const [root] = growTree(led, people);
  assert.deepEqual([root!.peopleBelow, root!.people], [5, []]);
  const sales = root!.children[0]!;
  assert.deepEqual([sales.people.map(({ id }) => id), sales.peopleBelow, sales.depth], [['Яна', 'Ада'], 3, 1]);
});

test('a department is not put into itself, below itself or where it stands; a person anywhere else', () => {
  const sales = { kind: 'department', id: 'sales', name: 'sales', from: 'root' } as const;
  assert.deepEqual(
    ['root', 'sales', 'north', 'service'].map((onto) => mayDrop(departments, sales, onto)),
    [false, false, false, true],
  );
  const ada = { kind: 'person', id: 'Ада', name: 'Ада', from: 'sales' } as const;
  assert.deepEqual(
    ['root', 'sales', 'north'].map((onto) => mayDrop(departments, ada, onto)),
    [true, false, true],
  );
});

test('whoever works there or above may lead; nobody from below or beside, nobody who left', () => {
  const ids = (id: string) =>
    mayLead(
      departments,
      people,
      departments.find((one) => one.id === id)!,
    ).map((one) => one.id);
  assert.deepEqual([ids('north'), ids('sales'), ids('service')], [['Ада', 'Гліб', 'Яна'], ['Ада', 'Яна'], []]);
});
