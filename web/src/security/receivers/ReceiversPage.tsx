/** Where the log is sent: who gets it, how far each is, and how a receiver notices that something is missing. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useCan } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import { ReceiverCard } from './ReceiverCard.tsx';
import { ReceiverDialog } from './ReceiverDialog.tsx';
import { receiversKey } from './receiver-words.ts';
import classes from './receivers.module.css';
import { WebhookSecret } from './WebhookSecret.tsx';

export default function ReceiversPage() {
  const { t } = useTranslation();
  const can = useCan();
  const mayChange = can('security.update');
  const [adds, setAdds] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const query = useQuery({
    queryKey: receiversKey,
    queryFn: () => call('GET /api/v1/security/forwards', {}),
    refetchInterval: 30_000,
  });
  return (
    <SecurityPage
      page="receivers"
      actions={mayChange && <Button onClick={() => setAdds(true)}>{t('receivers.add')}</Button>}
    >
      {query.isPending && <LoadingLines rows={6} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data?.forwards.length === 0 && (
        <State drawing="empty" title={t('receivers.noneTitle')} text={t('receivers.noneText')} />
      )}
      <div className={classes['list']}>
        {query.data?.forwards.map((one) => (
          <ReceiverCard key={one.id} one={one} mayChange={mayChange} onSecret={setSecret} />
        ))}
      </div>
      {query.isSuccess && <Gaps />}
      {adds && <ReceiverDialog onClose={() => setAdds(false)} onSecret={setSecret} />}
      {secret !== null && <WebhookSecret secret={secret} onClose={() => setSecret(null)} />}
    </SecurityPage>
  );
}

function Gaps() {
  const { t } = useTranslation();
  return (
    <section className={classes['gaps']}>
      <h2>{t('receivers.gapTitle')}</h2>
      <ul>
        <li>{t('receivers.gapIndex')}</li>
        <li>{t('receivers.gapMissing')}</li>
        <li>{t('receivers.gapHash')}</li>
        <li>{t('receivers.gapGone')}</li>
      </ul>
      <p className="quiet">{t('receivers.gapNames')}</p>
    </section>
  );
}
