/** With whom, what for, until when: a client is shared in one short form. */
import { Button, Group, Modal, NativeSelect, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ShareRight } from '../../contract.ts';
import { compareNames } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import type { RecordKind, View } from '../kind.ts';
import { departmentOptions, useLookups } from '../lookups.tsx';

const reasonCharsMax = 300;
const shareDays = 30;
const shareDaysMax = 364;
const dayAhead = (days: number) => {
  const at = new Date(Date.now() + days * 86_400_000);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
};

type ShareDialogProps = { kind: RecordKind; view: View; onClose: () => void; onShared: () => void };

export function ShareDialog({ kind, view, onClose, onShared }: ShareDialogProps) {
  const { t } = useTranslation();
  const lookups = useLookups();
  const [to, setTo] = useState<'person' | 'department'>('person');
  const [receiver, setReceiver] = useState('');
  const [right, setRight] = useState<ShareRight>('read');
  const [until, setUntil] = useState(dayAhead(shareDays));
  const [reason, setReason] = useState('');
  const people = lookups.people
    .filter((person) => person.active && person.id !== view['ownerId'])
    .toSorted((a, b) => compareNames(a.name, b.name));
  const share = useMutation({
    mutationFn: () => {
      const given = {
        params: { id: view.id },
        body: {
          ...(to === 'person' ? { personId: receiver } : { departmentId: receiver }),
          right,
          until: new Date(`${until}T23:59:59`).toISOString(),
          ...(reason.trim() !== '' && { reason: reason.trim() }),
        },
      };
      return kind.name === 'contact'
        ? call('POST /api/v1/contacts/:id/shares', given)
        : call('POST /api/v1/companies/:id/shares', given);
    },
    onSuccess: () => {
      onShared();
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('sharing.shareOf', { name: kind.nameOf(view) || t('records.noName') })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          share.mutate();
        }}
      >
        <Stack gap="sm">
          <span className="quiet">{t('sharing.text')}</span>
          <Radio.Group
            label={t('sharing.withWhom')}
            value={to}
            onChange={(value) => {
              setTo(value === 'department' ? 'department' : 'person');
              setReceiver('');
            }}
          >
            <Group gap="lg" mt={8}>
              <Radio value="person" label={t('sharing.person')} />
              <Radio value="department" label={t('sharing.department')} />
            </Group>
          </Radio.Group>
          <NativeSelect
            label={t(to === 'person' ? 'sharing.personLabel' : 'sharing.departmentLabel')}
            value={receiver}
            required
            onChange={(event) => setReceiver(event.currentTarget.value)}
            data={[
              { value: '', label: t('sharing.choose') },
              ...(to === 'person'
                ? people.map((person) => ({ value: person.id, label: person.name }))
                : departmentOptions(lookups.departments)),
            ]}
          />
          <Radio.Group
            label={t('sharing.right')}
            value={right}
            onChange={(value) => setRight(value === 'edit' ? 'edit' : 'read')}
          >
            <Group gap="lg" mt={8}>
              <Radio value="read" label={t('sharing.rights.read')} />
              <Radio value="edit" label={t('sharing.rights.edit')} />
            </Group>
          </Radio.Group>
          <TextInput
            type="date"
            required
            label={t('sharing.until')}
            description={t('sharing.untilHint')}
            min={dayAhead(0)}
            max={dayAhead(shareDaysMax)}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          <Textarea
            label={t('sharing.reason')}
            placeholder={t('sharing.reasonHint')}
            maxLength={reasonCharsMax}
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ProblemAlert problem={share.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={share.isPending} disabled={receiver === '' || until === ''}>
              {t('sharing.share')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
