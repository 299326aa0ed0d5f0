/** Whether somebody whom nobody invited becomes a person at the first sign-in, and with what. */
import { Button, Group, Modal, Stack, Switch } from '@mantine/core';
import { useState } from 'react';
import { useSession } from '../../app/session.tsx';
import type { SsoProviderView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { RoleFields } from '../../people/RoleFields.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useProviderChange } from './use-change.ts';

export function JoinsDialog({ provider, onClose }: { provider: SsoProviderView; onClose: () => void }) {
  const { t } = useTranslation();
  const own = useSession().person.department?.id ?? '';
  const [on, setOn] = useState(provider.joins !== null);
  const [roles, setRoles] = useState<readonly string[]>(provider.joins?.roles ?? ['manager']);
  const [departmentId, setDepartment] = useState(provider.joins?.departmentId ?? own);
  const change = useProviderChange(provider.id, onClose);
  return (
    <Modal
      opened
      onClose={onClose}
      size={540}
      title={t('sso.joinsTitle', { name: provider.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ joins: on ? { roles: [...roles], departmentId } : null });
        }}
      >
        <Stack gap="sm">
          <p style={{ margin: 0 }}>{t('sso.joinsText', { domains: provider.domains.join(', ') })}</p>
          <Switch label={t('sso.joinsOn')} checked={on} onChange={({ currentTarget: { checked } }) => setOn(checked)} />
          {on && (
            <RoleFields
              withoutOwner
              roles={roles}
              departmentId={departmentId}
              onRoles={setRoles}
              onDepartment={setDepartment}
            />
          )}
          <ProblemAlert problem={change.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={on && roles.length === 0} loading={change.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
