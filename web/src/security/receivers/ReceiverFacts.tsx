/** How far a receiver is, what it is sent, and whom we believe. */
import type { ForwardView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { lagWords, problemWords } from './receiver-words.ts';
import classes from './receivers.module.css';

export function ReceiverFacts({ one }: { one: ForwardView }) {
  const { t } = useTranslation();
  const dates = useDates();
  const { deliveredAt, waiting, lagSeconds, lastFailure, client, kind } = one;
  return (
    <dl className={classes['facts']}>
      <dt>{t('receivers.delivered')}</dt>
      <dd>{deliveredAt === null ? t('receivers.never') : dates.ago(deliveredAt)}</dd>
      <dt>{t('receivers.waits')}</dt>
      <dd>
        {waiting === 0 ? t('receivers.nothing') : t('receivers.waitsCount', { count: waiting })}
        {waiting > 0 && lagSeconds > 0 && `, ${t('receivers.behind', { time: lagWords(t, lagSeconds) })}`}
      </dd>
      <dt>{t('receivers.next')}</dt>
      <dd>{t('receivers.number', { number: dates.number(one.next) })}</dd>
      <dt>{t('receivers.gaps')}</dt>
      <dd>
        <Gaps one={one} />
      </dd>
      <dt>{t('receivers.failure')}</dt>
      <dd>
        {lastFailure === null
          ? t('receivers.failureNone')
          : `${dates.ago(lastFailure.at)}. ${t(problemWords[lastFailure.problem])}`}
      </dd>
      <dt>{t('receivers.names')}</dt>
      <dd>{t(one.withNames ? 'receivers.namesGo' : 'receivers.namesStay')}</dd>
      {kind !== 'file' && (
        <>
          <dt>{t('receivers.authority')}</dt>
          <dd>{t(one.ownAuthority ? 'receivers.authorityOwn' : 'receivers.authorityKnown')}</dd>
        </>
      )}
      {client !== null && (
        <>
          <dt>{t('receivers.client')}</dt>
          <dd>{t('receivers.clientUntil', { subject: client.subject, day: dates.day(client.validUntil) })}</dd>
        </>
      )}
    </dl>
  );
}

function Gaps({ one: { gone, changed } }: { one: ForwardView }) {
  const { t } = useTranslation();
  const dates = useDates();
  if (gone === 0 && changed === 0) return t('receivers.gapsNone');
  return (
    <>
      {[
        ...(gone > 0 ? [t('receivers.gone', { number: dates.number(gone) })] : []),
        ...(changed > 0 ? [t('receivers.changed', { number: dates.number(changed) })] : []),
      ].join(', ')}
      <div className="quiet">{t('receivers.gapsText')}</div>
    </>
  );
}
