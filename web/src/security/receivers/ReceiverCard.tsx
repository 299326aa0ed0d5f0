/** One receiver: whether the log reaches it, how far it is, what went wrong, and what can be done. */
import { Alert, Badge, Button, Group } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ForwardView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ReceiverDialog } from './ReceiverDialog.tsx';
import { ReceiverFacts } from './ReceiverFacts.tsx';
import {
  formWords,
  kindWords,
  problemWords,
  receiversKey,
  stateColors,
  stateOf,
  stateWords,
} from './receiver-words.ts';
import classes from './receivers.module.css';

type Asked = 'edit' | 'pause' | 'remove' | null;
type CardProps = { one: ForwardView; mayChange: boolean; onSecret: (secret: string) => void };

export function ReceiverCard({ one, mayChange, onSecret }: CardProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>(null);
  const params = { id: one.id };
  const refresh = async () => {
    setAsked(null);
    await client.invalidateQueries({ queryKey: receiversKey });
  };
  const tried = useMutation({
    mutationFn: () => call('POST /api/v1/security/forwards/:id/try', { params }),
    onSettled: refresh,
  });
  const pause = useMutation({
    mutationFn: () => call('POST /api/v1/security/forwards/:id/pause', { params }),
    onSuccess: refresh,
  });
  const resume = useMutation({
    mutationFn: () => call('POST /api/v1/security/forwards/:id/resume', { params }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => call('DELETE /api/v1/security/forwards/:id', { params }),
    onSuccess: refresh,
  });
  const state = stateOf(one);
  return (
    <section className={`panel ${classes['card']}`} aria-label={one.address}>
      <div className={classes['head']}>
        <h2>{t(kindWords[one.kind])}</h2>
        <Badge variant="light" color={stateColors[state]}>
          {t(stateWords[state])}
        </Badge>
        <Badge variant="outline" color="gray">
          {t(formWords[one.form])}
        </Badge>
      </div>
      <p className={`mono ${classes['address']}`}>{one.address}</p>
      {one.problem !== null && (
        <Alert color="brick" variant="light" role="status">
          {t(problemWords[one.problem])}
        </Alert>
      )}
      {one.client !== null && one.client.time !== 'enough' && (
        <Alert color={one.client.time === 'over' ? 'brick' : 'amber'} variant="light" role="status">
          {t(one.client.time === 'over' ? 'receivers.clientOver' : 'receivers.clientEnds', {
            day: dates.day(one.client.validUntil),
          })}
        </Alert>
      )}
      <ReceiverFacts one={one} />
      {tried.data?.problem === null && (
        <Alert color="styr" variant="light" role="status">
          {tried.data.again
            ? t('receivers.triedAgain')
            : tried.data.sent === 0
              ? t('receivers.triedNothing')
              : t('receivers.tried', { count: tried.data.sent })}
        </Alert>
      )}
      <ProblemAlert problem={tried.error ?? resume.error} />
      {mayChange && (
        <Group gap="xs">
          {one.pausedAt === null ? (
            <Button
              size="compact-md"
              variant="default"
              loading={tried.isPending}
              leftSection={<IconPlugConnected size={16} aria-hidden />}
              onClick={() => tried.mutate()}
            >
              {t('receivers.try')}
            </Button>
          ) : (
            <Button size="compact-md" loading={resume.isPending} onClick={() => resume.mutate()}>
              {t('receivers.resume')}
            </Button>
          )}
          <Button size="compact-md" variant="default" onClick={() => setAsked('edit')}>
            {t('receivers.edit')}
          </Button>
          {one.pausedAt === null && (
            <Button size="compact-md" variant="default" onClick={() => setAsked('pause')}>
              {t('receivers.pause')}
            </Button>
          )}
          <Button size="compact-md" variant="subtle" color="brick" onClick={() => setAsked('remove')}>
            {t('receivers.remove')}
          </Button>
        </Group>
      )}
      {asked === 'edit' && <ReceiverDialog one={one} onClose={() => setAsked(null)} onSecret={onSecret} />}
      {asked === 'pause' && (
        <Confirm
          title={t('receivers.pauseTitle')}
          text={t('receivers.pauseText')}
          confirm={t('receivers.pause')}
          busy={pause.isPending}
          problem={pause.error}
          onConfirm={() => pause.mutate()}
          onCancel={() => setAsked(null)}
        />
      )}
      {asked === 'remove' && (
        <Confirm
          title={t('receivers.removeTitle')}
          text={t('receivers.removeText')}
          confirm={t('receivers.remove')}
          danger
          busy={remove.isPending}
          problem={remove.error}
          onConfirm={() => remove.mutate()}
          onCancel={() => setAsked(null)}
        />
      )}
    </section>
  );
}
