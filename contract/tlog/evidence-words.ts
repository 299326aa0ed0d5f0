/** What the verifiers say, in both languages: the command, the page that works without a network, and `lubart audit check`. */
import type { EvidenceFinding, EvidenceReport, SeenBy } from './evidence.ts';
import type { ProofVerdict } from './check-proof.ts';

type Why = Extract<ProofVerdict, { holds: false }>['why'];
type Said = Record<EvidenceFinding['kind'], string> &
  Record<
    | 'whole'
    | 'broken'
    | 'origin'
    | 'entries'
    | 'gone'
    | 'pruned'
    | 'elsewhere'
    | 'heads'
    | 'signed'
    | 'unsigned'
    | 'period'
    | 'key'
    | 'keyOfFile'
    | 'witness'
    | 'noWitness'
    | 'stamp'
    | 'rootsOfFile'
    | 'stampsUnknown'
    | 'kept'
    | 'dated'
    | 'anchored'
    | 'revocation'
    | 'times',
    string
  > & { proofHolds: string; proof: Record<Why, string> };

export const evidenceWords: Record<'uk' | 'en', Said> = {
  uk: {
    whole: 'Журнал цілий: кожен запис стоїть на своєму місці, і контрольні точки підписано.',
    broken: 'Журналу вірити не можна. Знайдено:',
    origin: 'Чий журнал',
    entries: 'Записів у файлі',
    gone: 'Записів, від яких лишився тільки відбиток',
    pruned: 'З них видалено за правилами зберігання',
    elsewhere: 'Записів поза файлом (враховано відбитками)',
    heads: 'Контрольних точок',
    signed: 'Підписано записів',
    unsigned: 'Записів після останнього підпису',
    period: 'Час записів',
    key: 'Ключ журналу',
    keyOfFile:
      'Підпис перевірено ключем із самого файлу. Це доводить цілість, але не те, чий журнал: порівняйте ключ із тим, який вам дали раніше.',
    witness: 'Свідок {name}: {at}, записів: {size}',
    stamp: 'Позначка часу, {name}: {at}, записів: {size}',
    times: ' (усього: {times}; перше: {at}, записів: {size})',
    rootsOfFile:
      'Позначки часу перевірено за сертифікатом із самого файлу: що це справді та служба, видно лише з її кореневим сертифікатом.',
    stampsUnknown: 'Позначок часу, за якими не стоїть жоден із ваших кореневих сертифікатів: {times}',
    revocation: 'Чи не відкликано сертифікат служби часу, без мережі не перевіряється.',
    kept: 'Журнал продовжує контрольну точку, яку ви зберегли. Записів у ній: {size}',
    dated: 'Усі записи файлу існували не пізніше {at}: {name}',
    anchored: 'Записів під найновішим підтвердженням ззовні: {size}, після нього: {rest}',
    noWitness: 'Підписів свідків не перевірено: їхніх ключів не вказано або їх тут немає.',
    not_readable: 'Рядок {at} не читається: файл пошкоджено або змінено.',
    kept_unreadable: 'Збережена раніше контрольна точка не читається: вставте її повністю, з підписом.',
    count_differs: 'У файлі {at} записів, а сказано інше число.',
    entry_gone:
      'Вмісту запису № {at} немає, і жоден запис цього файлу не каже, що його видалено за правилом: його вилучили. Відбиток на місці, тож підмінити запис не можна.',
    pruned_young:
      'Запис № {at} видалено ніби за правилом зберігання, але він молодший за найкоротший дозволений строк: його вилучили навмисно.',
    cut_short: 'Файл обривається після {at} записів: його кінець відрізано.',
    entry_unreadable: 'Запис № {at} — не запис журналу.',
    head_forged: 'Контрольну точку на {at} записах підписано не ключем цього журналу.',
    head_not_of_log:
      'Контрольна точка на {at} записах — від іншого журналу: якийсь запис до неї змінено, вставлено або прибрано.',
    witness_forged: 'Підпис свідка під контрольною точкою на {at} записах підроблено.',
    head_elsewhere:
      'Журнал роздвоєно: контрольна точка на {at} записах, яку ви зберегли раніше, від іншого журналу. Записи до неї переписано або відновлено зі старої копії й продовжено інакше.',
    log_cut: 'Журнал коротший, ніж був: ви бачили {at} записів. Кінець відрізано або повернено стару копію.',
    clock_back: 'Біля запису № {at} годинник переведено назад.',
    after_witness:
      'Записи під контрольною точкою на {at} записах кажуть, що зроблені пізніше, ніж її бачив свідок: годинник поспішав або час записів неправдивий.',
    nothing_signed: 'Жодна контрольна точка не підтверджує цих записів.',
    after_stamp:
      'Записи під контрольною точкою на {at} записах кажуть, що зроблені пізніше, ніж її позначила служба часу: годинник поспішав або час записів неправдивий.',
    stamp_unreadable:
      'Позначка часу контрольної точки на {at} записах не читається: її пошкоджено, або вона невідомого виду.',
    stamp_refused: 'Замість позначки часу контрольної точки на {at} записах – відмова служби часу.',
    stamp_other_head: 'Позначка часу при контрольній точці на {at} записах – від чогось іншого.',
    stamp_other_answer: 'Позначка часу контрольної точки на {at} записах – відповідь на інший запит.',
    stamp_forged: 'Позначку часу контрольної точки на {at} записах підроблено: підпис не сходиться.',
    stamp_not_for_stamps:
      'Позначку часу контрольної точки на {at} записах підписано сертифікатом, який не для позначок часу.',
    stamp_not_valid: 'Позначку часу контрольної точки на {at} записах підписано сертифікатом, який тоді не діяв.',
    stamp_root_unknown:
      'За позначкою часу контрольної точки на {at} записах не стоїть жоден із відомих кореневих сертифікатів.',
    proofHolds: 'Запис справжній: № {index} у журналі «{origin}», підписано на {size} записах. Свідків: {witnesses}.',
    proof: {
      not_readable: 'Це не доказ запису (.tlog-proof), або файл пошкоджено.',
      head_forged: 'Доказ підписано не ключем журналу.',
      entry_not_in_log: 'Такого запису на цьому місці журналу немає: запис або доказ змінено.',
    },
  },
  en: {
    whole: 'The log is whole: every entry stands in its place, and the checkpoints are signed.',
    broken: 'The log is not to be believed. Found:',
    origin: 'Whose log',
    entries: 'Entries in the file',
    gone: 'Entries of which only the hash is left',
    pruned: 'Of these deleted by the rules of keeping',
    elsewhere: 'Entries outside of the file (counted by their hashes)',
    heads: 'Checkpoints',
    signed: 'Entries signed for',
    unsigned: 'Entries after the last signature',
    period: 'Time of the entries',
    key: 'Key of the log',
    keyOfFile:
      'The signature was checked by the key in the file itself. That proves the log whole, not whose it is: compare the key with the one you were given before.',
    witness: 'Witness {name}: {at}, entries: {size}',
    stamp: 'Time stamp, {name}: {at}, entries: {size}',
    times: ' (in all: {times}; the first: {at}, entries: {size})',
    rootsOfFile:
      'Time stamps were checked by the certificate in the file itself: that it is really this authority is seen with its root certificate only.',
    stampsUnknown: 'Time stamps that none of your root certificates stands behind: {times}',
    revocation: 'Whether the certificate of the authority was revoked is not checked without a network.',
    kept: 'The log goes on from the checkpoint that you kept. Entries in it: {size}',
    dated: 'All entries of the file existed not later than {at}: {name}',
    anchored: 'Entries under the newest confirmation from outside: {size}, after it: {rest}',
    noWitness: 'No signature of a witness was checked: no key of one was given, or there is none.',
    not_readable: 'Line {at} cannot be read: the file is damaged or was changed.',
    kept_unreadable: 'The checkpoint that was kept cannot be read: put in all of it, with its signature.',
    count_differs: 'There are {at} entries in the file, and another number is said.',
    entry_gone:
      'The bytes of entry {at} are not there, and no entry of this file says that a rule deleted it: it was taken out. Its hash stands, so nothing can take its place.',
    pruned_young:
      'Entry {at} was deleted as if by the rules of keeping, but is younger than the shortest time they allow: it was taken out on purpose.',
    cut_short: 'The file breaks off after {at} entries: its end was cut off.',
    entry_unreadable: 'Entry {at} is no entry of a log.',
    head_forged: 'The checkpoint of {at} entries is not signed by the key of this log.',
    head_not_of_log:
      'The checkpoint of {at} entries is of another log: an entry before it was changed, put in or taken out.',
    witness_forged: 'The signature of a witness under the checkpoint of {at} entries is forged.',
    head_elsewhere:
      'The log was forked: the checkpoint of {at} entries that you kept is of another log. Entries before it were rewritten, or an old copy was brought back and went on differently.',
    log_cut: 'The log is shorter than it was: you saw {at} entries. Its end was cut off, or an old copy brought back.',
    clock_back: 'At entry {at} the clock was set back.',
    after_witness:
      'Entries under the checkpoint of {at} entries say they are later than a witness saw it: the clock ran ahead, or their times are not true.',
    nothing_signed: 'No checkpoint stands for these entries.',
    after_stamp:
      'Entries under the checkpoint of {at} entries say they are later than it was time-stamped: the clock ran ahead, or their times are not true.',
    stamp_unreadable:
      'The time stamp of the checkpoint of {at} entries cannot be read: it is damaged, or of an unknown kind.',
    stamp_refused: 'In place of a time stamp of the checkpoint of {at} entries is a refusal of the authority.',
    stamp_other_head: 'The time stamp at the checkpoint of {at} entries is of something else.',
    stamp_other_answer: 'The time stamp of the checkpoint of {at} entries is an answer to another request.',
    stamp_forged: 'The time stamp of the checkpoint of {at} entries is forged: its signature does not fit.',
    stamp_not_for_stamps:
      'The time stamp of the checkpoint of {at} entries is signed by a certificate that is not for time stamps.',
    stamp_not_valid:
      'The time stamp of the checkpoint of {at} entries is signed by a certificate that was not valid then.',
    stamp_root_unknown: 'No known root certificate stands behind the time stamp of the checkpoint of {at} entries.',
    proofHolds:
      'The entry is genuine: number {index} in the log “{origin}”, signed for at {size} entries. Witnesses: {witnesses}.',
    proof: {
      not_readable: 'This is no proof of an entry (.tlog-proof), or the file is damaged.',
      head_forged: 'The proof is not signed by the key of the log.',
      entry_not_in_log: 'There is no such entry at this place of the log: the entry or the proof was changed.',
    },
  },
};

