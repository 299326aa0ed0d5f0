/** From words on a command line to an action with its operands and options. Wrong writing is said without repeating values. */
import { parseArgs } from 'node:util';
import { isId } from '#kernel';
import type { Action, Option, Said } from './command.ts';
import { UsageError } from './command.ts';

export const globalOptions: Readonly<Record<string, Option>> = {
  json: { type: 'flag', meaning: { uk: 'відповісти одним об’єктом JSON', en: 'answer with one JSON object' } },
  help: { type: 'flag', meaning: { uk: 'ця довідка', en: 'this help' } },
  version: { type: 'flag', meaning: { uk: 'версія', en: 'version' } },
  language: { type: 'text', value: 'uk|en', choices: ['uk', 'en'], meaning: { uk: 'мова', en: 'language' } },
  data: { type: 'text', value: 'FOLDER', meaning: { uk: 'тека даних (LUBART_DATA)', en: 'data folder (LUBART_DATA)' } },
  keys: { type: 'text', value: 'FILE', meaning: { uk: 'файл ключа (LUBART_KEYS)', en: 'root key file (LUBART_KEYS)' } },
};

export type Values = Readonly<Record<string, string | boolean | undefined>>;
export type Read = { readonly words: readonly string[]; readonly rest: readonly string[] };

/** Splits off the one or two words that name the action; global options may stand before them. */
export function splitWords(argv: readonly string[], actions: readonly Action[]): Read {
  const words: string[] = [];
  const rest: string[] = [];
  let at = 0;
  for (; at < argv.length; at += 1) {
    const argument = argv[at]!;
    if (argument.startsWith('-')) {
      rest.push(argument);
      const option = globalOptions[argument.slice(2)];
      if (option !== undefined && option.type !== 'flag' && at + 1 < argv.length) rest.push(argv[++at]!);
      continue;
    }
    if (!actions.some((action) => action.words[words.length] === argument && isBeginning(words, action.words))) break;
    words.push(argument);
  }
  return { words, rest: [...rest, ...argv.slice(at)] };
}

const isBeginning = (words: readonly string[], all: readonly string[]) => words.every((word, at) => word === all[at]);

/** The action that is named exactly; undefined when the words name none or a group. */
export function findAction(words: readonly string[], actions: readonly Action[]): Action | undefined {
  return actions.find((action) => action.words.length === words.length && isBeginning(words, action.words));
}

/** Only the global options, read without caring what else stands there: for choosing a language before anything can fail. */
export function readGlobals(argv: readonly string[]): Values {
  const { values } = parseArgs({
    args: [...argv],
    options: configOf(globalOptions),
    allowPositionals: true,
    strict: false,
  });
  return values;
}

/** @throws UsageError */
export function readArguments(action: Action, rest: readonly string[]): { values: Values; operands: string[] } {
  const options = { ...globalOptions, ...action.options };
  let parsed: { values: Values; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...rest],
      options: configOf(options),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError(faultOf(error as Error & { code?: string }));
  }
  const { values, positionals } = parsed;
  if (values['help'] === true) return { values, operands: positionals };
  requireOperands(action, positionals);
  for (const [name, option] of Object.entries(options)) requireValue(name, option, values[name]);
  return { values, operands: positionals };
}

const configOf = (options: Readonly<Record<string, Option>>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [
      name,
      { type: type === 'flag' ? ('boolean' as const) : ('string' as const) },
    ]),
  );

function requireOperands({ operands }: Action, given: readonly string[]): void {
  if (given.length < operands.length) {
    const missing = operands[given.length]!;
    throw new UsageError({ uk: `Бракує ${missing}.`, en: `${missing} is missing.` });
  }
  if (given.length > operands.length) {
    throw new UsageError({
      uk: 'Зайві слова в команді. Текст із пробілами беруть у лапки.',
      en: 'Too many words. Put a text with spaces into quotes.',
    });
  }
}

function requireValue(name: string, option: Option, value: string | boolean | undefined): void {
  if (option.required && (value === undefined || value === '')) {
    throw new UsageError({
      uk: `Бракує --${name} ${option.value ?? ''}.`,
      en: `--${name} ${option.value ?? ''} is missing.`,
    });
  }
  if (value === undefined) return;
  if (option.choices !== undefined && !option.choices.includes(String(value))) {
    const choices = option.choices.join(', ');
    throw new UsageError({ uk: `--${name}: одне з ${choices}.`, en: `--${name}: one of ${choices}.` });
  }
  if (option.type === 'integer' && !/^[1-9]\d{0,8}$/.test(String(value))) {
    throw new UsageError({ uk: `--${name}: ціле число від 1.`, en: `--${name}: a whole number from 1.` });
  }
  if (option.type === 'id' && !isId(String(value))) {
    throw new UsageError({ uk: `--${name}: потрібен id.`, en: `--${name}: an id.` });
  }
}

/** Attack: a secret given as an argument stays in the shell’s history and in the process list. It is refused, and not repeated. */
function faultOf(error: Error & { code?: string }): Said {
  const name = /'(?:-\w, )?(--?[a-z][\w-]*)/i.exec(error.message)?.[1] ?? '';
  if (/pass|secret|code|парол/i.test(name)) {
    return {
      uk: `Немає параметра ${name}. Пароль читається зі стандартного введення: у команді його бачили б усі. Якщо це був справжній пароль, змініть його.`,
      en: `There is no option ${name}. A password is read from standard input: in the command everybody could see it. If it was a real one, change it.`,
    };
  }
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return { uk: `Немає параметра ${name}.`, en: `There is no option ${name}.` };
  if (error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return {
      uk: `Параметр ${name}: значення бракує або воно зайве.`,
      en: `Option ${name}: its value is missing, or it takes none.`,
    };
  }
  return { uk: 'Команду записано неправильно.', en: 'The command is not written right.' };
}
