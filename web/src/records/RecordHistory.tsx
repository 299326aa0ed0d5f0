/** What happened to this client, from the audit log, for those who may read it. */
import { Button, Group } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { call } from '../api/call.ts';
import { AnchorLink } from '../app/links.tsx';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { ProblemText } from '../ui/ProblemAlert.tsx';
import { LoadingLines } from '../ui/states.tsx';
import type { RecordKind, View } from './kind.ts';
import classes from './records.module.css';

const PastRecord = lazy(() => import('./PastRecord.tsx'));

export function RecordHistory({ kind, view }: { kind: RecordKind; view: View }) {
  const { id, version } = view;
  const [looking, setLooking] = useState(false);
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const [open, setOpen] = useLocalStorage({ key: 'lubart.history-open', defaultValue: false });
  const entries = useQuery({
    queryKey: ['audit', 'of', id, version],
    queryFn: () => call('GET /api/v1/audit-entries', { query: { subjectId: id, limit: 12 } }),
    // Reading the log is an entry of the log: it is read when somebody asks, not with every client that is opened.
    enabled: open,
  });
  return (
    <section className={`panel ${classes['group']}`} aria-label={t('records.history')}>
      <h2>{t('records.history')}</h2>
      {!open && <p className="quiet">{t('records.historyHint')}</p>}
      {open && entries.isPending && <LoadingLines rows={3} />}
      {open && entries.isError && (
        <p className="quiet">
          <ProblemText problem={entries.error} />
        </p>
      )}
      {open && entries.data?.rows.length === 0 && <p className="quiet">{t('records.historyEmpty')}</p>}
      {open && entries.data !== undefined && entries.data.rows.length > 0 && (
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
      <Group gap={8} mt={10}>
        <Button variant="default" size="compact-sm" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'records.historyHide' : 'records.historyShow')}
        </Button>
        <Button variant="default" size="compact-sm" aria-haspopup="dialog" onClick={() => setLooking(true)}>
          {t('past.open')}
        </Button>
      </Group>
      {looking && (
        <Suspense fallback={null}>
          <PastRecord kind={kind} view={view} onClose={() => setLooking(false)} />
        </Suspense>
      )}
    </section>
  );
}
