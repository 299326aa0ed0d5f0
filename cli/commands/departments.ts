/** `lubart departments`: the tree, and one more branch. */
import type { Action, Context } from '../command.ts';
import { actorOf, asOptions, UsageError } from '../command.ts';
import { departmentByText } from '../find-by-text.ts';
import { factLines, tableLines } from '../print-table.ts';

async function list(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const { departments } = await rooms.call(actor, 'GET /api/v1/departments');
  const names = new Map(departments.map(({ id, name }) => [id, name]));
  const headings =
    context.language === 'uk' ? ['Назва', 'У складі', 'Людей', 'id'] : ['Name', 'Part of', 'People', 'id'];
  const rows = departments.map(({ id, name, parentId, peopleCount }) => [
    name,
    parentId === null ? '' : names.get(parentId),
    peopleCount,
    id,
  ]);
  return { data: { departments }, lines: tableLines(headings, rows) };
}

async function add(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const { departments } = await rooms.call(actor, 'GET /api/v1/departments');
  const under = context.text('under');
  const parent = under === undefined ? null : departmentByText(departments, under);
  if (parent === undefined)
    throw new UsageError({ uk: '--under: немає такого відділу.', en: '--under: there is no such department.' });
  const body = { name: context.operands[0]!, parentId: parent?.id ?? null };
  const department = await rooms.call(actor, 'POST /api/v1/departments', { body });
  return { data: { department }, lines: factLines([[department.name, department.id]]) };
}

export const departmentActions: readonly Action[] = [
  {
    words: ['departments', 'list'],
    operands: [],
    options: asOptions,
    summary: { uk: 'Відділи', en: 'Departments' },
    run: list,
  },
  {
    words: ['departments', 'add'],
    operands: ['NAME'],
    options: {
      under: {
        type: 'text',
        value: 'DEPARTMENT',
        meaning: {
          uk: 'у складі якого відділу; без цього прямо в компанії',
          en: 'part of which; otherwise directly under the company',
        },
      },
      ...asOptions,
    },
    summary: { uk: 'Додати відділ', en: 'Add a department' },
    run: add,
  },
];
