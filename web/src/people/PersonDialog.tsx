/** Changes a colleague: roles and department, help with signing in, closing of access. What is done stands at the bottom, always in sight. */
import { Alert, Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
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
import classes from './people.module.css';
import { RoleFields } from './RoleFields.tsx';

type Change = Partial<Pick<PersonView, 'name' | 'departmentId' | 'active'>> & { roles?: string[] };
type Aside = 'closing' | 'moving' | null;

export function PersonDialog({ person, onClose }: { person: PersonView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const can = useCan();
  const [aside, setAside] = useState<Aside>(null);
  const [part, setPart] = useState('rights');
  const isMe = session.person.id === person.id;
  const mayHelp = !isMe && person.active && can('person.recover');
  const change = useMutation({
    mutationFn: (body: Change) => call('PATCH /api/v1/people/:id', { params: { id: person.id }, body }),
    onSuccess: async (_, body) => {
      await client.invalidateQueries({ queryKey: ['people'] });
      await client.invalidateQueries({ queryKey: ['departments'] });
      tellDone(
        t(body.active === undefined ? 'people.changed' : body.active ? 'people.reactivated' : 'people.deactivated'),
      );
      onClose();
    },
  });
  if (aside === 'moving') return <MoveDialog person={person} onClose={onClose} />;
  if (aside === 'closing' && can('person.leave')) return <LeavingDialog person={person} onClose={onClose} />;
  if (aside === 'closing') {
    return (
      <Confirm
        title={t('people.deactivateTitle', { name: person.name })}
        text={t('people.deactivateText')}
        confirm={t('people.deactivate')}
        danger
        busy={change.isPending}
        problem={change.error}
        onConfirm={() => change.mutate({ active: false })}
        onCancel={() => setAside(null)}
      />
    );
  }
  const rights = (
    <RightsForm
      person={person}
      isMe={isMe}
      busy={change.isPending}
      problem={change.error}
      onSave={(body) => change.mutate(body)}
      onAside={setAside}
      onClose={onClose}
    />
  );
  return (
    <Modal
      opened
      onClose={onClose}
      size={640}
      title={person.name}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {mayHelp && (
        <SegmentedControl
          fullWidth
          mb="md"
          aria-label={t('people.parts')}
          value={part}
          onChange={setPart}
          data={[
            { value: 'rights', label: t('people.tabRights') },
            { value: 'signIn', label: t('people.tabSignIn') },
          ]}
        />
      )}
      {/* Both stay: what was changed in one is not lost by a look at the other. */}
      <div hidden={part !== 'rights'}>{rights}</div>
      {mayHelp && (
        <div hidden={part !== 'signIn'}>
          <HelpSignIn personId={person.id} />
        </div>
      )}
    </Modal>
  );
}

type RightsFormProps = {
  person: PersonView;
  isMe: boolean;
  busy: boolean;
  problem: unknown;
  onSave: (body: Change) => void;
  onAside: (aside: Aside) => void;
  onClose: () => void;
};

function RightsForm({ person, isMe, busy, problem, onSave, onAside, onClose }: RightsFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(person.name);
  const held = person.roles.map((role) => role.key ?? role.id);
  const [roles, setRoles] = useState<readonly string[]>(held);
  const [departmentId, setDepartmentId] = useState(person.departmentId);
  const changed = {
    ...(name.trim() !== person.name && { name: name.trim() }),
    ...(roles.toSorted().join() !== held.toSorted().join() && { roles: [...roles] }),
    ...(departmentId !== person.departmentId && { departmentId }),
  };
  const isReady = name.trim() !== '' && roles.length > 0 && Object.keys(changed).length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSave(changed);
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
        {!isMe && <Endings person={person} onAside={onAside} onBack={() => onSave({ active: true })} />}
        <ProblemAlert problem={problem} />
      </Stack>
      <Group gap="sm" className={classes['acts']}>
        <Button variant="default" ml="auto" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" disabled={!isReady} loading={busy}>
          {t('common.save')}
        </Button>
      </Group>
    </form>
  );
}

type EndingsProps = { person: PersonView; onAside: (aside: Aside) => void; onBack: () => void };

/** Leaving and moving; for who is gone, the way back and the certificate. */
function Endings({ person, onAside, onBack }: EndingsProps) {
  const { t } = useTranslation();
  const mayLeave = useCan()('person.leave');
  if (person.active) {
    return (
      <Group gap="xs">
        <Button variant="outline" color="brick" onClick={() => onAside('closing')}>
          {t(mayLeave ? 'leaving.button' : 'people.deactivate')}
        </Button>
        {mayLeave && (
          <Button variant="default" onClick={() => onAside('moving')}>
            {t('leaving.moveButton')}
          </Button>
        )}
      </Group>
    );
  }
  return (
    <Group gap="sm">
      <Button variant="default" onClick={onBack}>
        {t('people.reactivate')}
      </Button>
      {mayLeave && (
        <Link to="/people/$id/leaving" params={{ id: person.id }}>
          {t('leaving.openCertificate')}
        </Link>
      )}
    </Group>
  );
}
