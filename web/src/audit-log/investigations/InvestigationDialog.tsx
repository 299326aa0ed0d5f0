/** What an investigation is called and what it is for: a new one, or said anew. */
import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { InvestigationView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';
import { investigationsKey } from './queries.ts';

type DialogProps = {
  investigation?: InvestigationView;
  onDone: (investigation: InvestigationView) => void;
  onClose: () => void;
};

export default function InvestigationDialog({ investigation, onDone, onClose }: DialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(investigation?.name ?? '');
  const [purpose, setPurpose] = useState(investigation?.purpose ?? '');
  const save = useMutation({
    mutationFn: () =>
      investigation === undefined
        ? call('POST /api/v1/investigations', { body: { name, purpose } })
        : call('PATCH /api/v1/investigations/:id', { params: { id: investigation.id }, body: { name, purpose } }),
    onSuccess: async (saved) => {
      tellDone(t(investigation === undefined ? 'investigations.opened' : 'investigations.saved'));
      await client.invalidateQueries({ queryKey: investigationsKey });
      onDone(saved);
    },
  });
  const title = t(investigation === undefined ? 'investigations.openTitle' : 'investigations.edit');
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextInput
          label={t('investigations.name')}
          placeholder={t('investigations.namePlaceholder')}
          autoComplete="off"
          maxLength={200}
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          mt="md"
          label={t('investigations.purpose')}
          description={t('investigations.purposeHint')}
          autosize
          minRows={3}
          maxLength={2000}
          value={purpose}
          onChange={(event) => setPurpose(event.currentTarget.value)}
        />
        <ProblemAlert problem={save.error} />
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
            {t(investigation === undefined ? 'investigations.open' : 'investigations.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
