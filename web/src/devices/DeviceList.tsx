/** Browsers, one line each; any of them can be taken away. */
import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import type { DeviceView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import classes from '../profile/profile.module.css';
import { useDates } from '../ui/dates.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { tellDone } from '../ui/tell.ts';
import { myDevicesQuery, peoplesDevicesQuery, whereOf } from './queries.ts';

type DeviceListProps = {
  devices: readonly DeviceView[];
  taking: 'DELETE /api/v1/devices/:id' | 'DELETE /api/v1/security/devices/:id';
  /** Shown before the name. */
  before?: (device: DeviceView) => string;
  onRename?: (device: DeviceView) => void;
};

export function DeviceList({ devices, taking, before, onRename }: DeviceListProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const [taken, setTaken] = useState<DeviceView | null>(null);
  const take = useMutation({
    mutationFn: (id: string) => call(taking, { params: { id } }),
    onSuccess: () => {
      setTaken(null);
      tellDone(t('devices.taken'));
      void client.invalidateQueries({ queryKey: myDevicesQuery.queryKey });
      void client.invalidateQueries({ queryKey: peoplesDevicesQuery.queryKey });
      void client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <>
      <ul className={classes['sessions']}>
        {devices.map((device) => (
          <li key={device.id}>
            <div>
              {before?.(device)}
              {device.name}
              {device.current && <strong> · {t('devices.current')}</strong>}
              <small>
                {whereOf(device, t)} · {t('devices.used', { when: dates.ago(device.lastUsedAt) })} ·{' '}
                {t('devices.until', { when: dates.day(device.expiresAt) })}
              </small>
            </div>
            <Group gap="xs" justify="flex-end">
              {onRename !== undefined && (
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={t('devices.renameOf', { name: device.name })}
                  onClick={() => onRename(device)}
                >
                  {t('devices.rename')}
                </Button>
              )}
              <Button
                variant="default"
                size="compact-sm"
                aria-label={t('devices.takeOf', { name: device.name })}
                onClick={() => setTaken(device)}
              >
                {t('devices.take')}
              </Button>
            </Group>
          </li>
        ))}
      </ul>
      {taken !== null && (
        <Confirm
          title={t('devices.takeTitle', { name: taken.name })}
          text={t('devices.takeText')}
          confirm={t('devices.take')}
          danger
          busy={take.isPending}
          problem={take.error}
          onConfirm={() => take.mutate(taken.id)}
          onCancel={() => {
            take.reset();
            setTaken(null);
          }}
        />
      )}
    </>
  );
}
