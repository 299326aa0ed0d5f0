/** Campaigns with their progress; above them, what waits for one’s own answer. */
import { Button, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AnchorLink, ButtonLink } from '../../app/links.tsx';
import { useCan } from '../../app/session.tsx';
import type { ReviewCampaignView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import { useCampaignWords } from './campaign-words.ts';
import { campaignsQuery, waitingQuery } from './queries.ts';
import { RulesDialog } from './RulesDialog.tsx';
import { StartDialog } from './StartDialog.tsx';
import classes from './reviews.module.css';

export default function ReviewsPage() {
  const { t } = useTranslation();
  const can = useCan();
  const campaigns = useQuery({ ...campaignsQuery, enabled: can('review.read') });
  const [dialog, setDialog] = useState<'start' | 'rules' | null>(null);
  const buttons = can('review.run') && (
    <>
      <Button variant="default" onClick={() => setDialog('rules')}>
        {t('reviews.rules')}
      </Button>
      <Button onClick={() => setDialog('start')}>{t('reviews.start')}</Button>
    </>
  );
  return (
    <SecurityPage page="reviews" actions={buttons}>
      <Waiting />
      {can('review.read') && campaigns.isPending && <LoadingLines rows={4} />}
      {campaigns.isError && <Failed problem={campaigns.error} retry={() => void campaigns.refetch()} />}
      {campaigns.isSuccess && campaigns.data.length === 0 && (
        <State drawing="empty" title={t('reviews.empty')} text={t('reviews.emptyText')} />
      )}
      {campaigns.isSuccess && campaigns.data.length > 0 && (
        <section className="panel" aria-label={t('reviews.campaigns')}>
          {campaigns.data.map((campaign) => (
            <Campaign key={campaign.id} campaign={campaign} />
          ))}
        </section>
      )}
      {dialog === 'start' && <StartDialog onClose={() => setDialog(null)} />}
      {dialog === 'rules' && <RulesDialog onClose={() => setDialog(null)} />}
    </SecurityPage>
  );
}

function Waiting() {
  const { t } = useTranslation();
  const dates = useDates();
  const { data } = useQuery(waitingQuery);
  if (data === undefined || data.rights === 0) return null;
  return (
    <section className={`panel ${classes['call'] ?? ''}`} aria-label={t('reviews.waiting', { count: data.rights })}>
      <div>
        <h2>{t('reviews.waiting', { count: data.rights })}</h2>
        <p>{t('reviews.waitingUntil', { day: dates.day(data.until) })}</p>
      </div>
      <ButtonLink to="/security/reviews/mine">{t('reviews.answerNow')}</ButtonLink>
    </section>
  );
}

function Campaign({ campaign }: { campaign: ReviewCampaignView }) {
  const { t } = useTranslation();
  const words = useCampaignWords();
  const { id, total, answered, kept, withdrawn, refused } = campaign;
  const title = words.title(campaign);
  return (
    <article className={classes['campaign']}>
      <div>
        <h3>{title}</h3>
        <p className="quiet">
          {words.started(campaign)} · {words.end(campaign)}
        </p>
      </div>
      <AnchorLink to="/security/reviews/$id" params={{ id }} aria-label={t('reviews.openOf', { title })}>
        {t('reviews.open')}
      </AnchorLink>
      <div className={classes['bar']}>
        <Progress
          value={(100 * answered) / total}
          size="lg"
          radius="sm"
          aria-label={t('reviews.progress', { answered, total })}
        />
        <small>
          {t('reviews.progress', { answered, total })}
          {answered > 0 && <span className="quiet"> · {t('reviews.numbers', { kept, withdrawn, refused })}</span>}
        </small>
      </div>
    </article>
  );
}
