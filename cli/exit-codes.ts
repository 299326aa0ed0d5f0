/** What the exit code of `lubart` says, for scripts. Documented in `--help`; a code never changes its meaning. */
import type { ErrorCode, Language } from '#contract';
import { errorStatus } from '#contract';

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  notFound: 4,
  cannotStart: 5,
  notAccepted: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitMeanings: Readonly<Record<ExitCode, Record<Language, string>>> = {
  0: { uk: 'зроблено', en: 'done' },
  1: { uk: 'не вдалося', en: 'failed' },
  2: { uk: 'команду записано неправильно', en: 'the command is not written right' },
  3: { uk: 'права не дозволяють', en: 'refused by rights' },
  4: { uk: 'немає такого (або не з ваших)', en: 'there is no such thing (or it is not one of yours)' },
  5: {
    uk: 'не запускається: налаштування, ключ, тека даних, база',
    en: 'cannot start: settings, key, data folder, database',
  },
  6: { uk: 'дані або стан не дозволяють', en: 'what was given, or the present state, does not allow it' },
  130: { uk: 'перервано', en: 'interrupted' },
};

/** The exit code of a refusal. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'cli.usage') return exitCodes.usage;
  if (/^(start|config|key)\./.test(code)) return exitCodes.cannotStart;
  const status = errorStatus[code];
  if (status === 401 || status === 403) return exitCodes.denied;
  if (status === 404) return exitCodes.notFound;
  return status < 500 ? exitCodes.notAccepted : exitCodes.failed;
}
