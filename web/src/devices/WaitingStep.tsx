/** A new browser waits: it shows a number, which somebody types on another device. Asks how it stands every few seconds. */
import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import type { SessionView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { LoadingLines } from '../ui/states.tsx';

const askMillis = 2_500;

type WaitingStepProps = { ticket: string; onSignedIn: (session: SessionView) => void; onAgain: () => void };

export function WaitingStep({ ticket, onSignedIn, onAgain }: WaitingStepProps) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['waiting', ticket],
    queryFn: () => call('POST /api/v1/sign-in/device', { body: { ticket } }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === 'waiting' ? askMillis : false),
    refetchIntervalInBackground: true,
    retry: false,
    staleTime: 0,
  });
  const session = query.data?.session ?? null;
  useEffect(() => {
    if (session !== null) onSignedIn(session);
  }, [session, onSignedIn]);
  const isOver =
    query.data?.state === 'refused' ||
    (query.isError && asProblem(query.error).code !== 'unreachable' && query.data === undefined) ||
    (query.isError && asProblem(query.error).code === 'sign-in.ticket_expired');
  if (isOver)
    return (
      <Stack gap="sm" role="alert">
        <h1>{t('devices.refusedTitle')}</h1>
        <p className="quiet" style={{ margin: 0 }}>
          {t('devices.refusedText')}
        </p>
        <Button onClick={onAgain}>{t('devices.again')}</Button>
      </Stack>
    );
  const { number = null, until = null } = query.data ?? {};
  const title = <h1>{t('devices.waitTitle')}</h1>;
  if (number === null || until === null)
    return (
      <>
        {title}
        <LoadingLines rows={3} />
      </>
    );
  const minutes = Math.max(1, Math.ceil((new Date(until).getTime() - query.dataUpdatedAt) / 60_000));
  return (
    <Stack gap="sm">
      {title}
      <p style={{ margin: 0 }}>{t('devices.waitText')}</p>
      <output className="mono" style={{ fontSize: 56, fontWeight: 700, textAlign: 'center', lineHeight: 1.3 }}>
        {number}
      </output>
      <p className="quiet" style={{ margin: 0, textAlign: 'center' }}>
        {t('devices.left', { count: minutes })}
      </p>
      <p style={{ margin: 0 }}>{t('devices.waitOther')}</p>
      <p className="quiet" style={{ margin: 0 }}>
        {t('devices.waitCode')}
      </p>
      <ProblemAlert problem={query.error} />
      <Button variant="default" onClick={onAgain}>
        {t('devices.again')}
      </Button>
    </Stack>
  );
}
