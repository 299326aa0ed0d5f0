/** The signed result: made to be printed, with the signature and what verifies it. */
import { Alert, Button, Table } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { download } from '../../api/call.ts';
import type { Answer } from '../../api/call.ts';
import { AnchorLink } from '../../app/links.tsx';
import { useTitle } from '../../app/title.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { useCampaignWords } from './campaign-words.ts';
import { resultQuery } from './queries.ts';
import classes from './reviews.module.css';
import { RightRow, RightsTable } from './RightsTable.tsx';

type Result = Answer<'GET /api/v1/reviews/:id/result'>;

export default function ResultPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false });
  const query = useQuery(resultQuery(id));
  useTitle(t('reviews.resultTitle'));
  if (query.isPending) return <LoadingLines rows={8} />;
  if (query.isError) return <Failed page problem={query.error} retry={() => void query.refetch()} />;
  return <Sheet result={query.data} />;
}

function Sheet({ result }: { result: Result }) {
  const { t } = useTranslation();
  const dates = useDates();
  const words = useCampaignWords();
  const { campaign, organization, verification } = result;
  const { id, kept, withdrawn, refused } = campaign;
  const file = useMutation({
    mutationFn: () => download('GET /api/v1/reviews/:id/file', { params: { id } }, `lubart-review-${id}.json`),
  });
  return (
    <div className={classes['sheet']}>
      <PageHeader
        title={t('reviews.resultTitle')}
        intro={`${organization} · ${words.title(campaign)} · ${words.started(campaign)} · ${words.end(campaign)}`}
        above={
          <AnchorLink className={classes['noPrint'] ?? ''} to="/security/reviews/$id" params={{ id }}>
            ← {words.title(campaign)}
          </AnchorLink>
        }
      >
        <Button
          variant="default"
          className={classes['noPrint'] ?? ''}
          loading={file.isPending}
          onClick={() => file.mutate()}
        >
          {t('reviews.download')}
        </Button>
        <Button className={classes['noPrint'] ?? ''} onClick={() => window.print()}>
          {t('reviews.print')}
        </Button>
      </PageHeader>
      <ProblemAlert problem={file.error} />
      <Alert color={verification.valid ? 'green' : 'red'} role={verification.valid ? 'status' : 'alert'} mb="md">
        {verification.valid ? t('reviews.signatureValid') : t('reviews.signatureWrong')}
      </Alert>
      <section className={`panel ${classes['section'] ?? ''}`} aria-label={t('reviews.rights')}>
        <h2>{t('reviews.numbersTitle')}</h2>
        <p>{t('reviews.numbers', { kept, withdrawn, refused })}</p>
        <Decisions result={result} />
      </section>
      <section className={`panel ${classes['section'] ?? ''}`} aria-label={t('reviews.signatureTitle')}>
        <h2>{t('reviews.signatureTitle')}</h2>
        <dl className={classes['facts']}>
          <dt>{t('reviews.signedAt')}</dt>
          <dd>{dates.exact(verification.signedAt)}</dd>
          <dt>{t('reviews.publicKey')}</dt>
          <dd className="mono">{verification.publicKey}</dd>
          <dt>{t('reviews.signatureValue')}</dt>
          <dd className="mono">{verification.signature}</dd>
          <dt>{t('reviews.hash')}</dt>
          <dd className="mono">{verification.sha256}</dd>
        </dl>
        <p className="quiet" style={{ marginTop: 12 }}>
          {t('reviews.verifyHow')}
        </p>
      </section>
    </div>
  );
}

function Decisions({ result: { rights } }: { result: Result }) {
  const { t } = useTranslation();
  const { errors } = useWords();
  const dates = useDates();
  return (
    <RightsTable titles={[t('reviews.outcome'), t('reviews.decided')]}>
      {rights.map((right) => (
        <RightRow key={right.id} right={right}>
          <Table.Td>
            {right.outcome !== null && t(`reviews.outcomes.${right.outcome}`)}
            {right.refused !== null && <small style={{ display: 'block' }}>{errors[right.refused]}</small>}
            {right.note !== null && (
              <small style={{ display: 'block' }}>{t('reviews.note_short', { note: right.note })}</small>
            )}
          </Table.Td>
          <Table.Td>
            {right.answeredBy ?? t('reviews.deadlineDecided')}
            <small className="quiet" style={{ display: 'block' }}>
              {dates.moment(right.answeredAt)}
            </small>
          </Table.Td>
        </RightRow>
      ))}
    </RightsTable>
  );
}
