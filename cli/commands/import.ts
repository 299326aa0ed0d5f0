/** `lubart import`: a spreadsheet becomes clients, is watched, cancelled, resumed, reverted. */
import type { ErrorCode, ImportKind, ImportViewValue } from '#contract';
import { LubartError } from '#kernel';
import type { Action, Answer, Context, Option } from '../command.ts';
import { actorOf, asOptions } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { importStateWords, previewLines, viewLines } from '../import-lines.ts';
import type { OpenRooms } from '../open-rooms.ts';
import { factLines, tableLines } from '../print-table.ts';
import { writeNewFile } from '../write-file.ts';

type Actor = Awaited<ReturnType<OpenRooms['actor']>>;

async function enter(context: Context): Promise<{ rooms: OpenRooms; actor: Actor }> {
  const rooms = await context.open();
  return { rooms, actor: await actorOf(context, rooms) };
}

function importFile(kind: ImportKind) {
  return async (context: Context): Promise<Answer> => {
    const { rooms, actor } = await enter(context);
    const { prepareImport, previewRows } = await import('../run-import.ts');
    const prepared = await prepareImport(context, rooms, actor, kind);
    const { view, plan } = prepared;
    const names = Object.entries(plan.mapping).map(
      ([index, field]) => `${prepared.columns[Number(index)]?.heading || index} → ${field}`,
    );
    context.tell(`${context.say({ uk: 'Стовпці', en: 'Columns' })}: ${names.join(', ')}`);
    if (context.flag('dry-run')) {
      const rows = await previewRows(rooms, actor, prepared);
      return { data: { import: view, plan, rows }, lines: previewLines(rows, context.language) };
    }
    await rooms.call(actor, 'POST /api/v1/imports/:id/start', { params: { id: view.id }, body: plan });
    return follow(context, rooms, actor, view.id);
  };
}

/** Watches to the end and says how it ended. */
async function follow(context: Context, rooms: OpenRooms, actor: Actor, id: string): Promise<Answer> {
  const { watchImport } = await import('../watch-import.ts');
  const view = await watchImport(context, rooms, actor, id);
  if (view.state !== 'running' && view.state !== 'reverting') {
    return { data: { import: view }, lines: viewLines(view, context.language), exitCode: exitOf(view) };
  }
  for (const line of howToGoOn(rooms, view, context)) context.tell(line);
  return { data: { import: view }, lines: viewLines(view, context.language), exitCode: exitCodes.interrupted };
}

function howToGoOn({ mode }: OpenRooms, { id, state }: ImportViewValue, context: Context): string[] {
  const command = (what: string) => `npm run lubart -- import ${what} ${id} --as …`;
  const here = context.say({
    uk: 'Зупинено після останньої завершеної частини; нічого не подвоїться. Продовжити:',
    en: 'Stopped after the last whole batch; nothing will be doubled. To go on:',
  });
  const elsewhere = context.say({
    uk: 'Lubart продовжує сам; тут лише перестали дивитися. Дивитися далі:',
    en: 'Lubart goes on by itself; only the watching ended. To watch again:',
  });
  const cancel = context.say({ uk: 'Зупинити зовсім:', en: 'To stop it for good:' });
  const more = state === 'running' ? [`${cancel} ${command('cancel')}`] : [];
  return [`${mode === 'own' ? here : elsewhere} ${command('resume')}`, ...more];
}

function exitOf({ state, failure }: ImportViewValue): ExitCode {
  if (state === 'failed') return failure === null ? exitCodes.failed : exitCodeOf(failure as ErrorCode);
  return exitCodes.ok;
}

async function list(context: Context): Promise<Answer> {
  const { rooms, actor } = await enter(context);
  const { imports } = await rooms.call(actor, 'GET /api/v1/imports');
  const headings =
    context.language === 'uk'
      ? ['Файл', 'Стан', 'Рядків', 'Створено', 'Відхилено', 'id']
      : ['File', 'State', 'Rows', 'Created', 'Rejected', 'id'];
  const rows = imports.map((one) => [
    one.fileName,
    importStateWords[context.language][one.state],
    one.rowsRead,
    one.rowsCreated,
    one.rowsRejected,
    one.id,
  ]);
  return { data: { imports }, lines: tableLines(headings, rows) };
}

async function show(context: Context): Promise<Answer> {
  const { rooms, actor } = await enter(context);
  const view = await rooms.call(actor, 'GET /api/v1/imports/:id', { params: { id: context.operands[0]! } });
  return { data: { import: view }, lines: viewLines(view, context.language) };
}

function ask(route: 'POST /api/v1/imports/:id/cancel' | 'POST /api/v1/imports/:id/revert') {
  return async (context: Context): Promise<Answer> => {
    const { rooms, actor } = await enter(context);
    const id = context.operands[0]!;
    await rooms.call(actor, route, { params: { id } });
    return follow(context, rooms, actor, id);
  };
}

