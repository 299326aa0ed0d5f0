/** “Is this your browser?” Only the number that stands on its screen lets it in. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { call } from '../api/call.ts';
import type { DeviceRequestView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { tellDone } from '../ui/tell.ts';
import { myDevicesQuery, peoplesDevicesQuery, whereOf } from './queries.ts';

type AnswerDialogProps = { request: DeviceRequestView; own: boolean; onClose: () => void };

export function AnswerDialog({ request, own, onClose }: AnswerDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [number, setNumber] = useState('');
  const { id, person, device } = request;
  const reload = () => {
    void client.invalidateQueries({ queryKey: myDevicesQuery.queryKey });
    void client.invalidateQueries({ queryKey: peoplesDevicesQuery.queryKey });
  };
  const end = (words: string) => {
    reload();
    tellDone(words);
    onClose();
  };
  const approve = useMutation({
    mutationFn: () =>
      call('POST /api/v1/device-requests/:id/approve', { params: { id }, body: { number: Number(number) } }),
    onSuccess: () => end(t('devices.approved')),
    onError: reload,
  });
  const refuse = useMutation({
    mutationFn: () => call('POST /api/v1/device-requests/:id/refuse', { params: { id } }),
    onSuccess: () => end(own ? t('devices.refused') : t('devices.refusedOther')),
  });
  const isNumber = /^\d{2}$/.test(number);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isNumber) approve.mutate();
  };
  const where = whereOf(request, t);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('devices.askTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <p style={{ margin: 0 }}>
            {own
              ? t('devices.askText', { device, where })
              : t('devices.askOther', { name: person.name, device, where })}
          </p>
          <TextInput
            label={t('devices.number')}
            inputMode="numeric"
            autoComplete="off"
            maxLength={2}
            data-autofocus
            value={number}
            onChange={({ currentTarget: { value } }) => setNumber(value.replace(/\D/g, ''))}
            classNames={{ input: 'mono' }}
          />
          <ProblemAlert problem={approve.error ?? refuse.error} />
          <Group gap="sm">
            <Button type="submit" disabled={!isNumber} loading={approve.isPending}>
              {t('devices.approve')}
            </Button>
            <Button variant="default" loading={refuse.isPending} onClick={() => refuse.mutate()}>
              {own ? t('devices.notMe') : t('devices.refuse')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
