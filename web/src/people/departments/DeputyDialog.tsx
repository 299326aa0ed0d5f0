/** Who stands in, and on which days. Says in plain words what the deputy will be able to do, and what not. */
import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useSession } from '../../app/session.tsx';
import type { PersonView } from '../../contract.ts';
import { compareNames } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useLookups } from '../../records/lookups.tsx';
import { today } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';

type DeputyDialogProps = { forOthers: boolean; leads: boolean; onClose: () => void };

export function DeputyDialog({ forOthers, leads, onClose }: DeputyDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useSession().person.id;
  const { people, departments } = useLookups();
  const led = new Set(departments.flatMap(({ heads }) => heads.map(({ personId }) => personId)));
  const active = people.filter((one) => one.active).toSorted((a, b) => compareNames(a.name, b.name));
  const heads = active.filter(({ id }) => (forOthers && led.has(id)) || (leads && id === me));
  const [headId, setHeadId] = useState(leads ? me : '');
  const [deputyId, setDeputyId] = useState('');
  const [fromDay, setFromDay] = useState(today());
  const [untilDay, setUntilDay] = useState('');
  const name = useMutation({
    mutationFn: () => call('POST /api/v1/deputies', { body: { headId, deputyId, fromDay, untilDay } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['deputies'] });
      tellDone(t('departments.named'));
      onClose();
    },
  });
  const options = (list: readonly PersonView[]) => [
    { value: '', label: t('leaving.choose') },
    ...list.map((one) => ({ value: one.id, label: one.name })),
  ];
  const isReady = headId !== '' && deputyId !== '' && fromDay !== '' && untilDay !== '' && fromDay <= untilDay;
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={t('departments.nameDeputy')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) name.mutate();
        }}
      >
        <Stack gap="sm">
          {forOthers && (
            <NativeSelect
              label={t('departments.whoIsAway')}
              value={headId}
              onChange={(event) => setHeadId(event.currentTarget.value)}
              data={options(heads)}
            />
          )}
          <NativeSelect
            label={t('departments.whoStandsIn')}
            value={deputyId}
            onChange={(event) => setDeputyId(event.currentTarget.value)}
            data={options(active.filter(({ id }) => id !== headId))}
          />
          <Group grow gap="sm">
            <TextInput
              type="date"
              label={t('departments.firstDay')}
              value={fromDay}
              min={today()}
              onChange={(event) => setFromDay(event.currentTarget.value)}
            />
            <TextInput
              type="date"
              label={t('departments.lastDay')}
              value={untilDay}
              min={fromDay}
              onChange={(event) => setUntilDay(event.currentTarget.value)}
            />
          </Group>
          <Alert variant="light" color="gray">
            {t('departments.deputyGets')}
          </Alert>
          <ProblemAlert problem={name.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={name.isPending} disabled={!isReady}>
              {t('departments.name')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
