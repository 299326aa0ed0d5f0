/** Single sign-on: the providers that may say who somebody is, and what each of them gives. */
import { Button, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import { ProviderCard } from './ProviderCard.tsx';
import { ProviderDialog } from './ProviderDialog.tsx';
import { providersQuery } from './queries.ts';
import classes from './sso.module.css';

export default function SsoPage() {
  const { t } = useTranslation();
  const mayChange = useCan()('security.update');
  const query = useQuery(providersQuery);
  const [adding, setAdding] = useState(false);
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('sso.add')}
    </Button>
  );
  return (
    <SecurityPage page="sso" actions={query.data !== undefined && query.data.providers.length > 0 && add}>
      {query.isPending && <LoadingLines rows={6} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <div className={classes['list']}>
          {query.data.providers.length === 0 ? (
            <div className="panel">
              <State drawing="empty" title={t('sso.empty')} text={t('sso.emptyText')}>
                {add}
              </State>
            </div>
          ) : (
            query.data.providers.map((provider) => (
              <ProviderCard key={provider.id} provider={provider} mayChange={mayChange} />
            ))
          )}
          <section className={`panel ${classes['card']}`}>
            <h2>{t('sso.callbackTitle')}</h2>
            <p className="quiet">{t('sso.callbackText')}</p>
            <div className={classes['callback']}>
              <TextInput
                aria-label={t('sso.callbackTitle')}
                readOnly
                value={query.data.callback}
                classNames={{ input: 'mono' }}
                onFocus={(event) => event.currentTarget.select()}
              />
              <CopyButton text={query.data.callback} label={t('sso.copy')} />
            </div>
          </section>
          {adding && <ProviderDialog callback={query.data.callback} onClose={() => setAdding(false)} />}
        </div>
      )}
    </SecurityPage>
  );
}
