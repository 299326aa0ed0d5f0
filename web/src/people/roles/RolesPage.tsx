/** All roles; one opens as a matrix. */
import { Badge, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { rolesQuery } from '../../api/queries.ts';
import { useCan } from '../../app/session.tsx';
import type { RoleView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines, NoRight, State } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import classesOfPeople from '../people.module.css';
import { PeopleFrame } from '../PeopleFrame.tsx';
import { RoleEditor } from './RoleEditor.tsx';
import classes from './roles.module.css';

export default function RolesPage() {
  const can = useCan();
  if (!can('role.read')) return <NoRight permission="role.read" />;
  return (
    <PeopleFrame>
      <Roles />
    </PeopleFrame>
  );
}

function Roles() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useQuery(rolesQuery);
  const id = useLocation({ select: ({ hash }) => hash });
  const [making, setMaking] = useState(false);
  if (query.isPending) return <LoadingLines rows={9} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const open = query.data.find((role) => role.id === id);
  if (open !== undefined) return <RoleEditor key={open.id} role={open} />;
  return (
    <>
      <div className={classesOfPeople['tools']}>
        <p className={classes['intro']}>{t('roles.intro')}</p>
        {can('role.update') && (
          <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
            {t('roles.new')}
          </Button>
        )}
      </div>
      {query.data.length === 0 ? (
        <State drawing="nothing" title={t('roles.empty')} />
      ) : (
        <ul className={classes['list']} aria-label={t('roles.list')}>
          {query.data.map((role) => (
            <li key={role.id}>
              <RoleLine role={role} />
            </li>
          ))}
        </ul>
      )}
      {making && <NewRoleDialog roles={query.data} onClose={() => setMaking(false)} />}
    </>
  );
}

function RoleLine({ role }: { role: RoleView }) {
  const { t } = useTranslation();
  const { key } = role;
  const hint =
    key === 'baseline' ? t('roles.baselineNote') : key === null || role.edited ? '' : t(`people.roleHints.${key}`);
  const mark = key === 'owner' ? 'roles.fixed' : key === null ? 'roles.own' : role.edited ? 'roles.edited' : null;
  return (
    <Link to="/people/roles" hash={role.id} className={classes['item']}>
      <strong>{role.name}</strong>
      <small>{hint}</small>
      {mark !== null && (
        <Badge variant="default" tt="none" fw={500}>
          {t(mark)}
        </Badge>
      )}
      <span className="quiet">
        {key === 'baseline' ? t('roles.everybody') : t('roles.people', { count: role.peopleCount })}
      </span>
    </Link>
  );
}

function NewRoleDialog({ roles, onClose }: { roles: readonly RoleView[]; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [from, setFrom] = useState('');
  const create = useMutation({
    mutationFn: () => {
      const source = roles.find(({ id }) => id === from);
      return call('POST /api/v1/roles', {
        body: { name: name.trim(), grants: source?.grants ?? {}, fieldRights: source?.fieldRights ?? {} },
      });
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: rolesQuery.queryKey, exact: true });
      tellDone(t('roles.created'));
      onClose();
      await navigate({ to: '/people/roles', hash: made.id });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('roles.new')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') create.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('roles.name')}
            description={t('roles.nameHint')}
            data-autofocus
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t('roles.startFrom')}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            data={[
              { value: '', label: t('roles.startEmpty') },
              ...roles
                .filter(({ mayChange }) => mayChange)
                .map((role) => ({ value: role.id, label: t('roles.startCopy', { name: role.name }) })),
            ]}
          />
          <ProblemAlert problem={create.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={create.isPending}>
              {t('roles.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