/** The report in lines; the first says whether to believe it. */
export function sayReport(report: EvidenceReport, language: 'uk' | 'en'): string[] {
  const say = evidenceWords[language];
  const { findings } = report;
  const fact = (name: string, value: string | number | null) => (value === null ? [] : [`${name}: ${value}`]);
  return [
    findings.length === 0 ? `✔ ${say.whole}` : `✖ ${say.broken}`,
    ...findings.map(({ kind, at }) => `  – ${say[kind].replace('{at}', String(at))}`),
    ...fact(say.origin, report.origin),
    ...fact(say.entries, report.entries),
    ...(report.gone === 0 ? [] : fact(say.gone, report.gone)),
    ...(report.pruned === 0 ? [] : fact(say.pruned, report.pruned)),
    ...(report.elsewhere === 0 ? [] : fact(say.elsewhere, report.elsewhere)),
    ...fact(say.heads, report.heads),
    ...fact(say.signed, report.signedSize),
    ...(report.size === report.signedSize ? [] : fact(say.unsigned, report.size - report.signedSize)),
    ...(report.firstAt === null ? [] : [`${say.period}: ${report.firstAt} – ${report.lastAt}`]),
    ...fact(say.key, report.keyInFile),
    ...(report.keyIsOwn ? [] : [say.keyOfFile]),
    ...sayAnchors(report, say),
  ];
}

