/** `npm run lubart -- <command>` ends here: finds the action, runs it, prints its answer, closes what was opened. */
import { homedir } from 'node:os';
import type { Language } from '#contract';
import type { Config } from '#kernel';
import { readConfig, shutMemoryDoors } from '#kernel';
import type { Action, Answer, Context } from './command.ts';
import { Interrupted, UsageError } from './command.ts';
import { actions } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { helpData, helpLines } from './help.ts';
import type { OpenRooms } from './open-rooms.ts';
import type { Values } from './read-arguments.ts';
import { findAction, readArguments, readGlobals, splitWords } from './read-arguments.ts';
import { readSecret } from './read-secret.ts';
import { reportRefusal } from './report-refusal.ts';
import { version } from './version.ts';

shutMemoryDoors();
const interrupt = new AbortController();
const argv = process.argv.slice(2);
const globals = readGlobals(argv);
const json = globals['json'] === true;
const language = chooseLanguage(globals, process.env);

// A reader that had enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed),
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted); // asked twice
    interrupt.abort();
  });
}
const exitCode = await answerOrRefuse();
// What failed half-way may have left a connection open; everything that matters was closed and waited for.
process.stdout.write('', () => process.exit(exitCode));

async function answerOrRefuse(): Promise<number> {
  try {
    const answer = await find()();
    if (json) process.stdout.write(`${JSON.stringify(answer.data)}\n`);
    else if (answer.lines.length > 0) process.stdout.write(`${answer.lines.join('\n')}\n`);
    return answer.exitCode ?? exitCodes.ok;
  } catch (error) {
    return reportRefusal(error, { language, json });
  }
}

/** What is to be done: help, version or an action. */
function find(): () => Promise<Answer> {
  if (globals['version'] === true && argv.every((argument) => argument.startsWith('-'))) {
    return async () => ({ data: { version }, lines: [version] });
  }
  const { words, rest } = splitWords(argv, actions);
  const action = findAction(words, actions);
  const group = actions.filter((each) => words.every((word, at) => each.words[at] === word));
  const help = (list: readonly Action[], one: boolean) => async () => ({
    data: helpData(list, language),
    lines: helpLines(list, language, one),
  });
  if (action === undefined) {
    const unknown = rest.some((argument) => !argument.startsWith('-')) && globals['help'] !== true;
    if (unknown || (argv.length > 0 && globals['help'] !== true)) throw unknownCommand(words, group);
    return help(group, false);
  }
  const { values, operands } = readArguments(action, rest);
  if (values['help'] === true) return help([action], true);
  return () => runAction(action, values, operands);
}

function unknownCommand(words: readonly string[], group: readonly Action[]): UsageError {
  const known = [...new Set(group.map((action) => action.words[words.length] ?? ''))].join(', ');
  const place = ['lubart', ...words].join(' ');
  return new UsageError({
    uk: `Немає такої команди. Після «${place}»: ${known}.`,
    en: `There is no such command. After “${place}”: ${known}.`,
  });
}

async function runAction(action: Action, values: Values, operands: readonly string[]): Promise<Answer> {
  let opening: Promise<OpenRooms> | undefined;
  const config = (): Config =>
    readConfig(process.env, settingsGiven(values), { cwd: process.cwd(), home: homedir(), uid: process.getuid?.() });
  const context: Context = {
    operands,
    text: (option) => values[option] as string | undefined,
    integer: (option) => (values[option] === undefined ? undefined : Number(values[option])),
    flag: (option) => values[option] === true,
    json,
    language,
    say: (said) => said[language],
    tell: (line) => void process.stderr.write(`${line}\n`),
    config,
    env: process.env,
    open: () => (opening ??= open(config(), action)),
    signal: interrupt.signal,
  };
  try {
    const work = action.run(context);
    return await (action.endsItself ? work : Promise.race([work, interrupted()]));
  } finally {
    await (await opening?.catch(() => undefined))?.close();
  }
}

async function open(config: Config, action: Action): Promise<OpenRooms> {
  // Only what needs the database pays for loading it.
  const ask = process.stdin.isTTY ? (prompt: string) => readSecret(prompt, interrupt.signal) : undefined;
  const { openRooms } = await import('./open-rooms.ts');
  return openRooms(config, language, action.words[0] === 'setup', ask);
}

function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    interrupt.signal.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
}

/** `--data` and `--keys` are settings like any other; the rest comes from the environment. */
function settingsGiven(values: Values): string[] {
  return ['data', 'keys'].flatMap((name) => (values[name] === undefined ? [] : [`--${name}=${String(values[name])}`]));
}

function chooseLanguage(values: Values, env: NodeJS.ProcessEnv): Language {
  for (const wish of [values['language'], env['LUBART_LANGUAGE']?.trim().toLowerCase()])
    if (wish === 'uk' || wish === 'en') return wish;
  return /^(en|C|POSIX)/.test(env['LANG'] ?? 'uk') ? 'en' : 'uk';
}
