/** `lubart contacts`: what the person of --as sees, and nothing else. */
import type { ContactRow, ContactStage, ExportFormat, ExportProtection } from '#contract';
import { contact, exportFormats, exportProtections, listSorts, words } from '#contract';
import type { Action, Context, Option } from '../command.ts';
import { actorOf, asOptions } from '../command.ts';
import { filterOptions, filtersOf } from '../contact-filters.ts';
import { factLines, plain, tableLines } from '../print-table.ts';
import { readSecret } from '../read-secret.ts';
import { writeNewFile } from '../write-file.ts';

async function list(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const cursor = context.text('cursor');
  const query = {
    ...(await filtersOf(context, rooms, actor)),
    sort: (context.text('sort') ?? '-created') as (typeof listSorts)[number],
    limit: context.integer('limit') ?? 50,
    count: true,
    ...(cursor === undefined ? {} : { cursor }),
  };
  const page = await rooms.call(actor, 'GET /api/v1/contacts', { query });
  const total = page.total ?? 0;
  const all = page.totalCap !== undefined && total >= page.totalCap ? `${total}+` : `${total}`;
  const shown = context.say({
    uk: `Показано ${page.rows.length} з ${all}.`,
    en: `${page.rows.length} of ${all} shown.`,
  });
  const more = page.next === null ? [] : [`--cursor ${page.next}`];
  return { data: page, lines: [...contactLines(page.rows, context), shown, ...more] };
}

async function find(context: Context) {
  const asked = context.operands[0]!;
  const text = asked === '-' ? await readSecret('', context.signal) : asked;
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const body = { text, limit: context.integer('limit') ?? 20, archived: context.flag('archived') };
  const hits = await rooms.call(actor, 'POST /api/v1/contacts/find', { body });
  const nothing = context.say({ uk: 'Нічого не знайдено.', en: 'Nothing found.' });
  return { data: hits, lines: hits.rows.length === 0 ? [nothing] : contactLines(hits.rows, context) };
}

async function show(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const opened = await rooms.call(actor, 'GET /api/v1/contacts/:id', { params: { id: context.operands[0]! } });
  const labels = words[context.language].contactFields;
  const fields = Object.keys(contact.fields) as (keyof typeof labels)[];
  const facts = fields.map((name) => [labels[name], textOf(opened[name])] as const).filter(([, value]) => value !== '');
  return { data: { contact: opened }, lines: factLines([['id', opened.id], ...facts]) };
}

async function exportFile(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const format = context.text('format') as ExportFormat;
  const protection = (context.text('protection') ?? 'password') as ExportProtection;
  const [recipient, reason] = [context.text('recipient'), context.text('reason')];
  const body = {
    format,
    protection,
    ...(recipient === undefined ? {} : { recipient }),
    ...(reason === undefined ? {} : { reason }),
    filters: await filtersOf(context, rooms, actor),
  };
  const made = await rooms.call(actor, 'POST /api/v1/contacts/export', { body });
  const { id, mark, rows } = made.export;
  const file = await rooms.call(actor, 'GET /api/v1/exports/:id/file', { params: { id } });
  const written = await writeNewFile(context.text('output')!, file.bytes, context.signal);
  const say = (uk: string, en: string) => context.say({ uk, en });
  const lines = factLines([
    [written.file, say(`${written.bytes} байтів, рядків: ${rows}`, `${written.bytes} bytes, rows: ${rows}`)],
    [say('мітка', 'mark'), mark],
    ...(made.password === null ? [] : [[say('пароль', 'password'), made.password] as const]),
  ]);
  return { data: { ...written, format, protection, rows, mark, password: made.password }, lines };
}

function contactLines(rows: readonly ContactRow[], { language }: Context): string[] {
  const labels = words[language].contactFields;
  const headings = [labels.lastName, labels.firstName, labels.phones, labels.companyName, labels.stage, 'id'];
  return tableLines(
    headings,
    rows.map((row) => {
      const stage = words[language].stages[row.stage as ContactStage];
      return [row.lastName, row.firstName, textOf(row.phones), row.companyName, stage, row.id];
    }),
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (!Array.isArray(value)) return plain(value);
  return value
    .map((one: unknown) => (typeof one === 'object' && one !== null ? String(Object.values(one)[0]) : String(one)))
    .join(', ');
}

const limit: Option = { type: 'integer', value: 'N', meaning: { uk: 'скільки показати', en: 'how many to show' } };

export const contactActions: readonly Action[] = [
  {
    words: ['contacts', 'list'],
    operands: [],
    options: {
      ...filterOptions,
      sort: { type: 'text', value: 'SORT', choices: listSorts, meaning: { uk: 'порядок', en: 'order' } },
      limit,
      cursor: {
        type: 'text',
        value: 'CURSOR',
        meaning: { uk: 'продовжити з місця (next)', en: 'go on from a place (next)' },
      },
      ...asOptions,
    },
    summary: { uk: 'Список контактів', en: 'List of contacts' },
    run: list,
  },
  {
    words: ['contacts', 'find'],
    operands: ['TEXT'],
    options: { limit, archived: filterOptions['archived']!, ...asOptions },
    summary: { uk: 'Знайти за ім’ям, телефоном, поштою, компанією', en: 'Find by name, phone, e-mail, company' },
    more: {
      uk: 'TEXT «-»: текст читається зі стандартного введення, щоб не лишався в історії команд.',
      en: 'TEXT “-”: the text is read from standard input, so that it does not stay in the history of commands.',
    },
    run: find,
  },
  {
    words: ['contacts', 'show'],
    operands: ['ID'],
    options: asOptions,
    summary: { uk: 'Один контакт', en: 'One contact' },
    run: show,
  },
  {
    words: ['contacts', 'export'],
    operands: [],
    options: {
      format: {
        type: 'text',
        value: 'FORMAT',
        required: true,
        choices: exportFormats,
        meaning: { uk: 'формат', en: 'format' },
      },
      protection: {
        type: 'text',
        value: 'HOW',
        choices: exportProtections,
        meaning: {
          uk: 'захист; без нього – пароль, показаний один раз (лише xlsx)',
          en: 'protection; without it a password, shown once (xlsx only)',
        },
      },
      recipient: {
        type: 'text',
        value: 'AGE1…',
        meaning: { uk: 'ключ отримувача age', en: 'age recipient' },
      },
      reason: {
        type: 'text',
        value: 'TEXT',
        meaning: { uk: 'навіщо файл без захисту (plain)', en: 'what a plain file is for' },
      },
      output: {
        type: 'text',
        value: 'FILE',
        required: true,
        meaning: { uk: 'новий файл; лише власник зможе його читати', en: 'a new file; only its owner may read it' },
      },
      ...filterOptions,
      ...asOptions,
    },
    summary: { uk: 'Експортувати контакти у файл', en: 'Export contacts into a file' },
    endsItself: true,
    run: exportFile,
  },
];
