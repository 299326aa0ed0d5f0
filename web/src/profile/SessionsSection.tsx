/** Where I am signed in; each can be ended. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { sessionsQuery } from '../api/queries.ts';
import { useTranslation } from '../i18n/index.ts';
import { addressText } from '../ui/address-text.ts';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../ui/states.tsx';
import { tellDone } from '../ui/tell.ts';
import classes from './profile.module.css';

export function SessionsSection() {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const query = useQuery(sessionsQuery);
  const reload = () => client.invalidateQueries({ queryKey: ['sessions'] });
  const end = useMutation({
    mutationFn: (id: string) => call('DELETE /api/v1/sessions/:id', { params: { id } }),
    onSuccess: () => {
      tellDone(t('profile.ended'));
      void reload();
    },
  });
  const endOthers = useMutation({
    mutationFn: () => call('POST /api/v1/sessions/end-others', {}),
    onSuccess: ({ ended }) => {
      tellDone(t('profile.endedOthers', { count: ended }));
      void reload();
    },
  });
  const others = query.data?.filter((session) => !session.current) ?? [];
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('profile.sessionsTitle')}>
      <h2>{t('profile.sessionsTitle')}</h2>
      <p className="quiet">{t('profile.sessionsText')}</p>
      {query.isPending && <LoadingLines rows={3} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <>
          <ul className={classes['sessions']}>
            {query.data.map((session) => (
              <li key={session.id}>
                <div>
                  {session.device}
                  {session.current && <strong> · {t('profile.currentSession')}</strong>}
                  <small>
                    {addressText(session.address, t)} · {t('profile.lastSeen', { when: dates.ago(session.lastSeenAt) })}{' '}
                    · {t('profile.since', { when: dates.moment(session.createdAt) })}
                  </small>
                </div>
                {!session.current && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={t('profile.endOf', { device: session.device })}
                    loading={end.isPending && end.variables === session.id}
                    onClick={() => end.mutate(session.id)}
                  >
                    {t('profile.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
          <ProblemAlert problem={end.error ?? endOthers.error} />
          {others.length > 0 ? (
            <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
              {t('profile.endOthers')}
            </Button>
          ) : (
            <span className="quiet">{t('profile.onlyThis')}</span>
          )}
        </>
      )}
    </section>
  );
}
