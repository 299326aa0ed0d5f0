/** The first step of an import: what is in the file, and the file itself, sent as it is. */
import { Button, Progress, SegmentedControl } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { call, upload } from '../api/call.ts';
import { useCan } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import type { ImportKind, ImportViewValue } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { NoRight } from '../ui/states.tsx';
import { FileDrop } from './FileDrop.tsx';
import classes from './imports.module.css';
import { ImportSteps } from './ImportSteps.tsx';

export default function ImportNewPage() {
  const { t } = useTranslation();
  const can = useCan();
  useTitle(t('imports.create'));
  if (!can('contact.import')) return <NoRight permission="contact.import" />;
  return <NewImport />;
}

/** Announces the file and sends it; tells how much has gone (0…1). */
export function useFileUpload(onDone: (view: ImportViewValue) => void) {
  const [part, setPart] = useState(0);
  const stop = useRef<AbortController | null>(null);
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: async ({ kind, file }: { kind: ImportKind; file: File }) => {
      setPart(0);
      stop.current = new AbortController();
      const view = await call('POST /api/v1/imports', {
        body: { kind, fileName: file.name.slice(0, 300), sizeBytes: file.size },
      });
      return upload<ImportViewValue>(`/api/v1/imports/${view.id}/file`, file, setPart, stop.current.signal);
    },
    onSuccess: (view) => {
      client.setQueryData(['imports', view.id], view);
      void client.invalidateQueries({ queryKey: ['imports'], exact: true });
      onDone(view);
    },
  });
  return { mutation, part, stop: () => stop.current?.abort() };
}

function NewImport() {
  const { t } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const [kind, setKind] = useState<ImportKind>('contacts');
  const { mutation, part, stop } = useFileUpload(
    (view) => void navigate({ to: '/imports/$id', params: { id: view.id } }),
  );
  const stopped = mutation.error instanceof DOMException;
  const percent = Math.round(part * 100);
  return (
    <div className="page" style={{ maxWidth: 900 }}>
      <PageHeader title={t('imports.create')} intro={t('imports.intro')} />
      <ImportSteps at={0} />
      <section className={`panel ${classes['section']}`} aria-label={t('imports.stepFile')}>
        <h2 id="import-kind">{t('imports.whatTitle')}</h2>
        <SegmentedControl
          mt={8}
          mb={16}
          aria-labelledby="import-kind"
          value={kind}
          disabled={mutation.isPending}
          onChange={(value) => setKind(value)}
          data={[
            { value: 'contacts', label: t('imports.kinds.contacts') },
            { value: 'companies', label: t('imports.kinds.companies'), disabled: !can('company.import') },
          ]}
        />
        {mutation.isPending ? (
          <div className={classes['drop']}>
            <strong>{t('imports.uploading', { name: mutation.variables.file.name })}</strong>
            <Progress value={percent} w="100%" maw={420} aria-label={t('imports.uploadedPart', { percent })} />
            <span className="quiet" role="status">
              {t('imports.uploadedPart', { percent })}
            </span>
            <Button variant="default" onClick={stop}>
              {t('imports.stop')}
            </Button>
          </div>
        ) : (
          <FileDrop onFile={(file) => mutation.mutate({ kind, file })} />
        )}
        {mutation.isError && !stopped && (
          <div style={{ marginTop: 12 }}>
            <ProblemAlert problem={mutation.error} />
          </div>
        )}
      </section>
    </div>
  );
}
