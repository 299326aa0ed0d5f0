/** `lubart receivers`: where the audit log is sent, with the rights of the person of --as; what may be done here may be done in the browser. */
import { readFile } from 'node:fs/promises';
import type { ForwardForm, ForwardKind, ForwardProblem, ForwardView, Language } from '#contract';
import { forwardForms, forwardKinds } from '#contract';
import type { Action, Context, Option } from '../command.ts';
import { actorOf, asOptions, UsageError } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { factLines, tableLines } from '../print-table.ts';

const words = {
  uk: {
    headings: ['Куди', 'Вигляд', 'Адреса', 'Стан', 'Чекає', 'Відстає, с', 'Востаннє дійшло', 'id'],
    fine: 'доходить',
    paused: 'призупинено',
    arrived: '✔ Дійшло. Записів: {n}.',
    again: '✔ Дійшло. Нічого не чекало, тож ще раз надіслано найновіший запис.',
    removed: 'Прибрано.',
    secret: 'Секрет підпису, лише зараз',
    next: 'Наступний запис',
    gone: 'Вилучено до надсилання',
    changed: 'Змінено до надсилання',
    failure: 'Остання невдача',
    names: 'Імена тих, хто діяв',
    client: 'Сертифікат клієнта',
    times: { enough: '', ends_soon: ' ✖ спливає', over: ' ✖ строк минув' },
    problems: {
      unreachable: 'не відповідає',
      certificate_wrong: 'сертифікат отримувача не той',
      client_refused: 'не прийняв нашого сертифіката',
      address_forbidden: 'ім’я веде на заборонену адресу',
      refused: 'відмовив',
      not_confirmed: 'не підтвердив',
      not_written: 'файл не записався',
    },
  },
  en: {
    headings: ['Where to', 'Form', 'Address', 'State', 'Waiting', 'Behind, s', 'Arrived last', 'id'],
    fine: 'arrives',
    paused: 'paused',
    arrived: '✔ It arrived. Entries: {n}.',
    again: '✔ It arrived. Nothing was waiting, so the newest entry went once more.',
    removed: 'Removed.',
    secret: 'Secret of the signature, this once',
    next: 'Next entry',
    gone: 'Gone before sending',
    changed: 'Changed before sending',
    failure: 'Last failure',
    names: 'Names of who acted',
    client: 'Client certificate',
    times: { enough: '', ends_soon: ' ✖ ends soon', over: ' ✖ it is over' },
    problems: {
      unreachable: 'does not answer',
      certificate_wrong: 'the receiver’s certificate is wrong',
      client_refused: 'did not accept our certificate',
      address_forbidden: 'the name leads to a forbidden address',
      refused: 'refused',
      not_confirmed: 'did not confirm',
      not_written: 'the file could not be written',
    },
  },
} as const satisfies Record<
  Language,
  Record<string, string | readonly string[] | Record<string, string>> & {
    problems: Record<ForwardProblem, string>;
  }
>;

async function rooms(context: Context) {
  const opened = await context.open();
  return {
    opened,
    actor: await actorOf(context, opened),
    say: words[context.language],
  };
}
const ofId = (context: Context) => ({ params: { id: context.operands[0]! } });

function stateOf(one: ForwardView, say: (typeof words)[Language]): string {
  if (one.pausedAt !== null) return say.paused;
  return one.problem === null ? say.fine : `✖ ${say.problems[one.problem]}`;
}

async function list(context: Context) {
  const { opened, actor, say } = await rooms(context);
  const { forwards } = await opened.call(actor, 'GET /api/v1/security/forwards');
  const rows = forwards.map((one) => [
    one.kind,
    one.form,
    one.address,
    stateOf(one, say),
    one.waiting,
    one.lagSeconds,
    one.deliveredAt,
    one.id,
  ]);
  return { data: { receivers: forwards }, lines: tableLines(say.headings, rows) };
}

function factsOf(one: ForwardView, say: (typeof words)[Language]): string[] {
  const [kind, form, address, state, waiting, behind, last] = say.headings;
  const { lastFailure: failure } = one;
  return factLines([
    ['id', one.id],
    [kind, one.kind],
    [form, one.form],
    [address, one.address],
    [state, stateOf(one, say)],
    [last, one.deliveredAt],
    [waiting, one.waiting],
    [behind, one.lagSeconds],
    [say.next, one.next],
    [say.gone, one.gone],
    [say.changed, one.changed],
    [say.failure, failure === null ? null : `${failure.at} ${say.problems[failure.problem]}`],
    [say.names, one.withNames ? '✔' : '–'],
    [
      say.client,
      one.client === null ? null : `${one.client.subject}, ${one.client.validUntil}${say.times[one.client.time]}`,
    ],
  ]);
}