async function resume(context: Context): Promise<Answer> {
  const { rooms, actor } = await enter(context);
  const id = context.operands[0]!;
  const { state } = await rooms.call(actor, 'GET /api/v1/imports/:id', { params: { id } });
  if (state !== 'running' && state !== 'reverting') throw new LubartError('import.wrong_state', { details: { state } });
  if (rooms.mode !== 'own')
    await rooms.lubart.imports.ask(state === 'running' ? 'run' : 'revert', actor.organizationId, id);
  return follow(context, rooms, actor, id);
}

async function rejected(context: Context): Promise<Answer> {
  const { rooms, actor } = await enter(context);
  const answer = await rooms.call(actor, 'GET /api/v1/imports/:id/rejected', { params: { id: context.operands[0]! } });
  const written = await writeNewFile(context.text('output')!, answer.bytes, context.signal);
  return { data: written, lines: factLines([[written.file, written.bytes]]) };
}

const planOptions: Readonly<Record<string, Option>> = {
  map: {
    type: 'text',
    value: 'M',
    required: true,
    meaning: {
      uk: 'файл JSON {"Заголовок або номер": "поле"} або auto: вгадати',
      en: 'JSON file {"Heading or index": "field"}, or auto: guess',
    },
  },
  duplicates: {
    type: 'text',
    value: 'WHAT',
    choices: ['skip', 'update', 'create'],
    meaning: { uk: 'що робити з тими, хто вже є (skip)', en: 'what to do with those already there (skip)' },
  },
  by: { type: 'text', value: 'phone,email,edrpou', meaning: { uk: 'за чим упізнавати', en: 'by what to know them' } },
  sheet: { type: 'text', value: 'NAME', meaning: { uk: 'аркуш XLSX', en: 'sheet of the XLSX' } },
  owner: {
    type: 'text',
    value: 'PERSON',
    meaning: { uk: 'відповідальний для рядків без нього', en: 'owner for rows without one' },
  },
  department: {
    type: 'text',
    value: 'DEPARTMENT',
    meaning: { uk: 'відділ для рядків без нього', en: 'department for rows without one' },
  },
  source: {
    type: 'text',
    value: 'TEXT',
    meaning: { uk: 'джерело для рядків без нього', en: 'source for rows without one' },
  },
  tag: { type: 'text', value: 'TAG', meaning: { uk: 'тег для всіх рядків', en: 'tag for all rows' } },
  'dry-run': {
    type: 'flag',
    meaning: { uk: 'показати перші рядки, нічого не імпортувати', en: 'show the first rows, import nothing' },
  },
};

const run = (kind: ImportKind, uk: string, en: string): Action => ({
  words: ['import', kind],
  operands: ['FILE'],
  options: { ...planOptions, ...asOptions },
  summary: { uk, en },
  more: {
    uk: 'CSV або XLSX. Ctrl-C зупиняє після поточної частини й каже, як продовжити; якщо Lubart працює, імпорт іде далі в ньому.',
    en: 'CSV or XLSX. Ctrl-C stops after the batch in hand and says how to go on; where Lubart is running, the import goes on in it.',
  },
  endsItself: true,
  run: importFile(kind),
});

const one = (
  word: string,
  uk: string,
  en: string,
  work: Action['run'],
  options: Readonly<Record<string, Option>> = {},
): Action => ({
  words: ['import', word],
  operands: ['ID'],
  options: { ...options, ...asOptions },
  summary: { uk, en },
  endsItself: true,
  run: work,
});

const output: Option = {
  type: 'text',
  value: 'FILE',
  required: true,
  meaning: { uk: 'новий файл CSV', en: 'a new CSV file' },
};

export const importActions: readonly Action[] = [
  run('contacts', 'Імпортувати контакти з таблиці', 'Import contacts from a spreadsheet'),
  run('companies', 'Імпортувати компанії з таблиці', 'Import companies from a spreadsheet'),
  {
    words: ['import', 'list'],
    operands: [],
    options: asOptions,
    summary: { uk: 'Імпорти', en: 'Imports' },
    run: list,
  },
  one('show', 'Як іде імпорт', 'How an import goes', show),
  one(
    'cancel',
    'Зупинити; що вже внесено, лишається',
    'Stop; what is in stays in',
    ask('POST /api/v1/imports/:id/cancel'),
  ),
  one('resume', 'Продовжити перерваний', 'Go on with an interrupted one', resume),
  one(
    'revert',
    'Повернути все, як було до імпорту',
    'Take the whole import back',
    ask('POST /api/v1/imports/:id/revert'),
  ),
  one('rejected', 'Відхилені рядки з причинами, у файл', 'The rejected rows with reasons, into a file', rejected, {
    output,
  }),
];
