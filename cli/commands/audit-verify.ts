/**
 * `lubart audit verify`: the whole log hashed anew and held against its signed heads, by the key of this installation or by one that the
 * verifier brings, against a head that was kept elsewhere, and against what witnesses, time stamps and places outside saw of it. What is
 * found is said in words, with its place.
 */
import { readFile } from 'node:fs/promises';
import type { NoteKey } from '#contract/tlog';
import { readKey, writeKey } from '#contract/tlog';
import type { Finding, OutsideReport, Verified } from '#protections/audit-log/tree';
import { logHash } from '#protections/audit-log/tree';
import { verifyWhole } from '../../server/verify-whole.ts';
import type { Action, Context } from '../command.ts';
import { UsageError } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { factLines } from '../print-table.ts';
import { sayOutside } from '../say-outside.ts';

const words = {
  uk: {
    holds: '✔ Журнал цілий: усе, що записано, стоїть на своєму місці.',
    broken: '✖ Журнал змінено. Знайдено:',
    organization: 'Організація',
    entries: 'Записів',
    pruned: 'Видалено за правилами зберігання',
    heads: 'Контрольних точок',
    signedAt: 'Остання підписана',
    key: 'Ключ перевірки',
    entry_gone: 'Запису № {at} немає: його видалили повз Lubart.',
    pruned_young:
      'Запис № {at} видалено ніби за правилом зберігання, але він молодший за найкоротший дозволений строк: його вилучили навмисно.',
    entry_changed: 'Запис № {at} змінено після запечатування.',
    clock_back: 'Біля запису № {at} годинник переведено назад, або час запису неправдивий.',
    place_gone: 'Місця № {at} в порядку журналу немає.',
    tile_changed: 'Збережену частину дерева № {at} змінено.',
    head_forged: 'Контрольну точку на {at} записах підписано не ключем цього журналу.',
    head_not_of_log: 'Контрольна точка на {at} записах — від іншого журналу: записи до неї переписано.',
    log_cut:
      'Журнал коротший, ніж був: контрольна точка бачила {at} записів. Кінець відрізано або повернено стару копію.',
    without_place: 'Без місця в журналі довше хвилини: {at}. Їх додали повз Lubart, або запечатування стоїть.',
  },
  en: {
    holds: '✔ The log is whole: everything that was recorded stands in its place.',
    broken: '✖ The log was changed. Found:',
    organization: 'Organization',
    entries: 'Entries',
    pruned: 'Deleted by the rules of keeping',
    heads: 'Checkpoints',
    signedAt: 'Newest signed',
    key: 'Verifier key',
    entry_gone: 'Entry {at} is not there: it was deleted past Lubart.',
    pruned_young:
      'Entry {at} was deleted as if by the rules of keeping, but is younger than the shortest time they allow: it was taken out on purpose.',
    entry_changed: 'Entry {at} was changed after it was sealed.',
    clock_back: 'At entry {at} the clock was set back, or the time of the entry is not true.',
    place_gone: 'Place {at} is missing from the order of the log.',
    tile_changed: 'Part {at} of the kept tree was changed.',
    head_forged: 'The checkpoint of {at} entries is not signed by the key of this log.',
    head_not_of_log: 'The checkpoint of {at} entries is of another log: entries before it were rewritten.',
    log_cut:
      'The log is shorter than it was: a checkpoint saw {at} entries. Its end was cut off, or an old copy brought back.',
    without_place:
      'Without a place in the log for more than a minute: {at}. They were put in past Lubart, or sealing stands still.',
  },
} as const satisfies Record<
  string,
  Record<
    Finding['kind'] | 'holds' | 'broken' | 'organization' | 'entries' | 'pruned' | 'heads' | 'signedAt' | 'key',
    string
  >
>;

