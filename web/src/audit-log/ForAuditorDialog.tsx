/** What somebody who verifies the log without us is given: the key, the newest checkpoint, the log as a file, and the verifiers. */
import { Anchor, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { call, download } from '../api/call.ts';
import { useTranslation } from '../i18n/index.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../ui/states.tsx';

export default function ForAuditorDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const dates = useDates();
  const head = useQuery({
    queryKey: ['audit', 'head'],
    queryFn: () => call('GET /api/v1/audit-log/head', {}),
    staleTime: 0,
  });
  const take = useMutation({
    mutationFn: () => download('GET /api/v1/audit-log/evidence', { query: {} }, 'audit-log.lubart-log'),
  });
  const body = () => {
    if (head.isPending) return <LoadingLines rows={6} />;
    if (head.isError) return <Failed problem={head.error} retry={() => void head.refetch()} />;
    const { key, checkpoint, size } = head.data;
    return (
      <Stack gap="md">
        <span className="quiet">{t('evidence.intro')}</span>
        <TextInput
          label={t('evidence.key')}
          description={t('evidence.keyHint')}
          readOnly
          value={key}
          onFocus={(event) => event.currentTarget.select()}
          classNames={{ input: 'mono' }}
        />
        <Group gap="sm">
          <CopyButton text={key} label={t('evidence.copyKey')} />
        </Group>
        {checkpoint !== null && (
          <>
            <Textarea
              label={t('evidence.checkpoint')}
              description={t('evidence.checkpointHint', { size: dates.number(size) })}
              readOnly
              autosize
              maxRows={8}
              value={checkpoint}
              onFocus={(event) => event.currentTarget.select()}
              classNames={{ input: 'mono' }}
            />
            <Group gap="sm">
              <CopyButton text={checkpoint} label={t('evidence.copyCheckpoint')} />
            </Group>
          </>
        )}
        <ProblemAlert problem={take.error} />
        <Group gap="sm">
          <Button
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={take.isPending}
            disabled={checkpoint === null}
            onClick={() => take.mutate()}
          >
            {t('evidence.take')}
          </Button>
        </Group>
        <span>
          {t('evidence.verifiers')}{' '}
          <Anchor href="/lubart-verifier.html" download>
            {t('evidence.page')}
          </Anchor>
          {', '}
          <Anchor href="/lubart-verify.mjs" download>
            {t('evidence.command')}
          </Anchor>
        </span>
      </Stack>
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size={640}
      title={t('evidence.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {body()}
    </Modal>
  );
}
