/** An import in words: how it goes, and what its first rows will become. */
import type { ErrorCode, ImportViewValue, Language, PreviewRowValue } from '#contract';
import { words } from '#contract';
import { factLines, tableLines } from './print-table.ts';

export const importStateWords = {
  uk: {
    uploading: 'завантажується',
    ready: 'готовий',
    running: 'триває',
    finished: 'завершено',
    cancelled: 'зупинено',
    failed: 'не вдався',
    reverting: 'повертається',
    reverted: 'повернуто',
  },
  en: {
    uploading: 'uploading',
    ready: 'ready',
    running: 'running',
    finished: 'finished',
    cancelled: 'stopped',
    failed: 'failed',
    reverting: 'reverting',
    reverted: 'reverted',
  },
} as const;

export function viewLines(view: ImportViewValue, language: Language): string[] {
  const names = {
    uk: {
      state: 'Стан',
      read: 'Прочитано',
      created: 'Створено',
      updated: 'Оновлено',
      skipped: 'Пропущено',
      rejected: 'Відхилено',
      reverted: 'Повернуто',
      kept: 'Лишилося, бо змінене',
    },
    en: {
      state: 'State',
      read: 'Read',
      created: 'Created',
      updated: 'Updated',
      skipped: 'Skipped',
      rejected: 'Rejected',
      reverted: 'Taken back',
      kept: 'Kept, edited since',
    },
  }[language];
  const isReverted = view.state === 'reverting' || view.state === 'reverted';
  const failure = view.failure === null ? [] : [words[language].errors[view.failure as ErrorCode] ?? view.failure];
  const numbers = [
    [names.read, view.rowsRead],
    [names.created, view.rowsCreated],
    [names.updated, view.rowsUpdated],
    [names.skipped, view.rowsSkipped],
    [names.rejected, view.rowsRejected],
    ...(isReverted
      ? [
          [names.reverted, view.revertedRows],
          [names.kept, view.keptRows],
        ]
      : []),
  ] as [string, number][];
  return [
    ...factLines([['id', view.id], [names.state, importStateWords[language][view.state]], ...numbers]),
    ...failure,
  ];
}

export function previewLines(rows: readonly PreviewRowValue[], language: Language): string[] {
  const headings = language === 'uk' ? ['Рядок', 'Буде', 'Що', 'Чому'] : ['Line', 'Will', 'What', 'Why'];
  const outcomes = {
    uk: { create: 'створено', update: 'оновлено', skip: 'пропущено', reject: 'відхилено' },
    en: { create: 'be created', update: 'be updated', skip: 'be skipped', reject: 'be rejected' },
  }[language];
  const what = ({ fields }: PreviewRowValue) =>
    [fields['name'], fields['lastName'], fields['firstName']].filter(Boolean).join(' ');
  return tableLines(
    headings,
    rows.map((row) => [
      row.line,
      outcomes[row.outcome],
      what(row),
      row.problems.map(({ message }) => message).join(' '),
    ]),
  );
}
