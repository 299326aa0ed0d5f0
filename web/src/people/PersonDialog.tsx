/** Changes a colleague’s name, role, department, and whether the person may sign in. */
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useCan, useSession } from '../app/session.tsx';
import type { PersonView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { tellDone } from '../ui/tell.ts';
import { HelpSignIn } from './HelpSignIn.tsx';
import { LeavingDialog } from './leaving/LeavingDialog.tsx';
import { MoveDialog } from './leaving/MoveDialog.tsx';
import { RoleFields } from './RoleFields.tsx';

export function PersonDialog({ person, onClose }: { person: PersonView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const [name, setName] = useState(person.name);
  const held = person.roles.map((role) => role.key ?? role.id);
  const [roles, setRoles] = useState<readonly string[]>(held);
  const [departmentId, setDepartmentId] = useState(person.departmentId);
  const [closing, setClosing] = useState(false);
  const [moving, setMoving] = useState(false);
  const can = useCan();
  const mayLeave = can('person.leave');
  const isMe = session.person.id === person.id;
  const change = useMutation({
    mutationFn: (body: Partial<Pick<PersonView, 'name' | 'departmentId' | 'active'>> & { roles?: string[] }) =>
      call('PATCH /api/v1/people/:id', { params: { id: person.id }, body }),
    onSuccess: async (_, body) => {
      await client.invalidateQueries({ queryKey: ['people'] });
      await client.invalidateQueries({ queryKey: ['departments'] });
      tellDone(
        t(body.active === undefined ? 'people.changed' : body.active ? 'people.reactivated' : 'people.deactivated'),
      );
      onClose();
    },
  });
  const changed = {
    ...(name.trim() !== person.name && { name: name.trim() }),
    ...(roles.toSorted().join() !== held.toSorted().join() && { roles: [...roles] }),
    ...(departmentId !== person.departmentId && { departmentId }),
  };
  if (moving) return <MoveDialog person={person} onClose={onClose} />;
  if (closing && mayLeave) return <LeavingDialog person={person} onClose={onClose} />;
  if (closing) {
    return (
      <Confirm
        title={t('people.deactivateTitle', { name: person.name })}
        text={t('people.deactivateText')}
        confirm={t('people.deactivate')}
        danger
        busy={change.isPending}
        problem={change.error}
        onConfirm={() => change.mutate({ active: false })}
        onCancel={() => setClosing(false)}
      />
    );
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={t('people.changeTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '' && Object.keys(changed).length > 0) change.mutate(changed);
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('people.name')}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <RoleFields
            roles={roles}
            departmentId={departmentId}
            onRoles={setRoles}
            onDepartment={setDepartmentId}
            disabled={isMe}
          />
          <Alert variant="light" color="gray">
            {t(isMe ? 'people.ownRole' : 'people.changeText')}
          </Alert>
          {!isMe && person.active && <HelpSignIn personId={person.id} />}
          <ProblemAlert problem={change.error} />
          <Group gap="sm">
            {!isMe &&
              (person.active ? (
                <>
                  <Button variant="subtle" color="brick" onClick={() => setClosing(true)}>
                    {t(mayLeave ? 'leaving.button' : 'people.deactivate')}
                  </Button>
                  {mayLeave && (
                    <Button variant="subtle" onClick={() => setMoving(true)}>
                      {t('leaving.moveButton')}
                    </Button>
                  )}
                </>
              ) : (
                <>
                  <Button variant="subtle" onClick={() => change.mutate({ active: true })}>
                    {t('people.reactivate')}
                  </Button>
                  {mayLeave && (
                    <Link to="/people/$id/leaving" params={{ id: person.id }}>
                      {t('leaving.openCertificate')}
                    </Link>
                  )}
                </>
              ))}
            <Button variant="default" ml="auto" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              disabled={name.trim() === '' || roles.length === 0 || Object.keys(changed).length === 0}
              loading={change.isPending}
            >
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
