/** One import, in whatever state it is. */
import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { AnchorLink } from '../app/links.tsx';
import { useCan } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import type { ImportViewValue } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Failed, LoadingLines, NoRight } from '../ui/states.tsx';
import { ImportProgress } from './ImportProgress.tsx';
import { ImportResult } from './ImportResult.tsx';
import { ImportSteps } from './ImportSteps.tsx';
import { ImportWizard } from './ImportWizard.tsx';

export const importQuery = (id: string) => ({
  queryKey: ['imports', id],
  queryFn: () => call('GET /api/v1/imports/:id', { params: { id } }),
});

export default function ImportPage() {
  const { t } = useTranslation();
  const can = useCan();
  const { id } = useParams({ from: '/inside/imports/$id' });
  useTitle(t('imports.title'));
  const query = useQuery({
    ...importQuery(id),
    enabled: can('contact.import'),
    refetchInterval: ({ state }) => (['running', 'reverting'].includes(state.data?.state ?? '') ? 1000 : false),
  });
  if (!can('contact.import')) return <NoRight permission="contact.import" />;
  if (query.isPending)
    return (
      <div className="page">
        <LoadingLines rows={9} />
      </div>
    );
  if (query.data === undefined)
    return (
      <div className="page">
        <Failed page problem={query.error} retry={() => void query.refetch()} />
      </div>
    );
  const view = query.data;
  return (
    <div className="page">
      <PageHeader
        above={
          <nav>
            <AnchorLink to="/imports" size="sm">
              ← {t('imports.title')}
            </AnchorLink>
          </nav>
        }
        title={view.fileName}
        intro={`${t(`imports.kinds.${view.kind}`)} · ${t(`imports.states.${view.state}`)}`}
      />
      <Body view={view} />
    </div>
  );
}

function Body({ view }: { view: ImportViewValue }) {
  const { t } = useTranslation();
  if (view.state === 'ready') return <ImportWizard key={view.id} view={view} />;
  if (view.state === 'running' || view.state === 'reverting') {
    return (
      <>
        <ImportSteps at={3} />
        <ImportProgress view={view} />
      </>
    );
  }
  if (view.state === 'uploading') {
    return (
      <Alert color="amber" variant="light" title={t('imports.notReady')}>
        {t('imports.uploadAgain')} <AnchorLink to="/imports/new">{t('imports.create')}</AnchorLink>
      </Alert>
    );
  }
  return <ImportResult view={view} />;
}