/** Who outside saw how much of it, and when. */
function sayAnchors(report: EvidenceReport, say: Said): string[] {
  const { witnesses, stamps, remembered, dated } = report;
  const fill = (text: string, given: Readonly<Record<string, string | number>>) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => String(given[name]));
  const moment = (at: number) => new Date(at).toISOString();
  const line = (text: string, name: string, { times, first, newest }: SeenBy) =>
    fill(text, { name, size: newest.size, at: moment(newest.at) }) +
    (times === 1 ? '' : fill(say.times, { times, size: first.size, at: moment(first.at) }));
  const sizes = [...remembered, ...[...witnesses.values(), ...stamps.values()].map(({ newest }) => newest.size)];
  const anchored = Math.max(...sizes);
  return [
    ...(witnesses.size === 0 ? [say.noWitness] : []),
    ...[...witnesses].map(([name, by]) => line(say.witness, name, by)),
    ...[...stamps].map(([name, by]) => line(say.stamp, name, by)),
    ...(stamps.size === 0 ? [] : [...(report.rootsAreOwn ? [] : [say.rootsOfFile]), say.revocation]),
    ...(report.stampsUnknown === 0 ? [] : [fill(say.stampsUnknown, { times: report.stampsUnknown })]),
    ...remembered.map((size) => fill(say.kept, { size })),
    ...(sizes.length === 0 ? [] : [fill(say.anchored, { size: anchored, rest: report.size - anchored })]),
    ...(dated === null ? [] : [fill(say.dated, { name: dated.by, at: moment(dated.at) })]),
  ];
}

export function sayProof(verdict: ProofVerdict, language: 'uk' | 'en'): string {
  const say = evidenceWords[language];
  if (!verdict.holds) return `✖ ${say.proof[verdict.why]}`;
  const { index, origin, size, witnesses } = verdict;
  const filled = { index, origin, size, witnesses };
  return `✔ ${say.proofHolds.replace(/\{(\w+)\}/g, (_, name: keyof typeof filled) => String(filled[name]))}`;
}