async function show(context: Context) {
  const { opened, actor, say } = await rooms(context);
  const { forwards } = await opened.call(actor, 'GET /api/v1/security/forwards');
  const receiver = forwards.find(({ id }) => id === context.operands[0]);
  if (receiver === undefined)
    throw new UsageError({ uk: 'Такого отримувача немає.', en: 'There is no such receiver.' });
  return { data: { receiver }, lines: factsOf(receiver, say) };
}

async function add(context: Context) {
  const kind = context.operands[0] as ForwardKind;
  if (!forwardKinds.includes(kind))
    throw new UsageError({
      uk: `KIND: одне з ${forwardKinds.join(', ')}.`,
      en: `KIND: one of ${forwardKinds.join(', ')}.`,
    });
  const given = await readGiven(context);
  const { opened, actor, say } = await rooms(context);
  const body = {
    kind,
    form: (context.text('form') ?? 'ocsf') as ForwardForm,
    withNames: context.flag('with-names'),
    from: context.flag('from-beginning') ? ('beginning' as const) : ('now' as const),
    ...given,
  };
  const { forward, secret } = await opened.call(actor, 'POST /api/v1/security/forwards', { body });
  return {
    data: { receiver: forward, secret },
    lines: [...factsOf(forward, say), ...(secret === null ? [] : factLines([[say.secret, secret]]))],
  };
}

async function change(context: Context) {
  const given = await readGiven(context);
  const drops = (option: 'authority' | 'client') => {
    if (!context.flag(`drop-${option}`)) return {};
    if (given[option] === undefined) return { [option]: null };
    throw new UsageError({
      uk: `--drop-${option}: або прибрати, або дати новий.`,
      en: `--drop-${option}: either drop it or give a new one.`,
    });
  };
  const form = context.text('form') as ForwardForm | undefined;
  const names = context.text('names');
  const body = {
    ...given,
    ...drops('authority'),
    ...drops('client'),
    ...(form === undefined ? {} : { form }),
    ...(names === undefined ? {} : { withNames: names === 'yes' }),
  };
  if (Object.keys(body).length === 0)
    throw new UsageError({ uk: 'Скажіть, що змінити.', en: 'Say what is to be changed.' });
  const { opened, actor, say } = await rooms(context);
  const reply = await opened.call(actor, 'PATCH /api/v1/security/forwards/:id', { ...ofId(context), body });
  return {
    data: { receiver: reply.forward, secret: reply.secret },
    lines: [...factsOf(reply.forward, say), ...(reply.secret === null ? [] : factLines([[say.secret, reply.secret]]))],
  };
}

/** Where it is, whom we believe and who we are, as far as it was given. */
async function readGiven(context: Context) {
  const [authority, certificate, key] = await Promise.all(
    ['authority', 'client-certificate', 'client-key'].map((option) => textOf(context, option)),
  );
  if ((certificate === undefined) !== (key === undefined))
    throw new UsageError({
      uk: '--client-certificate і --client-key потрібні разом.',
      en: '--client-certificate and --client-key go together.',
    });
  const address = context.text('address');
  return {
    ...(address === undefined ? {} : { address }),
    ...(authority === undefined ? {} : { authority }),
    ...(certificate === undefined || key === undefined ? {} : { client: { certificate, key } }),
  };
}

/** The text of the file that an option names. */
async function textOf(context: Context, option: string): Promise<string | undefined> {
  const file = context.text(option);
  return file === undefined
    ? undefined
    : readFile(file, 'utf8').catch(() => {
        throw new UsageError({ uk: `--${option}: файл не читається.`, en: `--${option}: the file cannot be read.` });
      });
}

async function tryNow(context: Context) {
  const { opened, actor, say } = await rooms(context);
  const receiver = await opened.call(actor, 'POST /api/v1/security/forwards/:id/try', ofId(context));
  const { problem, sent, again } = receiver;
  return {
    data: { receiver },
    lines: [
      problem !== null ? `✖ ${say.problems[problem]}` : again ? say.again : say.arrived.replace('{n}', String(sent)),
    ],
    exitCode: problem === null ? exitCodes.ok : exitCodes.notAccepted,
  };
}

