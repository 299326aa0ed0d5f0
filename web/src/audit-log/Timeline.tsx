/**
 * The log as it went: what belongs to one request stands together in its order, the cause first and what came of it below; pauses between
 * are named, and coming and going stands out. The newest is on top, as in the table.
 */
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { AuditEntryView } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import classes from './audit.module.css';
import { byJob, reasonOf, whatOf, whoOf } from './sentence.ts';

type TimelineProps = {
  rows: readonly AuditEntryView[];
  hasMore: boolean;
  onMore: () => void;
  onOpen: (entry: AuditEntryView) => void;
};

type Step = { entries: AuditEntryView[]; pauseMinutes: number };

/** A pause shorter than this is a person who reads. */
const pauseMinutesMin = 30;

const requestOf = ({ requestId, cause }: AuditEntryView): string | null => requestId ?? cause?.request ?? null;

/** Entries of one request, and of what the queue did because of it, come in a row; the pause is the one before the step, which stands below it. */
function stepsOf(rows: readonly AuditEntryView[]): Step[] {
  const steps: Step[] = [];
  for (const entry of rows) {
    const last = steps.at(-1);
    const request = requestOf(entry);
    if (last !== undefined && request !== null && last.entries.some((one) => requestOf(one) === request)) {
      last.entries.unshift(entry);
      continue;
    }
    const after = last?.entries[0];
    if (last !== undefined && after !== undefined)
      last.pauseMinutes = Math.round((Date.parse(after.at) - Date.parse(entry.at)) / 60_000);
    steps.push({ entries: [entry], pauseMinutes: 0 });
  }
  return steps;
}

export function Timeline({ rows, hasMore, onMore, onOpen }: TimelineProps) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const steps = useMemo(() => stepsOf(rows), [rows]);
  const length = (minutes: number): string => {
    const inUnit = (value: number, unit: 'minute' | 'hour' | 'day') =>
      new Intl.NumberFormat(dates.locale, {
        style: 'unit',
        unit,
        unitDisplay: 'long',
        maximumFractionDigits: 0,
      }).format(value);
    if (minutes < 120) return inUnit(minutes, 'minute');
    return minutes < 2_880 ? inUnit(minutes / 60, 'hour') : inUnit(minutes / 1_440, 'day');
  };
  return (
    // WCAG 2.1.1: what scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes['timeline']} role="region" aria-label={t('past.timeline')} tabIndex={0}>
      <ol>
        {steps.map(({ entries, pauseMinutes }) => (
          <li key={entries[0]!.id}>
            <div className="quiet">
              {dates.exact(entries[0]!.at)} · {whoOf(entries[0]!, t)}
              {entries.length > 1 && ` · ${t('past.request', { count: entries.length })}`}
            </div>
            {entries.map((entry, nth) => (
              <div
                key={entry.id}
                className={classes['step']}
                data-refused={entry.outcome === 'refused' || undefined}
                data-door={entry.event.startsWith('session.') || undefined}
                data-caused={nth > 0 || undefined}
                data-queued={(nth > 0 && entry.cause !== undefined) || undefined}
              >
                <button type="button" className={classes['open']} onClick={() => onOpen(entry)}>
                  {(nth > 0 || entry.cause !== undefined) && (
                    <span className="quiet">
                      {nth > 0 && entry.cause !== undefined && `${dates.moment(entry.at)} · `}
                      {entry.cause === undefined ? t('past.caused') : byJob(entry.cause.job, t)}:{' '}
                    </span>
                  )}
                  {whatOf(entry, words)}
                  {entry.subjectCount > 1 && ` · ${t('audit.records', { count: entry.subjectCount })}`}
                  {entry.outcome === 'refused' && ` · ${t('audit.refused')}: ${reasonOf(entry, words)}`}
                </button>
              </div>
            ))}
            {pauseMinutes >= pauseMinutesMin && (
              <div className={classes['pause']}>{t('past.gap', { length: length(pauseMinutes) })}</div>
            )}
          </li>
        ))}
      </ol>
      {hasMore && (
        <Button variant="default" onClick={onMore}>
          {t('past.more')}
        </Button>
      )}
    </div>
  );
}
