/** Which group of the provider gives which role here. */
import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { rolesQuery } from '../../api/queries.ts';
import { useCan } from '../../app/session.tsx';
import type { SsoProviderView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import classes from './sso.module.css';
import { useProviderChange } from './use-change.ts';

export function GroupsDialog({ provider, onClose }: { provider: SsoProviderView; onClose: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const roles = useQuery({ ...rolesQuery, enabled: can('role.read') }).data ?? [];
  const [claim, setClaim] = useState(provider.groups.claim);
  const [lines, setLines] = useState(provider.groups.roles.map((line, key) => ({ ...line, key })));
  const [next, setNext] = useState(lines.length);
  const change = useProviderChange(provider.id, onClose);
  const options = [
    { value: '', label: t('sso.chooseRole') },
    ...roles
      .filter(({ key }) => key !== 'owner' && key !== 'baseline')
      .map(({ key, id, name }) => ({ value: key ?? id, label: name })),
  ];
  const isReady = claim.trim() !== '' && lines.every(({ group, role }) => group.trim() !== '' && role !== '');
  const set = (at: number, part: Partial<{ group: string; role: string }>) =>
    setLines(lines.with(at, { ...lines[at]!, ...part }));
  return (
    <Modal
      opened
      onClose={onClose}
      size={600}
      title={t('sso.groupsTitle', { name: provider.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = lines.map(({ group, role }) => ({ group: group.trim(), role }));
          if (isReady) change.mutate({ groups: { claim: claim.trim(), roles: body } });
        }}
      >
        <Stack gap="sm">
          <p style={{ margin: 0 }}>{t('sso.groupsText')}</p>
          {lines.map(({ key, group, role }, at) => (
            <div key={key} className={classes['map']}>
              <TextInput
                label={t('sso.group')}
                value={group}
                maxLength={200}
                onChange={({ currentTarget: { value } }) => set(at, { group: value })}
              />
              <NativeSelect
                label={t('sso.role')}
                value={role}
                data={options}
                onChange={({ currentTarget: { value } }) => set(at, { role: value })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('sso.removeGroup', { group })}
                onClick={() => setLines(lines.filter((one) => one.key !== key))}
              >
                <IconX size={17} aria-hidden />
              </ActionIcon>
            </div>
          ))}
          <div>
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => {
                setLines([...lines, { group: '', role: '', key: next }]);
                setNext(next + 1);
              }}
            >
              {t('sso.addGroup')}
            </Button>
          </div>
          <TextInput
            label={t('sso.claim')}
            description={t('sso.claimHint')}
            classNames={{ input: 'mono' }}
            maxLength={100}
            value={claim}
            onChange={({ currentTarget: { value } }) => setClaim(value)}
          />
          <ProblemAlert problem={change.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!isReady} loading={change.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
