/** An import at work: how far, how fast, how long still. */
import { Button, Progress } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import type { ImportViewValue } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { Confirm } from '../ui/Dialog.tsx';
import classes from './imports.module.css';
import { ImportNumbers } from './ImportNumbers.tsx';

function useDuration() {
  const { t } = useTranslation();
  return (seconds: number) => {
    if (seconds < 90) return t('imports.seconds', { n: Math.max(1, Math.round(seconds)) });
    if (seconds < 5400) return t('imports.minutes', { n: Math.round(seconds / 60) });
    return t('imports.hours', { n: Math.floor(seconds / 3600), m: Math.round((seconds % 3600) / 60) });
  };
}

export function ImportProgress({ view }: { view: ImportViewValue }) {
  const { t } = useTranslation();
  const dates = useDates();
  const duration = useDuration();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => call('POST /api/v1/imports/:id/cancel', { params: { id: view.id } }),
    onSuccess: (stopped) => {
      setAsking(false);
      client.setQueryData(['imports', view.id], stopped);
    },
  });
  const percent = Math.floor(view.progress * 100);
  const reverting = view.state === 'reverting';
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('imports.stepImport')}>
      <h2>{t(reverting ? 'imports.revertingTitle' : 'imports.runningTitle')}</h2>
      <p className="quiet">{t('imports.runningText')}</p>
      <Progress.Root size="lg">
        <Progress.Section value={percent} aria-label={t('imports.progress')} />
      </Progress.Root>
      <div className={classes['live']} role="status">
        <strong>{percent} %</strong>
        {view.rowsPerSecond !== null && (
          <span>{t('imports.rate', { rate: dates.number(Math.round(view.rowsPerSecond)) })}</span>
        )}
        {view.remainingSeconds !== null && (
          <span>{t('imports.remaining', { time: duration(view.remainingSeconds) })}</span>
        )}
      </div>
      <ImportNumbers view={view} />
      {view.abilities.cancel && (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('imports.cancel')}
        </Button>
      )}
      {asking && (
        <Confirm
          title={t('imports.cancelTitle')}
          text={t('imports.cancelText')}
          confirm={t('imports.cancel')}
          busy={cancel.isPending}
          problem={cancel.error}
          onConfirm={() => cancel.mutate()}
          onCancel={() => setAsking(false)}
        />
      )}
    </section>
  );
}
