/** The browsers in which I come in. */
import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { DeviceView } from '../../contract.ts';
import { DeviceList } from '../../devices/DeviceList.tsx';
import { myDevicesQuery } from '../../devices/queries.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import classes from '../profile.module.css';

export function DevicesSection() {
  const { t } = useTranslation();
  const query = useQuery(myDevicesQuery);
  const [named, setNamed] = useState<DeviceView | null>(null);
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('devices.mine')}>
      <h2>{t('devices.mine')}</h2>
      <p className="quiet">{t('devices.mineText')}</p>
      {query.isPending && <LoadingLines rows={2} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data?.devices.length === 0 && <span className="quiet">{t('devices.none')}</span>}
      {query.data !== undefined && (
        <DeviceList devices={query.data.devices} taking="DELETE /api/v1/devices/:id" onRename={setNamed} />
      )}
      {named !== null && <NameDialog device={named} onClose={() => setNamed(null)} />}
    </section>
  );
}

function NameDialog({ device, onClose }: { device: DeviceView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(device.name);
  const save = useMutation({
    mutationFn: () => call('PATCH /api/v1/devices/:id', { params: { id: device.id }, body: { name: name.trim() } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: myDevicesQuery.queryKey });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('devices.renameOf', { name: device.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('devices.name')}
            maxLength={80}
            data-autofocus
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
          />
          <ProblemAlert problem={save.error} />
          <div>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {t('common.save')}
            </Button>
          </div>
        </Stack>
      </form>
    </Modal>
  );
}
