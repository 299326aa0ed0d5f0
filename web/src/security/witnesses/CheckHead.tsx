/** A head out of a letter, a message or a file, pasted back and held against the log. */
import { Alert, Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { verdictWords } from './anchor-words.ts';

export function CheckHead() {
  const { t } = useTranslation();
  const [head, setHead] = useState('');
  const check = useMutation({ mutationFn: () => call('POST /api/v1/security/heads/check', { body: { head } }) });
  const found = check.data;
  const color = found?.verdict === 'holds' ? 'green' : found?.verdict === 'unreadable' ? 'yellow' : 'red';
  return (
    <section>
      <h2>{t('anchors.checkTitle')}</h2>
      <p className="quiet">{t('anchors.checkText')}</p>
      <Stack gap="sm" maw={620}>
        <Textarea
          label={t('anchors.checkLabel')}
          autosize
          minRows={5}
          maxRows={12}
          value={head}
          onChange={({ currentTarget: { value } }) => setHead(value)}
        />
        <ProblemAlert problem={check.error} />
        {found !== undefined && (
          <Alert color={color} role="status">
            {t(verdictWords[found.verdict], { size: found.size ?? 0, newest: found.newestSize })}
          </Alert>
        )}
        <Group>
          <Button
            variant="default"
            loading={check.isPending}
            disabled={head.trim() === ''}
            onClick={() => check.mutate()}
          >
            {t('anchors.check')}
          </Button>
        </Group>
      </Stack>
    </section>
  );
}
