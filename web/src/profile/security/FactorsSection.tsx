/** With what I prove that it is me: passkeys, apps, recovery codes. */
import { Badge, Button, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { factorsQuery } from '../../api/queries.ts';
import { useTranslation } from '../../i18n/index.ts';
import { hasPasskeys } from '../../passkeys/ask-key.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import classes from '../profile.module.css';
import { AddApp } from './AddApp.tsx';
import { AddNumber } from './AddNumber.tsx';
import { AddPasskey } from './AddPasskey.tsx';
import { NewCodes } from './NewCodes.tsx';

type RemoveKey = 'DELETE /api/v1/passkeys/:id' | 'DELETE /api/v1/authenticators/:id' | 'DELETE /api/v1/sms-number';
type Removed = { key: RemoveKey; id: string; name: string };
/** As few as this many codes left are worth a warning. */
const codesLeftFew = 3;

export function FactorsSection() {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const query = useQuery(factorsQuery);
  const [adding, setAdding] = useState<'passkey' | 'app' | 'number' | 'codes' | null>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  const reload = () => void client.invalidateQueries({ queryKey: factorsQuery.queryKey });
  const close = () => {
    setAdding(null);
    reload();
  };
  const remove = useMutation({
    mutationFn: ({ key, id }: Removed) =>
      key === 'DELETE /api/v1/sms-number' ? call(key, {}) : call(key, { params: { id } }),
    onSuccess: () => {
      tellDone(t('factors.removed'));
      setRemoved(null);
      reload();
    },
  });
  const left = query.data?.recoveryCodesLeft ?? 0;
  const sms = query.data?.sms;
  const removeButton = (key: Removed['key'], id: string, name: string) => (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={t('factors.removeOf', { name })}
      onClick={() => setRemoved({ key, id, name })}
    >
      {t('factors.remove')}
    </Button>
  );
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('factors.title')}>
      <h2>{t('factors.title')}</h2>
      <p className="quiet">{t('factors.text')}</p>
      {query.isPending && <LoadingLines rows={3} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <>
          <ul className={classes['sessions']}>
            {query.data.passkeys.map((key) => (
              <li key={key.id}>
                <div>
                  {key.name} <Badge variant="light">{t('factors.strongest')}</Badge>{' '}
                  {key.attested && <Badge variant="outline">{t('factors.attested')}</Badge>}
                  <small>
                    {key.kind === 'synced' ? t('factors.synced') : t('factors.deviceBound')} ·{' '}
                    {key.lastUsedAt === null
                      ? t('factors.neverUsed')
                      : t('profile.lastSeen', { when: dates.ago(key.lastUsedAt) })}
                  </small>
                </div>
                {removeButton('DELETE /api/v1/passkeys/:id', key.id, key.name)}
              </li>
            ))}
            {query.data.authenticators.map((app) => (
              <li key={app.id}>
                <div>
                  {app.name ?? t('factors.firstApp')}
                  <small>
                    {t('factors.app')} · {t('factors.since', { when: dates.day(app.createdAt) })}
                  </small>
                </div>
                {removeButton('DELETE /api/v1/authenticators/:id', app.id, app.name ?? t('factors.firstApp'))}
              </li>
            ))}
            {sms?.number && (
              <li>
                <div>
                  {t('sms.number', { hint: sms.number.hint })}{' '}
                  <Badge variant="light" color="brick">
                    {t('sms.weakest')}
                  </Badge>
                  <small>
                    {sms.available ? t('factors.since', { when: dates.day(sms.number.createdAt) }) : t('sms.closed')}
                  </small>
                </div>
                {removeButton('DELETE /api/v1/sms-number', '', t('sms.name', { hint: sms.number.hint }))}
              </li>
            )}
            <li>
              <div>
                {t('factors.codes')} {left <= codesLeftFew && <Badge color="brick">{t('factors.codesFew')}</Badge>}
                <small>{t('factors.codesLeft', { count: left })}</small>
              </div>
              <Button variant="default" size="compact-sm" onClick={() => setAdding('codes')}>
                {t('factors.renew')}
              </Button>
            </li>
          </ul>
          <Group gap="sm">
            {hasPasskeys() && <Button onClick={() => setAdding('passkey')}>{t('factors.addPasskey')}</Button>}
            <Button variant="default" onClick={() => setAdding('app')}>
              {t('factors.addApp')}
            </Button>
            {sms?.available === true && (
              <Button variant="subtle" onClick={() => setAdding('number')}>
                {sms.number === null ? t('sms.add') : t('sms.change')}
              </Button>
            )}
          </Group>
        </>
      )}
      {adding === 'passkey' && <AddPasskey onClose={close} />}
      {adding === 'app' && <AddApp onClose={close} />}
      {adding === 'number' && <AddNumber onClose={close} />}
      {adding === 'codes' && <NewCodes onClose={close} />}
      {removed !== null && (
        <Confirm
          title={t('factors.removeTitle', { name: removed.name })}
          text={t('factors.removeText')}
          confirm={t('factors.remove')}
          danger
          busy={remove.isPending}
          problem={remove.error}
          onConfirm={() => remove.mutate(removed)}
          onCancel={() => {
            remove.reset();
            setRemoved(null);
          }}
        />
      )}
    </section>
  );
}
