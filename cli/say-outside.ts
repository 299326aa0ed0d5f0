/** Who outside saw how much of a log, for a terminal: `lubart audit verify`. */
import { evidenceWords } from '#contract/tlog';
import type { OutsideReport } from '#protections/audit-log/tree';
import { plain } from './print-table.ts';

const words = {
  uk: {
    seen: 'Підтверджено ззовні:',
    nobody: 'Ззовні журналу не підтвердив ніхто: його можна переписати повністю, і цього не видно.',
    witness: 'Свідок',
    stamp: 'Позначка часу',
    letter: 'Лист',
    telegram: 'Telegram',
    bucket: 'Сховище',
    newest: '{at}, записів: {entries}',
    times: ' (усього: {times}; перше: {at}, записів: {entries})',
    none: 'жодного, що тримається',
    under: 'Записів під найновішим підтвердженням ззовні: {entries}, після нього: {rest}.',
    revocation: 'Чи не відкликано сертифікат служби часу, тут не перевіряється.',
  },
  en: {
    seen: 'Confirmed outside:',
    nobody: 'Nobody outside confirmed this log: all of it can be rewritten and it is not seen.',
    witness: 'Witness',
    stamp: 'Time stamp',
    letter: 'Letter',
    telegram: 'Telegram',
    bucket: 'Bucket',
    newest: '{at}, entries: {entries}',
    times: ' (in all: {times}; the first: {at}, entries: {entries})',
    none: 'none that holds',
    under: 'Entries under the newest confirmation from outside: {entries}, after it: {rest}.',
    revocation: 'Whether the certificate of the authority was revoked is not checked here.',
  },
} as const;
const ofVerdict = {
  cut: 'log_cut',
  forked: 'head_not_of_log',
  not_signed: 'head_forged',
  other_log: 'head_forged',
  unreadable: 'head_forged',
} as const;
const faultsMax = 5;

/** `size`: how many entries the log has. */
export function sayOutside(reports: readonly OutsideReport[], size: number, language: 'uk' | 'en'): string[] {
  const say = words[language];
  if (reports.length === 0) return [say.nobody];
  const newest = Math.max(...reports.map((one) => one.newest?.size ?? 0));
  return [
    say.seen,
    ...reports.flatMap((one) => [`  ${sayPlace(one, language)}`, ...sayFaults(one, language)]),
    ...(newest === 0 ? [] : [fill(say.under, { entries: newest, rest: size - newest })]),
    ...(reports.some(({ kind }) => kind === 'stamp') ? [say.revocation] : []),
  ];
}

function sayPlace({ kind, name, times, first, newest }: OutsideReport, language: 'uk' | 'en'): string {
  const say = words[language];
  const place = `${say[kind]}, ${plain(name)}: `;
  if (newest === null || first === null) return place + say.none;
  const head = fill(say.newest, { entries: newest.size, at: newest.at.toISOString() });
  const oldest = fill(say.times, { times, entries: first.size, at: first.at.toISOString() });
  return place + head + (times === 1 ? '' : oldest);
}

function sayFaults({ faults }: OutsideReport, language: 'uk' | 'en'): string[] {
  const said = faults.slice(0, faultsMax).map(({ why, size }) => {
    const kind =
      why in ofVerdict
        ? ofVerdict[why as keyof typeof ofVerdict]
        : (why as Exclude<typeof why, keyof typeof ofVerdict>);
    return `    ✖ ${evidenceWords[language][kind].replace('{at}', String(size))}`;
  });
  return faults.length > faultsMax ? [...said, `    ✖ +${faults.length - faultsMax}`] : said;
}

const fill = (text: string, given: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(given[name]));