async function verify(context: Context) {
  const { lubart } = await context.open();
  const kept = context.text('checkpoint');
  const keptNote = kept === undefined ? undefined : await readFile(kept, 'utf8').catch(unreadable);
  const remembered = await lubart.rememberedHeads();
  const results: Result[] = [];
  for (const organizationId of await lubart.organizations()) {
    const key = keyOf(context, lubart.logKey.keyOf(organizationId));
    // A checkpoint says whose log it is of.
    const note = keptNote?.startsWith(`${key.name}\n`) === true ? keptNote : remembered.get(organizationId);
    const { database, keyring } = lubart;
    const of = { database, keyring, key, now: new Date(), ...(note === undefined ? {} : { remembered: note }) };
    const { verified, outside, findings } = await verifyWhole(of, organizationId);
    const { size, head } = verified;
    // By a key that somebody typed nothing is said about this installation.
    if (context.text('key') === undefined)
      await lubart.rememberVerified(organizationId, {
        at: of.now.toISOString(),
        size,
        note: head,
        findings,
      });
    results.push({ organizationId, key: writeKey(key), ...verified, outside });
    const doer = { organizationId, actor: null, address: 'local', device: 'Lubart CLI', requestId: 'cli' };
    const facts = { entries: size, findings };
    await lubart.auditLog.recordAlone(doer, { event: 'audit.verified', facts });
  }
  const isWhole = results.every(isSound);
  return {
    data: { whole: isWhole, logs: results },
    lines: results.flatMap((one) => linesOf(context, one)),
    exitCode: isWhole ? exitCodes.ok : exitCodes.notAccepted,
  };
}

type Result = { organizationId: string; key: string; outside: readonly OutsideReport[] } & Omit<Verified, 'judge'>;

const isSound = ({ findings, outside }: Result): boolean =>
  findings.length === 0 && outside.every(({ faults }) => faults.length === 0);

function linesOf({ language }: Context, one: Result): string[] {
  const say = words[language];
  return [
    isSound(one) ? say.holds : say.broken,
    ...one.findings.map(({ kind, at }) => `  ${say[kind].replace('{at}', String(at))}`),
    ...factLines([
      [say.organization, one.organizationId],
      [say.entries, one.size],
      ...(one.pruned === 0 ? [] : [[say.pruned, one.pruned] as const]),
      [say.heads, one.heads],
      [say.signedAt, one.signedAt?.toISOString()],
      [say.key, one.key],
    ]),
    ...sayOutside(one.outside, one.size, language),
  ];
}

/** The verifier’s own key is believed rather than what lies on this machine. */
function keyOf(context: Context, own: NoteKey): NoteKey {
  const given = context.text('key');
  if (given === undefined) return own;
  const key = readKey(logHash, given);
  if (key?.kind === 'log') return key;
  throw new UsageError({ uk: '--key: рядок ключа перевірки.', en: '--key: a line of a verifier key.' });
}

function unreadable(): never {
  throw new UsageError({ uk: 'Файл не читається.', en: 'The file cannot be read.' });
}

export const auditVerifyActions: readonly Action[] = [
  {
    words: ['audit', 'verify'],
    operands: [],
    options: {
      key: {
        type: 'text',
        value: 'KEY',
        meaning: {
          uk: 'ключ перевірки, який ви зберегли раніше, замість того, що на цьому сервері',
          en: 'the verifier key that you kept, in place of the one on this server',
        },
      },
      checkpoint: {
        type: 'text',
        value: 'FILE',
        meaning: {
          uk: 'контрольна точка, яку ви зберегли раніше: журнал має продовжувати її',
          en: 'a checkpoint that you kept: the log must go on from it',
        },
      },
    },
    summary: {
      uk: 'Перевірити весь журнал за підписаними контрольними точками',
      en: 'Verify the whole log against its signed checkpoints',
    },
    more: {
      uk: 'Кожен запис гешується наново (RFC 6962). Код 6, якщо щось не сходиться.',
      en: 'Every entry is hashed anew (RFC 6962). Exit code 6 when something does not add up.',
    },
    run: verify,
  },
];
