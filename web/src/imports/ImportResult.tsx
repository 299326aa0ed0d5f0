/** What an import came to, the rejected rows, and the way back. */
import { Alert, Button, Group } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconDownload } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call, download } from '../api/call.ts';
import { ButtonLink } from '../app/links.tsx';
import type { ErrorCode, ImportViewValue } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { useProblemText } from '../ui/ProblemAlert.tsx';
import { tellProblem } from '../ui/tell.ts';
import { ImportNumbers } from './ImportNumbers.tsx';
import classes from './imports.module.css';

const titles = {
  finished: 'finishedTitle',
  cancelled: 'cancelledTitle',
  failed: 'failedTitle',
  reverted: 'revertedTitle',
} as const;

/** Lists that were read before the import, or before its way back, are old now. */
function forgetLists(client: QueryClient): void {
  client.removeQueries({ queryKey: ['contacts'] });
  client.removeQueries({ queryKey: ['companies'] });
}

export function ImportResult({ view }: { view: ImportViewValue }) {
  const { t } = useTranslation();
  const words = useWords();
  const client = useQueryClient();
  const textOf = useProblemText();
  const [asking, setAsking] = useState(false);
  useEffect(() => forgetLists(client), [client]);
  const rejected = useMutation({
    mutationFn: () => download('GET /api/v1/imports/:id/rejected', { params: { id: view.id } }, 'rejected.csv'),
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
  const revert = useMutation({
    mutationFn: () => call('POST /api/v1/imports/:id/revert', { params: { id: view.id } }),
    onSuccess: (reverting) => {
      setAsking(false);
      forgetLists(client);
      client.setQueryData(['imports', view.id], reverting);
    },
  });
  return (
    <section
      className={`panel ${classes['section']}`}
      aria-label={t(`imports.${titles[view.state as keyof typeof titles]}`)}
    >
      <h2>{t(`imports.${titles[view.state as keyof typeof titles]}`)}</h2>
      {view.failure !== null && (
        <Alert color="brick" variant="light" role="alert" mt="sm" icon={<IconAlertTriangle size={18} aria-hidden />}>
          {words.errors[view.failure as ErrorCode] ?? view.failure}
        </Alert>
      )}
      {view.state === 'reverted' && (
        <p>{t('imports.revertedText', { reverted: view.revertedRows, kept: view.keptRows })}</p>
      )}
      <ImportNumbers view={view} />
      <Group gap="sm">
        {view.rowsCreated + view.rowsUpdated > 0 && view.state !== 'reverted' && (
          <ButtonLink to={view.kind === 'contacts' ? '/contacts' : '/companies'}>{t('imports.toRecords')}</ButtonLink>
        )}
        {view.rowsRejected > 0 && (
          <Button
            variant="default"
            loading={rejected.isPending}
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => rejected.mutate()}
          >
            {t('imports.downloadRejected')}
          </Button>
        )}
        {view.abilities.revert && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {t('imports.revert')}
          </Button>
        )}
      </Group>
      {asking && (
        <Confirm
          title={t('imports.revertTitle')}
          text={t('imports.revertText')}
          confirm={t('imports.revertConfirm')}
          danger
          busy={revert.isPending}
          problem={revert.error}
          onConfirm={() => revert.mutate()}
          onCancel={() => setAsking(false)}
        />
      )}
    </section>
  );
}
