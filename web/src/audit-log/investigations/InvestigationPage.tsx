/** One investigation: what it is for, the entries that were marked, the filters that found them, and the file for others. */
import { Alert, Button, Textarea } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call, download } from '../../api/call.ts';
import { AnchorLink } from '../../app/links.tsx';
import { useCan } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import type { InvestigationView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines, NoRight } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import classes from './investigations.module.css';
import InvestigationDialog from './InvestigationDialog.tsx';
import { KeptFilters } from './KeptFilters.tsx';
import { Marks } from './Marks.tsx';
import { investigationsKey, oneQuery } from './queries.ts';

export default function InvestigationPage() {
  const { t } = useTranslation();
  const can = useCan();
  useTitle(t('investigations.title'));
  const { id } = useParams({ from: '/inside/audit-log/investigations/$id' });
  if (!can('audit.read')) return <NoRight permission="audit.read" />;
  return <One id={id} />;
}

function One({ id }: { id: string }) {
  const query = useQuery(oneQuery(id));
  if (query.isPending)
    return (
      <div className="page">
        <LoadingLines rows={10} />
      </div>
    );
  if (query.isError) return <Failed page problem={query.error} retry={() => void query.refetch()} />;
  const { investigation, filters } = query.data;
  return (
    <div className="page">
      <Head investigation={investigation} />
      <div className={classes['parts']}>
        <Marks investigation={investigation} />
        <KeptFilters investigation={investigation} filters={filters} />
      </div>
    </div>
  );
}

function Head({ investigation }: { investigation: InvestigationView }) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const [asked, setAsked] = useState<'edit' | 'close' | null>(null);
  const { id, name, purpose, conclusion, openedBy, openedAt, closedBy, closedAt, abilities } = investigation;
  const renew = () => client.invalidateQueries({ queryKey: investigationsKey });
  const reopen = useMutation({
    mutationFn: () => call('POST /api/v1/investigations/:id/reopen', { params: { id } }),
    onSuccess: async () => {
      tellDone(t('investigations.reopened'));
      await renew();
    },
  });
  const take = useMutation({
    mutationFn: () =>
      download('GET /api/v1/investigations/:id/evidence', { params: { id } }, 'investigation.lubart-log'),
  });
  return (
    <>
      <PageHeader
        title={name}
        above={
          <AnchorLink to="/audit-log/investigations" size="sm">
            ← {t('investigations.all')}
          </AnchorLink>
        }
      >
        {abilities.lead && closedAt === null && (
          <>
            <Button variant="default" aria-haspopup="dialog" onClick={() => setAsked('edit')}>
              {t('investigations.edit')}
            </Button>
            <Button variant="default" aria-haspopup="dialog" onClick={() => setAsked('close')}>
              {t('investigations.close')}
            </Button>
          </>
        )}
        {abilities.lead && closedAt !== null && (
          <Button variant="default" loading={reopen.isPending} onClick={() => reopen.mutate()}>
            {t('investigations.reopen')}
          </Button>
        )}
        <Button
          leftSection={<IconCertificate size={16} aria-hidden />}
          loading={take.isPending}
          onClick={() => take.mutate()}
        >
          {t('investigations.evidence')}
        </Button>
      </PageHeader>
      <ProblemAlert problem={take.error ?? reopen.error} />
      {purpose !== '' && <p className={classes['text']}>{purpose}</p>}
      <p className="quiet">
        {t('investigations.openedBy', { when: dates.moment(openedAt), name: openedBy.name })}
        {closedAt !== null &&
          ` · ${t('investigations.closedBy', { when: dates.moment(closedAt), name: closedBy?.name ?? '' })}`}
      </p>
      {closedAt !== null && conclusion !== '' && (
        <Alert color="gray" variant="light" mb="md" title={t('investigations.conclusion')}>
          <span className={classes['text']}>{conclusion}</span>
        </Alert>
      )}
      <p className="quiet">
        {closedAt === null && `${t('investigations.kept')} `}
        {t('investigations.evidenceHint')}
      </p>
      {asked === 'edit' && (
        <InvestigationDialog
          investigation={investigation}
          onDone={() => setAsked(null)}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === 'close' && <Close investigation={investigation} onDone={() => setAsked(null)} />}
    </>
  );
}

function Close({
  investigation: { id, conclusion: before },
  onDone,
}: {
  investigation: InvestigationView;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [conclusion, setConclusion] = useState(before);
  const close = useMutation({
    mutationFn: () => call('POST /api/v1/investigations/:id/close', { params: { id }, body: { conclusion } }),
    onSuccess: async () => {
      tellDone(t('investigations.closedDone'));
      await client.invalidateQueries({ queryKey: investigationsKey });
      onDone();
    },
  });
  return (
    <Confirm
      title={t('investigations.close')}
      text={
        <>
          {t('investigations.closeText')}
          <Textarea
            mt="md"
            label={t('investigations.conclusion')}
            description={t('investigations.conclusionHint')}
            autosize
            minRows={3}
            maxLength={2000}
            value={conclusion}
            onChange={(event) => setConclusion(event.currentTarget.value)}
          />
        </>
      }
      confirm={t('investigations.close')}
      busy={close.isPending}
      problem={close.error}
      onConfirm={() => close.mutate()}
      onCancel={onDone}
    />
  );
}
