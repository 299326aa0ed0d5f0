/** Help is made of what the actions declare about themselves, so it cannot say anything else than they do. */
import type { Language } from '#contract';
import type { Action, Option } from './command.ts';
import { exitMeanings } from './exit-codes.ts';
import { globalOptions } from './read-arguments.ts';

const said = {
  uk: {
    usage: 'Як писати',
    commands: 'Команди',
    options: 'Параметри',
    global: 'Спільні параметри',
    exits: 'Коди завершення',
    more: 'Докладно про команду: npm run lubart -- КОМАНДА --help',
    title: 'Lubart з командного рядка: ті самі дані, ті самі права, той самий журнал.',
  },
  en: {
    usage: 'Usage',
    commands: 'Commands',
    options: 'Options',
    global: 'Common options',
    exits: 'Exit codes',
    more: 'About one command: npm run lubart -- COMMAND --help',
    title: 'Lubart from the command line: the same data, the same rights, the same audit log.',
  },
} as const;

/** “people invite --name NAME …” */
export function usageOf({ words, operands, options }: Action): string {
  const required = Object.entries(options).filter(([, option]) => option.required);
  const optional = Object.keys(options).length > required.length ? ['[…]'] : [];
  return [
    ...words,
    ...operands,
    ...required.map(([name, { value }]) => `--${name} ${value ?? ''}`.trim()),
    ...optional,
  ].join(' ');
}

/** Help for everything, for a group of actions, or for one. */
export function helpLines(actions: readonly Action[], language: Language, one: boolean): string[] {
  const say = said[language];
  const [action] = actions;
  if (one && action !== undefined) {
    return [
      action.summary[language],
      '',
      `${say.usage}: npm run lubart -- ${usageOf(action)}`,
      ...(action.more === undefined ? [] : ['', ...action.more[language].split('\n')]),
      ...(Object.keys(action.options).length === 0
        ? []
        : ['', `${say.options}:`, ...optionLines(action.options, language)]),
      ...commonLines(language),
    ];
  }
  return [
    say.title,
    '',
    `${say.commands}:`,
    ...columns(actions.map((each) => [[...each.words, ...each.operands].join(' '), each.summary[language]])),
    ...commonLines(language),
    '',
    say.more,
  ];
}

/** The same for `--json`. */
export function helpData(actions: readonly Action[], language: Language): object {
  const optionsData = (options: Readonly<Record<string, Option>>) =>
    Object.entries(options).map(([name, { value = null, choices = null, required = false, meaning }]) => {
      return { name: `--${name}`, value, choices, required, meaning: meaning[language] };
    });
  return {
    commands: actions.map(({ words, operands, options, summary }) => {
      return { command: words.join(' '), operands, options: optionsData(options), summary: summary[language] };
    }),
    options: optionsData(globalOptions),
    exitCodes: Object.entries(exitMeanings).map(([code, meaning]) => ({
      code: Number(code),
      meaning: meaning[language],
    })),
  };
}

function commonLines(language: Language): string[] {
  const exits = Object.entries(exitMeanings).map(([code, meaning]) => [code, meaning[language]] as const);
  const say = said[language];
  return ['', `${say.global}:`, ...optionLines(globalOptions, language), '', `${say.exits}:`, ...columns(exits)];
}

function optionLines(options: Readonly<Record<string, Option>>, language: Language): string[] {
  return columns(
    Object.entries(options).map(([name, { value, choices, meaning }]) => {
      const shown = choices === undefined ? value : choices.join('|');
      return [`--${name}${shown === undefined ? '' : ` ${shown}`}`, meaning[language]];
    }),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
