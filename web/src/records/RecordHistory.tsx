/** What happened to this client, from the audit log, for those who may read it. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { AnchorLink } from '../app/links.tsx';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { ProblemText } from '../ui/ProblemAlert.tsx';
import { LoadingLines } from '../ui/states.tsx';
import classes from './records.module.css';

export function RecordHistory({ id, version }: { id: string; version: number }) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const entries = useQuery({
    queryKey: ['audit', 'of', id, version],
    queryFn: () => call('GET /api/v1/audit-entries', { query: { subjectId: id, limit: 12 } }),
  });
  return (
    <section className={`panel ${classes['group']}`} aria-label={t('records.history')}>
      <h2>{t('records.history')}</h2>
      {entries.isPending && <LoadingLines rows={3} />}
      {entries.isError && (
        <p className="quiet">
          <ProblemText problem={entries.error} />
        </p>
      )}
      {entries.data?.rows.length === 0 && <p className="quiet">{t('records.historyEmpty')}</p>}
      {entries.data !== undefined && entries.data.rows.length > 0 && (
        <>
          <ol className={classes['history']}>
            {entries.data.rows.map((entry) => (
              <li key={entry.id} data-refused={entry.outcome === 'refused' || undefined}>
                <span>{words.events[entry.event as keyof typeof words.events] ?? entry.event}</span>
                <small>
                  {entry.actor.name || t('audit.unknownActor')} · {dates.ago(entry.at)}
                </small>
              </li>
            ))}
          </ol>
          <p style={{ marginBottom: 0 }}>
            <AnchorLink to="/audit-log" search={{ subjectId: id }} size="sm">
              {t('records.openHistory')}
            </AnchorLink>
          </p>
        </>
      )}
    </section>
  );
}
