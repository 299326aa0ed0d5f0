/** Clients leave: how the file is protected, then the file itself, once, with the password that is shown once. */
import { Button, Group, Modal, Radio, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListSearch } from '../app/search.ts';
import { useCan } from '../app/session.tsx';
import type { ExportProtection, PreparedExportView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import type { RecordKind } from '../records/kind.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { PreparedFile } from './PreparedFile.tsx';
import { WaitingFiles } from './WaitingFiles.tsx';

type ExportDialogProps = { kind: RecordKind; search: ListSearch; onClose: () => void };

export default function ExportDialog({ kind, search, onClose }: ExportDialogProps) {
  const { t } = useTranslation();
  const [made, setMade] = useState<PreparedExportView | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={made === null ? t('exports.title', { what: t(`exports.${kind.plural}`) }) : t('exports.readyTitle')}
      closeOnClickOutside={made === null}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {made === null ? (
        <Stack gap="lg">
          <AskForm kind={kind} search={search} onMade={setMade} />
          <WaitingFiles />
        </Stack>
      ) : (
        <PreparedFile made={made} onClose={onClose} />
      )}
    </Modal>
  );
}

function AskForm({
  kind,
  search,
  onMade,
}: Omit<ExportDialogProps, 'onClose'> & { onMade: (made: PreparedExportView) => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const client = useQueryClient();
  const [protection, setProtection] = useState<ExportProtection>('password');
  const [format, setFormat] = useState<'xlsx' | 'csv'>('xlsx');
  const [recipient, setRecipient] = useState('');
  const [reason, setReason] = useState('');
  const prepare = useMutation({
    mutationFn: () =>
      kind.prepareExport(search, {
        protection,
        format: protection === 'password' ? 'xlsx' : format,
        ...(protection === 'age' ? { recipient } : {}),
        ...(protection === 'plain' ? { reason } : {}),
      }),
    onSuccess: async (made) => {
      onMade(made);
      await client.invalidateQueries({ queryKey: ['exports'] });
    },
  });
  const said = { password: t('exports.passwordText'), age: t('exports.ageText'), plain: t('exports.plainText') };
  const offered = (['password', 'age', 'plain'] as const).filter(
    (one) => one !== 'plain' || can(kind.permission('export-plain')),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        prepare.mutate();
      }}
    >
      <Stack gap="md">
        <span className="quiet">{t('exports.intro')}</span>
        <Radio.Group label={t('exports.protection')} value={protection} onChange={(value) => setProtection(value)}>
          <Stack gap="xs" mt={8}>
            {offered.map((one) => (
              <Radio
                key={one}
                value={one}
                label={t(`exports.${one}`)}
                description={said[one]}
                disabled={prepare.isPending}
              />
            ))}
          </Stack>
        </Radio.Group>
        {protection === 'age' && (
          <Textarea
            label={t('exports.recipient')}
            description={t('exports.recipientHint')}
            placeholder="age1…"
            autosize
            minRows={1}
            classNames={{ input: 'mono' }}
            value={recipient}
            onChange={(event) => setRecipient(event.currentTarget.value)}
          />
        )}
        {protection === 'plain' && (
          <TextInput
            label={t('exports.reason')}
            maxLength={500}
            autoComplete="off"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {protection !== 'password' && (
          <div>
            <SegmentedControl
              aria-label={t('exports.format')}
              value={format}
              onChange={(value) => setFormat(value)}
              data={[
                { value: 'xlsx', label: t('exports.xlsx') },
                { value: 'csv', label: t('exports.csv') },
              ]}
            />
          </div>
        )}
        <ProblemAlert problem={prepare.error} />
        <Group justify="flex-end" gap="sm">
          {prepare.isPending && (
            <span className="quiet" role="status">
              {t('exports.preparing')}
            </span>
          )}
          <Button type="submit" loading={prepare.isPending}>
            {t('exports.prepare')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
