/** Beside the code: the way on for whoever has neither phone nor recovery codes. */
import { Anchor } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useTranslation } from '../i18n/index.ts';
import { Confirm } from '../ui/Dialog.tsx';

export function AskRecovery({ ticket }: { ticket: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const ask = useMutation({
    mutationFn: () => call('POST /api/v1/recovery', { body: { ticket } }),
    onSuccess: ({ token }) => void navigate({ to: '/recover', hash: `token=${token}` }),
  });
  return (
    <>
      <Anchor component="button" type="button" size="sm" ta="left" c="dimmed" onClick={() => setAsking(true)}>
        {t('recovery.lost')}
      </Anchor>
      {asking && (
        <Confirm
          title={t('recovery.askTitle')}
          text={t('recovery.askText')}
          confirm={t('recovery.ask')}
          busy={ask.isPending}
          problem={ask.error}
          onConfirm={() => ask.mutate()}
          onCancel={() => setAsking(false)}
        />
      )}
    </>
  );
}
