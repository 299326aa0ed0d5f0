/** The tree of departments. */
import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { departmentsQuery, sessionQuery } from '../api/queries.ts';
import { useCan, useSession } from '../app/session.tsx';
import type { DepartmentView } from '../contract.ts';
import { compareNames } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { inTreeOrder } from '../records/lookups.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { Failed, LoadingLines, State } from '../ui/states.tsx';
import { tellDone } from '../ui/tell.ts';
import { PeopleFrame } from './PeopleFrame.tsx';
import classes from './people.module.css';

/** What is being done: a new department (perhaps inside another), a change, a deletion. */
type Act =
  | { kind: 'organization' }
  | { kind: 'new'; parentId: string | null }
  | { kind: 'change' | 'delete'; department: DepartmentView };

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
  const [act, setAct] = useState<Act | null>(null);
  if (query.isPending) return <LoadingLines rows={4} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const departments = query.data;
  const mayChange = can('department.update');
  const create = mayChange && (
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
          <div className={classes['tools']}>
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
          </div>
          <Branch
            departments={departments}
            parentId={null}
            mayChange={mayChange}
            onAct={setAct}
            label={t('people.tree')}
          />
        </>
      )}
      {(act?.kind === 'new' || act?.kind === 'change') && (
        <DepartmentDialog act={act} departments={departments} onClose={() => setAct(null)} />
      )}
      {act?.kind === 'organization' && <OrganizationDialog onClose={() => setAct(null)} />}
      {act?.kind === 'delete' && <DeleteDialog department={act.department} onClose={() => setAct(null)} />}
    </>
  );
}

type BranchProps = {
  departments: DepartmentView[];
  parentId: string | null;
  mayChange: boolean;
  onAct: (act: Act) => void;
  label?: string;
};

function Branch({ departments, parentId, mayChange, onAct, label }: BranchProps) {
  const { t } = useTranslation();
  const ids = new Set(departments.map((one) => one.id));
  const here = departments
    .filter((one) => (one.parentId !== null && ids.has(one.parentId) ? one.parentId : null) === parentId)
    .toSorted((a, b) => compareNames(a.name, b.name));
  if (here.length === 0) return null;
  return (
    <ul className={parentId === null ? classes['tree'] : undefined} aria-label={label}>
      {here.map((department) => {
        const { name } = department;
        return (
          <li key={department.id}>
            <div className={classes['node']}>
              <span>{name}</span>
              <span className="quiet">{t('people.count', { count: department.peopleCount })}</span>
              {mayChange && (
                <>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={t('people.addInside', { name })}
                    onClick={() => onAct({ kind: 'new', parentId: department.id })}
                  >
                    <IconPlus size={17} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={t('people.renameOf', { name })}
                    onClick={() => onAct({ kind: 'change', department })}
                  >
                    <IconPencil size={17} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={t('people.deleteOf', { name })}
                    onClick={() => onAct({ kind: 'delete', department })}
                  >
                    <IconTrash size={17} aria-hidden />
                  </ActionIcon>
                </>
              )}
            </div>
            <Branch departments={departments} parentId={department.id} mayChange={mayChange} onAct={onAct} />
          </li>
        );
      })}
    </ul>
  );
}

/** A department cannot stand inside itself or below itself. */
function possibleParents(departments: DepartmentView[], id: string | undefined) {
  const below = new Set<string>(id === undefined ? [] : [id]);
  const ordered = inTreeOrder(departments);
  for (const { department } of ordered)
    if (department.parentId !== null && below.has(department.parentId)) below.add(department.id);
  return ordered.filter(({ department }) => !below.has(department.id));
}

type DepartmentDialogProps = {
  act: Exclude<Act, { kind: 'organization' }>;
  departments: DepartmentView[];
  onClose: () => void;
};

function DepartmentDialog({ act, departments, onClose }: DepartmentDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const department = act.kind === 'new' ? undefined : act.department;
  const [name, setName] = useState(department?.name ?? '');
  const [parentId, setParentId] = useState<string>((act.kind === 'new' ? act.parentId : act.department.parentId) ?? '');
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), parentId: parentId || null };
      return department === undefined
        ? call('POST /api/v1/departments', { body })
        : call('PATCH /api/v1/departments/:id', { params: { id: department.id }, body });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['departments'] });
      tellDone(t('people.departmentSaved'));
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={department === undefined ? t('people.newDepartment') : t('people.renameOf', { name: department.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') save.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('people.departmentName')}
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t('people.parent')}
            value={parentId}
            onChange={(event) => setParentId(event.currentTarget.value)}
            data={[
              { value: '', label: t('people.noParent') },
              ...possibleParents(departments, department?.id).map(({ department: one, depth }) => ({
                value: one.id,
                label: `${'\u00a0\u00a0\u00a0'.repeat(depth)}${one.name}`,
              })),
            ]}
          />
          <ProblemAlert problem={save.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function DeleteDialog({ department, onClose }: { department: DepartmentView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call('DELETE /api/v1/departments/:id', { params: { id: department.id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['departments'] });
      tellDone(t('people.departmentDeleted'));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('people.deleteTitle', { name: department.name })}
      text={t('people.deleteText')}
      confirm={t('people.delete')}
      danger
      busy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate()}
      onCancel={onClose}
    />
  );
}

function OrganizationDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(useSession().organization.name);
  const save = useMutation({
    mutationFn: () => call('PATCH /api/v1/organization', { body: { name: name.trim() } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      tellDone(t('people.organizationSaved'));
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('people.renameOrganization')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') save.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('people.organizationName')}
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ProblemAlert problem={save.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
