/** `lubart audit`: reading the audit log, newest first. Reading it is itself recorded. */
import type { AuditEntryView, AuditLevel, EventName, Language } from '#contract';
import { auditLevels, words } from '#contract';
import { isId } from '#kernel';
import type { Action, Context } from '../command.ts';
import { actorOf, asOptions, UsageError } from '../command.ts';
import { personByText } from '../find-by-text.ts';
import type { OpenRooms } from '../open-rooms.ts';
import { factLines, plain, tableLines } from '../print-table.ts';

type Actor = Awaited<ReturnType<OpenRooms['actor']>>;

async function list(context: Context) {
  const from = instant(context, 'from', 0);
  const to = instant(context, 'to', 1);
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  await rooms.requireRight(actor, 'audit.read');
  const actorId = await actorIdOf(context, rooms, actor);
  const [event, outcome, level, subjectId, cursor] = ['event', 'outcome', 'level', 'subject', 'cursor'].map((name) =>
    context.text(name),
  );
  const query = {
    limit: context.integer('limit') ?? 50,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(actorId === undefined ? {} : { actorId }),
    ...(event === undefined ? {} : { event }),
    ...(outcome === undefined ? {} : { outcome: outcome as 'done' | 'refused' }),
    ...(level === undefined ? {} : { level: level as AuditLevel }),
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const page = await rooms.call(actor, 'GET /api/v1/audit-entries', { query });
  return {
    data: page,
    lines: [...entryLines(page.rows, context.language), ...(page.next === null ? [] : [`--cursor ${page.next}`])],
  };
}

async function show(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const opened = await rooms.call(actor, 'GET /api/v1/audit-entries/:id', { params: { id: context.operands[0]! } });
  const { entry, changes, changesOpen, changesErased } = opened;
  const facts = Object.entries(entry).map(
    ([name, value]) => [name, typeof value === 'object' && value !== null ? JSON.stringify(value) : value] as const,
  );
  const sealed = context.say({
    uk: 'Зміни запечатано: бачити їх права не дозволяють.',
    en: 'The changes are sealed: rights do not reach them.',
  });
  const erased = context.say({
    uk: 'Стерто: ключ цього клієнта знищено, запис лишився.',
    en: 'Erased: the key of this client was destroyed, the entry stays.',
  });
  const changed = changes.map(
    ({ field, before, after }) => `  ${field}: ${plain(JSON.stringify(before))} → ${plain(JSON.stringify(after))}`,
  );
  return { data: opened, lines: [...factLines(facts), ...(changesOpen ? changed : [changesErased ? erased : sealed])] };
}

const levelNames: Record<Language, Record<AuditLevel, string>> = {
  uk: { security: 'безпека', data: 'дані', administration: 'управління', system: 'система', plugin: 'плагіни' },
  en: { security: 'security', data: 'data', administration: 'administration', system: 'system', plugin: 'plugins' },
};

function entryLines(rows: readonly AuditEntryView[], language: Language): string[] {
  const headings =
    language === 'uk'
      ? ['Час', 'Рівень', 'Хто', 'Подія', 'Наслідок', 'Скількох', 'Пристрій', 'id']
      : ['Time', 'Level', 'Who', 'Event', 'Outcome', 'Subjects', 'Device', 'id'];
  const outcomes = { uk: { done: '', refused: 'відмовлено' }, en: { done: '', refused: 'refused' } }[language];
  const levels = levelNames[language];
  const cells = rows.map((row) => {
    const event = words[language].events[row.event as EventName] ?? row.event;
    return [
      row.at.slice(0, 19).replace('T', ' '),
      levels[row.level],
      row.actor.name,
      event,
      outcomes[row.outcome],
      row.subjectCount || '',
      row.device ?? '',
      row.id,
    ];
  });
  return tableLines(headings, cells);
}

/** A moment (RFC 3339), or a day in the time zone of this machine: `--to` takes the whole day. */
function instant(context: Context, option: 'from' | 'to', dayAfter: 0 | 1): string | undefined {
  const text = context.text(option);
  if (text === undefined) return undefined;
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const at = day === null ? new Date(text) : new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3]) + dayAfter);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new UsageError({
    uk: `--${option}: день РРРР-ММ-ДД або момент RFC 3339.`,
    en: `--${option}: a day YYYY-MM-DD or a moment in RFC 3339.`,
  });
}

async function actorIdOf(context: Context, rooms: OpenRooms, actor: Actor): Promise<string | undefined> {
  const text = context.text('actor');
  if (text === undefined || isId(text)) return text;
  const found = personByText(await rooms.lubart.people.list(actor.organizationId), text);
  if (found === undefined)
    throw new UsageError({ uk: '--actor: немає такої людини.', en: '--actor: there is no such person.' });
  return found.id;
}

export const auditActions: readonly Action[] = [
  {
    words: ['audit', 'list'],
    operands: [],
    options: {
      from: { type: 'text', value: 'DAY', meaning: { uk: 'від дня або моменту', en: 'from a day or moment' } },
      to: {
        type: 'text',
        value: 'DAY',
        meaning: { uk: 'до дня (включно) або моменту', en: 'to a day (all of it) or moment' },
      },
      event: {
        type: 'text',
        value: 'EVENT',
        meaning: { uk: 'лише ця подія: contact.exported', en: 'only this event: contact.exported' },
      },
      actor: { type: 'text', value: 'PERSON', meaning: { uk: 'хто діяв', en: 'who acted' } },
      subject: { type: 'text', value: 'ID', meaning: { uk: 'про кого запис', en: 'whom the entry is about' } },
      outcome: {
        type: 'text',
        value: 'OUTCOME',
        choices: ['done', 'refused'],
        meaning: { uk: 'наслідок', en: 'outcome' },
      },
      level: { type: 'text', value: 'LEVEL', choices: auditLevels, meaning: { uk: 'рівень', en: 'level' } },
      limit: {
        type: 'integer',
        value: 'N',
        meaning: { uk: 'скільки показати, до 200', en: 'how many to show, up to 200' },
      },
      cursor: {
        type: 'text',
        value: 'CURSOR',
        meaning: { uk: 'продовжити з місця (next)', en: 'go on from a place (next)' },
      },
      ...asOptions,
    },
    summary: { uk: 'Журнал подій, найновіші перші', en: 'The audit log, newest first' },
    run: list,
  },
  {
    words: ['audit', 'show'],
    operands: ['ID'],
    options: asOptions,
    summary: { uk: 'Один запис: що було і що стало', en: 'One entry: what was and what became' },
    run: show,
  },
];
