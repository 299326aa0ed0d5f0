/** A masked value, and the way to see it whole: one value, for a reason, for as long as this page is open. */
import { Button, Group, Modal, Textarea } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useCan } from '../app/session.tsx';
import type { FieldDeclaration } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { FieldValue } from './FieldValue.tsx';
import type { RecordKind } from './kind.ts';
import type { Lookups } from './lookups.tsx';
import { isEmpty } from './values.ts';

const reasonCharsMin = 3;
const reasonCharsMax = 300;

type MaskedValueProps = {
  kind: RecordKind;
  id: string;
  name: string;
  field: FieldDeclaration;
  label: string;
  value: unknown;
  lookups: Lookups;
};

export function MaskedValue({ kind, id, name, field, label, value, lookups }: MaskedValueProps) {
  const { t } = useTranslation();
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<{ value: unknown } | null>(null);
  const empty = field.mask !== 'hide' && isEmpty(value);
  if (empty || shown !== null) {
    return (
      <Group gap={8} align="flex-start">
        <FieldValue name={name} field={field} value={shown === null ? value : shown.value} lookups={lookups} />
        {shown !== null && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            leftSection={<IconEyeOff size={14} aria-hidden />}
            aria-label={t('reveal.hideField', { field: label })}
            onClick={() => setShown(null)}
          >
            {t('reveal.hide')}
          </Button>
        )}
      </Group>
    );
  }
  return (
    <Group gap={8} align="flex-start">
      {field.mask === 'hide' ? (
        <span className="quiet">{t('reveal.masked')}</span>
      ) : (
        <FieldValue name={name} field={field} value={value} lookups={lookups} short />
      )}
      {can(kind.permission('reveal')) && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconEye size={14} aria-hidden />}
          aria-label={t('reveal.showField', { field: label })}
          onClick={() => setAsking(true)}
        >
          {t('reveal.show')}
        </Button>
      )}
      {asking && (
        <RevealDialog
          kind={kind}
          id={id}
          name={name}
          label={label}
          onShown={(whole) => {
            setShown({ value: whole });
            setAsking(false);
          }}
          onCancel={() => setAsking(false)}
        />
      )}
    </Group>
  );
}

type RevealDialogProps = {
  kind: RecordKind;
  id: string;
  name: string;
  label: string;
  onShown: (value: unknown) => void;
  onCancel: () => void;
};

function RevealDialog({ kind, id, name, label, onShown, onCancel }: RevealDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const enough = reason.trim().length >= reasonCharsMin;
  const run = useMutation({
    // Never kept: what was shown is known to this page alone.
    gcTime: 0,
    mutationFn: () =>
      call(kind.name === 'contact' ? 'POST /api/v1/contacts/:id/reveal' : 'POST /api/v1/companies/:id/reveal', {
        params: { id },
        body: { field: name, reason: reason.trim() },
      }),
    onSuccess: ({ value }) => onShown(value),
  });
  return (
    <Modal
      opened
      onClose={onCancel}
      title={t('reveal.title', { field: label })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (enough && !run.isPending) run.mutate();
        }}
      >
        <p style={{ marginTop: 0 }}>{t('reveal.text')}</p>
        <Textarea
          label={t('reveal.reason')}
          placeholder={t('reveal.reasonHint')}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={reasonCharsMax}
          required
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          mb="sm"
        />
        <ProblemAlert problem={run.error} />
        <Group justify="flex-end" gap="sm" mt="md">
          <Button variant="default" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={run.isPending} disabled={!enough}>
            {t('reveal.show')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
