/** Who asks for a role for a time, and who has one: to be approved, refused, or ended before its time. */
import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ElevationView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { useProblemText } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { tellDone, tellProblem } from '../../ui/tell.ts';
import { SecurityPage } from '../SecurityPage.tsx';
import { elevationsQuery, useHours } from './queries.ts';

type Act = { what: 'approve' | 'refuse' | 'end'; one: ElevationView };

export default function ElevationsPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const textOf = useProblemText();
  const inWords = useHours();
  const query = useQuery(elevationsQuery);
  const [approving, setApproving] = useState<ElevationView | null>(null);
  const answer = useMutation({
    mutationFn: ({ what, one }: Act) => call(`POST /api/v1/elevations/:id/${what}`, { params: { id: one.id } }),
    onSuccess: async () => {
      setApproving(null);
      await client.invalidateQueries({ queryKey: elevationsQuery.queryKey });
      tellDone(t('elevations.done'));
    },
    onError: (thrown) => approving === null && tellProblem(textOf(thrown)),
  });
  const open = query.data ?? [];
  const groups = [
    { title: t('elevations.waitingTitle'), list: open.filter(({ state }) => state === 'waiting') },
    { title: t('elevations.activeTitle'), list: open.filter(({ state }) => state === 'active') },
  ].filter(({ list }) => list.length > 0);
  return (
    <SecurityPage page="elevations">
      {query.isPending && <LoadingLines rows={4} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && open.length === 0 && (
        <State drawing="empty" title={t('elevations.empty')} text={t('elevations.emptyText')} />
      )}
      <Stack gap="lg">
        {groups.map(({ title, list }) => (
          <section key={title} className="panel" style={{ padding: '14px 18px' }} aria-label={title}>
            <h2 style={{ margin: 0, fontSize: '1.05rem' }}>{title}</h2>
            <Stack gap="md" mt="sm">
              {list.map((one) => (
                <Elevation
                  key={one.id}
                  one={one}
                  busy={answer.isPending}
                  onAct={(what) => (what === 'approve' ? setApproving(one) : answer.mutate({ what, one }))}
                />
              ))}
            </Stack>
          </section>
        ))}
      </Stack>
      {approving !== null && (
        <Confirm
          title={t('elevations.approveOf', { name: approving.person.name })}
          text={t('elevations.approveText', {
            name: approving.person.name,
            role: approving.role.name,
            time: inWords(approving.hours),
          })}
          confirm={t('elevations.approve')}
          busy={answer.isPending}
          problem={answer.error}
          onConfirm={() => answer.mutate({ what: 'approve', one: approving })}
          onCancel={() => setApproving(null)}
        />
      )}
    </SecurityPage>
  );
}

type ElevationProps = { one: ElevationView; busy: boolean; onAct: (what: Act['what']) => void };

function Elevation({ one, busy, onAct }: ElevationProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const inWords = useHours();
  const { name } = one.person;
  return (
    <div>
      <strong>{name}</strong> · {t('elevations.roleFor', { role: one.role.name, time: inWords(one.hours) })}
      <p className="quiet" style={{ margin: '4px 0 8px' }}>
        «{one.reason}»
        <br />
        {one.state === 'active'
          ? t('elevations.activeUntil', { until: dates.moment(one.until) })
          : t('elevations.asked', { when: dates.ago(one.askedAt) })}
        {one.answeredBy !== null && <> · {t('elevations.answered', { name: one.answeredBy.name })}</>}
        {one.state === 'waiting' && !one.mayAnswer && (
          <>
            <br />
            {t('elevations.notYours')}
          </>
        )}
      </p>
      <Group gap="xs">
        {one.mayAnswer && (
          <>
            <Button
              size="compact-sm"
              disabled={busy}
              aria-label={t('elevations.approveOf', { name })}
              onClick={() => onAct('approve')}
            >
              {t('elevations.approve')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={busy}
              aria-label={t('elevations.refuseOf', { name })}
              onClick={() => onAct('refuse')}
            >
              {t('elevations.refuse')}
            </Button>
          </>
        )}
        {one.state === 'active' && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={busy}
            aria-label={t('elevations.endOf', { name })}
            onClick={() => onAct('end')}
          >
            {t('elevations.end')}
          </Button>
        )}
      </Group>
    </div>
  );
}
