/** The tree of departments: who works where, who leads, who stands in. Departments and people are moved by hand or by keyboard. */
import { Button, Switch } from '@mantine/core';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { departmentsQuery, peopleQuery } from '../../api/queries.ts';
import { useCan } from '../../app/session.tsx';
import type { DepartmentView, PersonView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { MoveDialog } from '../leaving/MoveDialog.tsx';
import { PeopleFrame } from '../PeopleFrame.tsx';
import people from '../people.module.css';
import { DeleteDialog, DepartmentDialog, OrganizationDialog } from './DepartmentDialogs.tsx';
import { DepartmentTree } from './DepartmentTree.tsx';
import { Deputies } from './Deputies.tsx';
import { HeadsDialog } from './HeadsDialog.tsx';
import { MoveDepartmentDialog } from './MoveDepartmentDialog.tsx';

/** What is being done; `move` needs a confirmation that says what changes. */
export type Act =
  | { kind: 'organization' }
  | { kind: 'new'; parentId: string | null }
  | { kind: 'change' | 'delete' | 'heads'; department: DepartmentView }
  | { kind: 'move'; department: DepartmentView; to: DepartmentView }
  | { kind: 'movePerson'; person: PersonView; to: string };

export default function DepartmentsPage() {
  return (
    <PeopleFrame>
      <Departments />
    </PeopleFrame>
  );
}

function Departments() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useQuery(departmentsQuery);
  const colleagues = useQuery({ ...peopleQuery, enabled: can('person.read') });
  const [act, setAct] = useState<Act | null>(null);
  const [withPeople, setWithPeople] = useState(true);
  if (query.isPending || colleagues.isLoading) return <LoadingLines rows={4} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const departments = query.data;
  const close = () => setAct(null);
  const create = can('department.update') && (
    <Button
      variant="default"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => setAct({ kind: 'new', parentId: null })}
    >
      {t('people.newDepartment')}
    </Button>
  );
  return (
    <>
      {departments.length === 0 ? (
        <State drawing="empty" title={t('people.departmentsEmpty')} text={t('people.departmentsEmptyText')}>
          {create}
        </State>
      ) : (
        <>
          <div className={people['tools']}>
            {create}
            {can('organization.update') && (
              <Button
                variant="default"
                leftSection={<IconPencil size={16} aria-hidden />}
                onClick={() => setAct({ kind: 'organization' })}
              >
                {t('people.renameOrganization')}
              </Button>
            )}
            <Switch
              ml="auto"
              label={t('departments.withPeople')}
              checked={withPeople}
              onChange={(event) => setWithPeople(event.currentTarget.checked)}
            />
          </div>
          <DepartmentTree
            departments={departments}
            people={colleagues.data ?? []}
            withPeople={withPeople}
            onAct={setAct}
          />
        </>
      )}
      <Deputies />
      {(act?.kind === 'new' || act?.kind === 'change') && (
        <DepartmentDialog
          act={act.kind === 'new' ? act : { kind: 'change', department: act.department }}
          departments={departments}
          onClose={close}
        />
      )}
      {act?.kind === 'organization' && <OrganizationDialog onClose={close} />}
      {act?.kind === 'delete' && <DeleteDialog department={act.department} onClose={close} />}
      {act?.kind === 'heads' && (
        <HeadsDialog
          department={act.department}
          departments={departments}
          people={colleagues.data ?? []}
          onClose={close}
        />
      )}
      {act?.kind === 'move' && <MoveDepartmentDialog department={act.department} to={act.to} onClose={close} />}
      {act?.kind === 'movePerson' && <MoveDialog person={act.person} to={act.to} onClose={close} />}
    </>
  );
}
