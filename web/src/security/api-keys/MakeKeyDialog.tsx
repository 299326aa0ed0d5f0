/** Makes a key: what for, what it may, from where, until when. */
import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ApiKeyView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';

const terms = ['30', '90', '180', '365'] as const;

type MakeKeyDialogProps = {
  roles: ApiKeyView['roles'];
  onMade: (secret: string) => void;
  onClose: () => void;
};

export function MakeKeyDialog({ roles, onMade, onClose }: MakeKeyDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const [networks, setNetworks] = useState('');
  const [days, setDays] = useState<string>('90');
  const make = useMutation({
    mutationFn: () =>
      call('POST /api/v1/api-keys', {
        body: {
          name: name.trim(),
          roles: chosen,
          networks: networks.split(/[\s,;]+/).filter((range) => range !== ''),
          days: Number(days),
        },
      }),
    onSuccess: async ({ secret }) => {
      await client.invalidateQueries({ queryKey: ['security', 'api-keys'] });
      onMade(secret);
    },
  });
  const ready = name.trim() !== '' && chosen.length > 0;
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('apiKeys.makeTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) make.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('apiKeys.name')}
            description={t('apiKeys.nameHint')}
            data-autofocus
            autoComplete="off"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Checkbox.Group
            label={t('apiKeys.roles')}
            description={t('apiKeys.rolesHint')}
            value={chosen}
            onChange={setChosen}
          >
            {roles.map((role) => (
              <Checkbox key={role.id} value={role.id} mt={8} label={role.name} />
            ))}
          </Checkbox.Group>
          <Textarea
            label={t('apiKeys.networks')}
            description={t('apiKeys.networksHint')}
            placeholder="203.0.113.10"
            autosize
            minRows={1}
            value={networks}
            onChange={(event) => setNetworks(event.currentTarget.value)}
          />
          <NativeSelect
            label={t('apiKeys.term')}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
            data={terms.map((term) => ({ value: term, label: t('apiKeys.days', { count: Number(term) }) }))}
          />
          <ProblemAlert problem={make.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!ready} loading={make.isPending}>
              {t('apiKeys.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
