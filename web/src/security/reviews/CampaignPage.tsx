/** One campaign for whoever runs or reads reviews: who answers how, what silence will cost, every right. */
import { Button, Progress, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { Answer } from '../../api/call.ts';
import { AnchorLink, ButtonLink } from '../../app/links.tsx';
import { scopeOf, useCan, useSession } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { useCampaignWords } from './campaign-words.ts';
import { campaignQuery } from './queries.ts';
import { Outcome } from './RightRow.tsx';
import classes from './reviews.module.css';
import { RightRow, RightsTable } from './RightsTable.tsx';

type Seen = Answer<'GET /api/v1/reviews/:id'>;

export default function CampaignPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery(campaignQuery(id));
  if (query.isPending) return <LoadingLines rows={8} />;
  if (query.isError) return <Failed page problem={query.error} retry={() => void query.refetch()} />;
  return <Campaign seen={query.data} />;
}

function Campaign({ seen }: { seen: Seen }) {
  const { t } = useTranslation();
  const can = useCan();
  const session = useSession();
  const words = useCampaignWords();
  const client = useQueryClient();
  const [closing, setClosing] = useState(false);
  const { campaign, unanswered } = seen;
  const { id, answered, total, kept, withdrawn, refused, closedAt } = campaign;
  // Without the name of whoever was moved: a title stays in the history of the browser.
  useTitle(t(`reviews.reasons.${campaign.reason}`));
  const close = useMutation({
    mutationFn: () => call('POST /api/v1/reviews/:id/close', { params: { id }, body: {} }),
    onSuccess: async () => {
      setClosing(false);
      await client.invalidateQueries({ queryKey: ['reviews'] });
      tellDone(t('reviews.closedDone'));
    },
  });
  const progress = t('reviews.progress', { answered, total });
  const doomed = unanswered.filter(({ held }) => held === null);
  const ownToo = doomed.some(({ person }) => person.id === session.person.id);
  return (
    <>
      <PageHeader
        title={words.title(campaign)}
        intro={`${words.started(campaign)} · ${words.end(campaign)}`}
        above={<AnchorLink to="/security/reviews">← {t('reviews.back')}</AnchorLink>}
      >
        {closedAt === null && can('review.run') && (
          <Button variant="default" onClick={() => setClosing(true)}>
            {t('reviews.close')}
          </Button>
        )}
        {closedAt !== null && scopeOf(session, 'review.read') === 'all' && (
          <ButtonLink to="/security/reviews/$id/result" params={{ id }}>
            {t('reviews.result')}
          </ButtonLink>
        )}
      </PageHeader>
      <section className={`panel ${classes['section'] ?? ''}`} aria-label={progress}>
        <h2>{progress}</h2>
        <Progress value={(100 * answered) / total} size="xl" radius="sm" my={8} aria-label={progress} />
        <p className="quiet">{t('reviews.numbers', { kept, withdrawn, refused })}</p>
      </section>
      <Reviewers seen={seen} />
      {closedAt === null && <Fates seen={seen} />}
      <Rights seen={seen} />
      {closing && (
        <Confirm
          title={t('reviews.closeTitle')}
          text={t('reviews.closeText', { count: doomed.length }) + (ownToo ? t('reviews.closeOwn') : '')}
          confirm={t('reviews.close')}
          danger
          busy={close.isPending}
          problem={close.error}
          onConfirm={() => close.mutate()}
          onCancel={() => setClosing(false)}
        />
      )}
    </>
  );
}

function Reviewers({ seen }: { seen: Seen }) {
  const { t } = useTranslation();
  const dates = useDates();
  const { campaign, escalateAt, reviewers } = seen;
  return (
    <section className={`panel ${classes['section'] ?? ''}`} aria-label={t('reviews.byReviewer')}>
      <h2>{t('reviews.byReviewer')}</h2>
      {campaign.closedAt === null && <p className="quiet">{t('reviews.escalateAt', { day: dates.day(escalateAt) })}</p>}
      {reviewers.map(({ reviewer, total, answered, escalated }) => {
        const name = reviewer?.name ?? t('reviews.pool');
        const text = t('reviews.progress', { answered, total });
        return (
          <div key={reviewer?.id ?? ''} style={{ margin: '10px 0' }}>
            <div className={classes['bigLine']} style={{ marginBottom: 4 }}>
              <span>{name}</span>
              <small className="quiet">
                {text}
                {escalated > 0 && ` · ${t('reviews.escalated', { count: escalated })}`}
              </small>
            </div>
            <Progress value={(100 * answered) / total} radius="sm" aria-label={`${name}: ${text}`} />
          </div>
        );
      })}
    </section>
  );
}

function Fates({ seen: { campaign, unanswered } }: { seen: Seen }) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  return (
    <section className={`panel ${classes['section'] ?? ''}`} aria-label={t('reviews.fates')}>
      <h2>{t('reviews.fates')}</h2>
      {unanswered.length === 0 ? (
        <p>{t('reviews.noFates')}</p>
      ) : (
        <>
          <p className="quiet">{t('reviews.fatesText', { day: dates.day(campaign.deadlineAt) })}</p>
          <ScrollRegion label={t('reviews.fates')}>
            <Table aria-label={t('reviews.fates')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('reviews.person')}</Table.Th>
                  <Table.Th>{t('reviews.right')}</Table.Th>
                  <Table.Th>{t('reviews.reviewer')}</Table.Th>
                  <Table.Th>{t('reviews.outcome')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {unanswered.map(({ id, person, name, reviewer, held }) => (
                  <Table.Tr key={id}>
                    <Table.Td>{person.name}</Table.Td>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{reviewer?.name ?? t('reviews.pool')}</Table.Td>
                    <Table.Td>
                      {held === null ? t('reviews.fateGoes') : t('reviews.fateStays', { why: words.errors[held] })}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollRegion>
        </>
      )}
    </section>
  );
}

function Rights({ seen: { rights } }: { seen: Seen }) {
  const { t } = useTranslation();
  return (
    <section className={`panel ${classes['section'] ?? ''}`} aria-label={t('reviews.rights')}>
      <h2>{t('reviews.rights')}</h2>
      <RightsTable titles={[t('reviews.reviewer'), t('reviews.outcome')]}>
        {rights.map((right) => (
          <RightRow key={right.id} right={right}>
            <Table.Td>{right.reviewer?.name ?? t('reviews.pool')}</Table.Td>
            <Table.Td>
              {right.outcome === null ? (
                <span className="quiet">{t('reviews.unanswered')}</span>
              ) : (
                <Outcome right={right} />
              )}
              {right.note !== null && <small>{t('reviews.note_short', { note: right.note })}</small>}
            </Table.Td>
          </RightRow>
        ))}
      </RightsTable>
    </section>
  );
}
