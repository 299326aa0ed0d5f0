/** The columns of the audit log; the same array until the language changes. Together they fit a window 1280 wide. */
import { useMemo } from 'react';
import type { AuditEntryView } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { addressText } from '../ui/address-text.ts';
import { useDates } from '../ui/dates.ts';
import type { TableColumn } from '../ui/VirtualTable.tsx';
import classes from './audit.module.css';
import { reasonOf, whatOf, whoOf } from './sentence.ts';

export function useEntryColumns(onOpen: (entry: AuditEntryView) => void) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  return useMemo(() => {
    const who = (entry: AuditEntryView) => whoOf(entry, t);
    const what = (entry: AuditEntryView) => (
      <span className={classes['what']}>
        <strong style={{ fontWeight: entry.outcome === 'refused' ? 650 : 500 }}>{whatOf(entry, words)}</strong>
        {entry.subjectCount > 1 && <span className="quiet">{t('audit.records', { count: entry.subjectCount })}</span>}
      </span>
    );
    const columns: TableColumn<AuditEntryView>[] = [
      { id: 'at', label: t('audit.when'), width: 170, render: (entry) => dates.exact(entry.at) },
      {
        id: 'event',
        label: t('audit.what'),
        width: 254,
        grow: 2,
        render: (entry) => (
          <button type="button" className={classes['open']} tabIndex={-1} onClick={() => onOpen(entry)}>
            {what(entry)}
          </button>
        ),
      },
      { id: 'actor', label: t('audit.who'), width: 158, grow: 1, render: who },
      { id: 'level', label: t('audit.level'), width: 120, render: (entry) => t(`audit.levels.${entry.level}`) },
      {
        id: 'outcome',
        label: t('audit.outcome'),
        width: 168,
        grow: 1,
        render: (entry) =>
          entry.outcome === 'refused' ? (
            <span title={reasonOf(entry, words)}>
              {t('audit.refused')}: {reasonOf(entry, words)}
            </span>
          ) : (
            <span className="quiet">{t('audit.done')}</span>
          ),
      },
      {
        id: 'address',
        label: t('audit.where'),
        width: 122,
        render: (entry) => <span className="quiet">{addressText(entry.address ?? '', t)}</span>,
      },
    ];
    return { columns, what, who };
  }, [t, words, dates, onOpen]);
}
