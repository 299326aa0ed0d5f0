/** For whoever may approve devices: new browsers that wait, and the browsers of people within reach. */
import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeviceRequestView } from '../../contract.ts';
import { AnswerDialog } from '../../devices/AnswerDialog.tsx';
import { DeviceList } from '../../devices/DeviceList.tsx';
import { peoplesDevicesQuery, whereOf } from '../../devices/queries.ts';
import { useTranslation } from '../../i18n/index.ts';
import classes from '../../profile/profile.module.css';
import { useDates } from '../../ui/dates.ts';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';

export default function DevicesPage() {
  const { t } = useTranslation();
  const dates = useDates();
  const query = useQuery(peoplesDevicesQuery);
  const [asked, setAsked] = useState<DeviceRequestView | null>(null);
  return (
    <SecurityPage page="devices">
      {query.isPending && <LoadingLines />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <Stack gap="md">
          <section className={`panel ${classes['section']}`} aria-label={t('devices.waiting')}>
            <h2>{t('devices.waiting')}</h2>
            {query.data.requests.length === 0 && <p className="quiet">{t('devices.waitingNone')}</p>}
            <ul className={classes['sessions']}>
              {query.data.requests.map((request) => (
                <li key={request.id}>
                  <div>
                    {request.person.name}
                    <small>
                      {t('devices.asked', {
                        device: request.device,
                        where: whereOf(request, t),
                        when: dates.ago(request.askedAt),
                      })}
                    </small>
                  </div>
                  <Button size="compact-sm" onClick={() => setAsked(request)}>
                    {t('devices.answer')}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
          <section className={`panel ${classes['section']}`} aria-label={t('devices.ofPeople')}>
            <h2>{t('devices.ofPeople')}</h2>
            {query.data.devices.length === 0 && <p className="quiet">{t('devices.ofPeopleNone')}</p>}
            <DeviceList
              devices={query.data.devices}
              taking="DELETE /api/v1/security/devices/:id"
              before={({ person }) => `${person.name} · `}
            />
          </section>
        </Stack>
      )}
      {asked !== null && <AnswerDialog request={asked} own={false} onClose={() => setAsked(null)} />}
    </SecurityPage>
  );
}
