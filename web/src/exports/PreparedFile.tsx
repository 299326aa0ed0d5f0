/** The file that is ready: its password this once, its mark, and the button that fetches it this once. */
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { PreparedExportView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { useFetchFile } from './use-exports.ts';

export function PreparedFile({ made, onClose }: { made: PreparedExportView; onClose: () => void }) {
  const { t } = useTranslation();
  const dates = useDates();
  const fetchFile = useFetchFile();
  const { export: file, password } = made;
  return (
    <Stack gap="md">
      <span>
        {t('exports.readyText', {
          count: file.rows,
          shown: dates.number(file.rows),
          until: dates.moment(file.expiresAt),
        })}
      </span>
      {password !== null && (
        <>
          <TextInput
            label={t('exports.passwordOnce')}
            readOnly
            value={password}
            size="md"
            onFocus={(event) => event.currentTarget.select()}
            classNames={{ input: 'mono' }}
          />
          <Group gap="sm">
            <CopyButton text={password} label={t('exports.copy')} />
          </Group>
          <Alert color="amber" variant="light">
            {t('exports.passwordKeep')}
          </Alert>
        </>
      )}
      <span className="quiet">
        {t('exports.mark')} <code>{file.mark}</code>. {t('exports.markText')}
      </span>
      <ProblemAlert problem={fetchFile.error} />
      {fetchFile.isSuccess && (
        <span className="quiet" role="status">
          {t('exports.fetched')}
        </span>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common.close')}
        </Button>
        {!fetchFile.isSuccess && (
          <Button
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={fetchFile.isPending}
            onClick={() => fetchFile.mutate(file)}
          >
            {t('exports.fetch')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
