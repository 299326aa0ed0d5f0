/** Above every page: a new browser asks to come in as me. */
import { Alert, Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeviceRequestView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { AnswerDialog } from './AnswerDialog.tsx';
import { myDevicesQuery, whereOf } from './queries.ts';

export default function DeviceBanner() {
  const { t } = useTranslation();
  const { data } = useQuery(myDevicesQuery);
  const [asked, setAsked] = useState<DeviceRequestView | null>(null);
  return (
    <>
      {(data?.requests ?? []).map((request) => (
        <Alert key={request.id} color="red" radius={0} role="alert">
          <Group gap="sm" justify="space-between">
            <span>{t('devices.banner', { device: request.device, where: whereOf(request, t) })}</span>
            <Button size="compact-sm" color="red" onClick={() => setAsked(request)}>
              {t('devices.answer')}
            </Button>
          </Group>
        </Alert>
      ))}
      {asked !== null && <AnswerDialog request={asked} own onClose={() => setAsked(null)} />}
    </>
  );
}
