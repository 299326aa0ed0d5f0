/** Being a witness for others: what they enter at theirs, and whose logs are confirmed here. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { WitnessedLogView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { witnessesKey } from './anchor-words.ts';
import { OwnLine } from './WitnessesPage.tsx';

type WatchedProps = {
  logs: readonly WitnessedLogView[];
  own: { address: string; key: string; logKey: string };
  mayChange: boolean;
};

export function WatchedLogs({ logs, own, mayChange }: WatchedProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: witnessesKey });
  const add = useMutation({
    mutationFn: () => call('POST /api/v1/security/witnessed-logs', { body: { key } }),
    onSuccess: async () => {
      setKey('');
      await refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => call('DELETE /api/v1/security/witnessed-logs/:id', { params: { id } }),
    onSuccess: refresh,
  });
  return (
    <section>
      <h2>{t('witnesses.others')}</h2>
      <p className="quiet">{t('witnesses.othersText')}</p>
      <Stack gap="md">
        <OwnLine label={t('witnesses.ownLogKey')} text={own.logKey} />
        <OwnLine label={t('witnesses.ownAddress')} text={own.address} />
        <OwnLine label={t('witnesses.ownKey')} text={own.key} />
        {logs.map((one) => (
          <Group key={one.id} gap="sm">
            <code style={{ overflowWrap: 'anywhere' }}>{one.origin}</code>
            <span className="quiet">{one.cosignedAt === null ? t('witnesses.never') : dates.ago(one.cosignedAt)}</span>
            {mayChange && (
              <Button size="compact-sm" variant="subtle" color="red" onClick={() => remove.mutate(one.id)}>
                {t('witnesses.stop')}
              </Button>
            )}
          </Group>
        ))}
        <ProblemAlert problem={remove.error ?? add.error} />
        {mayChange && (
          <Group align="flex-end" maw={620}>
            <TextInput
              style={{ flex: 1 }}
              label={t('witnesses.otherKey')}
              value={key}
              onChange={({ currentTarget: { value } }) => setKey(value)}
            />
            <Button variant="default" loading={add.isPending} disabled={key.trim() === ''} onClick={() => add.mutate()}>
              {t('witnesses.watch')}
            </Button>
          </Group>
        )}
      </Stack>
    </section>
  );
}
