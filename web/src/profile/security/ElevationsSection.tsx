/** A role for a time: what I asked for, what I have, and a way to ask. */
import { Button, Group, Modal, NativeSelect, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { sessionQuery } from '../../api/queries.ts';
import type { ElevationView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ownElevationsQuery, useHours } from '../../security/elevations/queries.ts';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert, useProblemText } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone, tellProblem } from '../../ui/tell.ts';
import classes from '../profile.module.css';

const shown = 5;
const reasonCharsMin = 3;
const reasonCharsMax = 500;
/** Hours that can be asked for; a week at most. */
const hoursOffered = [1, 2, 4, 8, 24, 48, 72, 168];

export function ElevationsSection() {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const textOf = useProblemText();
  const inWords = useHours();
  const query = useQuery(ownElevationsQuery);
  const [asking, setAsking] = useState(false);
  const end = useMutation({
    mutationFn: ({ id }: ElevationView) => call('POST /api/v1/profile/elevations/:id/end', { params: { id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ownElevationsQuery.queryKey });
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      tellDone(t('elevations.done'));
    },
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('elevations.title')}>
      <h2>{t('elevations.title')}</h2>
      <p className="quiet">{t('elevations.text')}</p>
      {query.isPending && <LoadingLines rows={2} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <Stack gap="sm">
          {query.data.elevations.slice(0, shown).map((one) => (
            <Group key={one.id} justify="space-between" gap="xs">
              <span>
                {t('elevations.roleFor', { role: one.role.name, time: inWords(one.hours) })}
                <br />
                <span className="quiet">
                  {one.state === 'active'
                    ? t('elevations.activeUntil', { until: dates.moment(one.until) })
                    : t(`elevations.states.${one.state}`)}
                  {one.answeredBy !== null && <> · {t('elevations.answered', { name: one.answeredBy.name })}</>}
                </span>
              </span>
              {(one.state === 'waiting' || one.state === 'active') && (
                <Button
                  variant="default"
                  size="compact-sm"
                  loading={end.isPending && end.variables.id === one.id}
                  aria-label={t(one.state === 'active' ? 'elevations.giveBackOf' : 'elevations.withdrawOf', {
                    role: one.role.name,
                  })}
                  onClick={() => end.mutate(one)}
                >
                  {t(one.state === 'active' ? 'elevations.giveBack' : 'elevations.withdraw')}
                </Button>
              )}
            </Group>
          ))}
          {query.data.roles.length > 0 && (
            <div>
              <Button variant="default" onClick={() => setAsking(true)}>
                {t('elevations.ask')}
              </Button>
            </div>
          )}
        </Stack>
      )}
      {asking && query.data !== undefined && <AskDialog roles={query.data.roles} onClose={() => setAsking(false)} />}
    </section>
  );
}

type AskDialogProps = { roles: readonly { id: string; name: string }[]; onClose: () => void };

function AskDialog({ roles, onClose }: AskDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const inWords = useHours();
  const [role, setRole] = useState('');
  const [hours, setHours] = useState(8);
  const [reason, setReason] = useState('');
  const ask = useMutation({
    mutationFn: () => call('POST /api/v1/profile/elevations', { body: { role, hours, reason: reason.trim() } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ownElevationsQuery.queryKey });
      tellDone(t('elevations.sent'));
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('elevations.ask')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <Stack gap="sm">
          <NativeSelect
            label={t('elevations.role')}
            required
            value={role}
            onChange={(event) => setRole(event.currentTarget.value)}
            data={[
              { value: '', label: t('elevations.choose') },
              ...roles.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <NativeSelect
            label={t('elevations.howLong')}
            value={String(hours)}
            onChange={(event) => setHours(Number(event.currentTarget.value))}
            data={hoursOffered.map((value) => ({ value: String(value), label: inWords(value) }))}
          />
          <Textarea
            label={t('elevations.reason')}
            placeholder={t('elevations.reasonHint')}
            required
            autosize
            minRows={2}
            maxLength={reasonCharsMax}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ProblemAlert problem={ask.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              loading={ask.isPending}
              disabled={role === '' || reason.trim().length < reasonCharsMin}
            >
              {t('elevations.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
