/** What a letter or a message says around a head; the head itself stands at the end, as `lubart audit verify --checkpoint` takes it. */
import { readCheckpoint, readNote } from '#contract/tlog';

export type HeadText = { subject: string; text: string };

/** In Ukrainian and, shortly, in English: who keeps it may be nobody of the house. */
export function writeHeadText(note: string, at: Date): HeadText {
  const size = readCheckpoint(readNote(note)?.text ?? '')?.size ?? 0;
  const day = new Intl.DateTimeFormat('uk-UA', { dateStyle: 'long', timeZone: 'Europe/Kyiv' }).format(at);
  const text = [
    `Контрольна точка журналу дій Lubart, ${day}: ${size} записів.`,
    'Збережіть це повідомлення. Якщо хтось переписує чи обрізає журнал на сервері, збережений тут текст цього не повторить. Перевірити: Lubart → Безпека → Свідки журналу → «Перевірити збережену точку», або lubart audit verify --checkpoint ФАЙЛ.',
    'Checkpoint of the Lubart audit log. Keep this message: it does not change with the log. Секретів і записів тут немає.',
    note,
  ].join('\n\n');
  return { subject: `Контрольна точка журналу: ${size} записів`, text };
}