async function pause(context: Context) {
  const { opened, actor, say } = await rooms(context);
  const receiver = await opened.call(actor, 'POST /api/v1/security/forwards/:id/pause', ofId(context));
  return { data: { receiver }, lines: factsOf(receiver, say) };
}

async function resume(context: Context) {
  const { opened, actor, say } = await rooms(context);
  const receiver = await opened.call(actor, 'POST /api/v1/security/forwards/:id/resume', ofId(context));
  return { data: { receiver }, lines: factsOf(receiver, say) };
}

async function remove(context: Context) {
  const { opened, actor, say } = await rooms(context);
  await opened.call(actor, 'DELETE /api/v1/security/forwards/:id', ofId(context));
  return { data: { removed: context.operands[0] }, lines: [say.removed] };
}

const fileOption = (uk: string, en: string): Option => ({ type: 'text', value: 'FILE', meaning: { uk, en } });
const givenOptions = {
  address: {
    type: 'text',
    value: 'ADDRESS',
    meaning: { uk: 'host:port для syslog, https:// для webhook', en: 'host:port of syslog, https:// of a webhook' },
  },
  authority: fileOption('PEM: вірити лише серверам цього центру', 'PEM: believe servers of this authority alone'),
  'client-certificate': fileOption('PEM: хто ми для сервера syslog', 'PEM: who we are to a syslog server'),
  'client-key': fileOption('PEM: його закритий ключ без пароля', 'PEM: its private key without a password'),
} as const satisfies Record<string, Option>;
const one = (name: string, run: Action['run'], uk: string, en: string): Action => ({
  words: ['receivers', name],
  operands: ['ID'],
  options: asOptions,
  summary: { uk, en },
  run,
});

export const receiverActions: readonly Action[] = [
  {
    words: ['receivers', 'list'],
    operands: [],
    options: asOptions,
    summary: {
      uk: 'Куди пересилається журнал дій і наскільки кожен отримувач відстає',
      en: 'Where the audit log is sent, and how far behind each receiver is',
    },
    run: list,
  },
  one(
    'show',
    show,
    'Один отримувач журналу: стан, прогалини, остання невдача',
    'One receiver: its state, gaps, last failure',
  ),
  {
    words: ['receivers', 'add'],
    operands: ['KIND'],
    options: {
      ...givenOptions,
      form: {
        type: 'text',
        value: 'FORM',
        choices: forwardForms,
        meaning: { uk: 'вигляд записів; без цього ocsf', en: 'form of entries; otherwise ocsf' },
      },
      'with-names': {
        type: 'flag',
        meaning: { uk: 'надсилати й імена тих, хто діяв', en: 'send names of who acted, too' },
      },
      'from-beginning': {
        type: 'flag',
        meaning: { uk: 'увесь журнал, а не від цієї миті', en: 'the whole log, not from this moment on' },
      },
      ...asOptions,
    },
    summary: {
      uk: 'Пересилати журнал: syslog, webhook або file',
      en: 'Send the log on: syslog, webhook or file',
    },
    run: add,
  },
  {
    words: ['receivers', 'change'],
    operands: ['ID'],
    options: {
      ...givenOptions,
      form: {
        type: 'text',
        value: 'FORM',
        choices: forwardForms,
        meaning: { uk: 'вигляд записів', en: 'form of entries' },
      },
      names: {
        type: 'text',
        value: 'yes|no',
        choices: ['yes', 'no'],
        meaning: { uk: 'чи надсилати імена тих, хто діяв', en: 'whether names of who acted are sent' },
      },
      'drop-authority': {
        type: 'flag',
        meaning: { uk: 'вірити всім відомим центрам', en: 'believe all publicly trusted authorities' },
      },
      'drop-client': {
        type: 'flag',
        meaning: { uk: 'більше не показувати сертифіката', en: 'show no client certificate any more' },
      },
      ...asOptions,
    },
    summary: {
      uk: 'Змінити адресу, вигляд, сертифікати чи імена. Місце в журналі лишається',
      en: 'Change address, form, certificates or names. Its place in the log stays',
    },
    run: change,
  },
  one(
    'try',
    tryNow,
    'Надіслати зараз і сказати, чи дійшло. Код 6, якщо ні',
    'Send now and say whether it arrived. Exit code 6 if not',
  ),
  one('pause', pause, 'Призупинити надсилання отримувачу', 'Pause sending to a receiver'),
  one('resume', resume, 'Відновити з того самого місця', 'Resume from the same place'),
  one('remove', remove, 'Більше не надсилати отримувачу', 'Send nothing more to a receiver'),
];
