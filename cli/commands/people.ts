/** `lubart people`: who works here, and inviting one more. */
import { readyRoles } from '#contract';
import type { Action, Context } from '../command.ts';
import { actorOf, asOptions, UsageError } from '../command.ts';
import { factLines, tableLines } from '../print-table.ts';
import { departmentByText } from '../find-by-text.ts';

async function list(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const { people } = await rooms.call(actor, 'GET /api/v1/people');
  const { departments } = await rooms.call(actor, 'GET /api/v1/departments');
  const departmentName = new Map(departments.map(({ id, name }) => [id, name]));
  const data = people.map((person) => ({ ...person, department: departmentName.get(person.departmentId) ?? '' }));
  const headings =
    context.language === 'uk'
      ? ['Ім’я', 'Роль', 'Відділ', 'Ел. пошта', 'Доступ', 'id']
      : ['Name', 'Role', 'Department', 'E-mail', 'Access', 'id'];
  const rows = data.map((person) => [
    person.name,
    person.roles.map(({ name }) => name).join(', '),
    person.department,
    person.email ?? '',
    person.active ? '✔' : '–',
    person.id,
  ]);
  return { data: { people: data }, lines: tableLines(headings, rows) };
}

async function invite(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const { departments } = await rooms.call(actor, 'GET /api/v1/departments');
  const department = departmentByText(departments, context.text('department')!);
  if (department === undefined)
    throw new UsageError({
      uk: '--department: немає такого відділу.',
      en: '--department: there is no such department.',
    });
  const body = {
    name: context.text('name')!,
    email: context.text('email')!,
    roles: [context.text('role')!],
    departmentId: department.id,
  };
  const { invitation, link } = await rooms.call(actor, 'POST /api/v1/invitations', { body });
  const say =
    context.language === 'uk' ? ['Посилання (показано один раз)', 'Діє до'] : ['Link (shown once)', 'Valid until'];
  return {
    data: { invitation, link },
    lines: factLines([
      [say[0]!, link],
      [say[1]!, invitation.expiresAt],
    ]),
  };
}

export const peopleActions: readonly Action[] = [
  {
    words: ['people', 'list'],
    operands: [],
    options: asOptions,
    summary: { uk: 'Колеги', en: 'Colleagues' },
    run: list,
  },
  {
    words: ['people', 'invite'],
    operands: [],
    options: {
      name: { type: 'text', value: 'NAME', required: true, meaning: { uk: 'ім’я', en: 'name' } },
      email: { type: 'text', value: 'E-MAIL', required: true, meaning: { uk: 'ел. пошта', en: 'e-mail' } },
      role: {
        type: 'text',
        value: 'ROLE',
        required: true,
        choices: readyRoles.filter((key) => key !== 'baseline'),
        meaning: { uk: 'роль', en: 'role' },
      },
      department: {
        type: 'text',
        value: 'DEPARTMENT',
        required: true,
        meaning: { uk: 'відділ: назва або id', en: 'department: name or id' },
      },
      ...asOptions,
    },
    summary: { uk: 'Запросити людину; посилання показується один раз', en: 'Invite a person; the link is shown once' },
    run: invite,
  },
];
