/** Making, renaming, deleting a department; the name of the organization. Moving by hand is in the same dialog, for the keyboard. */
import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { sessionQuery } from '../../api/queries.ts';
import { useSession } from '../../app/session.tsx';
import type { DepartmentView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { inTreeOrder } from '../../records/lookups.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';

/** A department cannot stand inside itself or below itself. */
function possibleParents(departments: DepartmentView[], id: string | undefined) {
  const below = new Set<string>(id === undefined ? [] : [id]);
  const ordered = inTreeOrder(departments);
  for (const { department } of ordered)
    if (department.parentId !== null && below.has(department.parentId)) below.add(department.id);
  return ordered.filter(({ department }) => !below.has(department.id));
}

type DepartmentDialogProps = {
  act: { kind: 'new'; parentId: string | null } | { kind: 'change'; department: DepartmentView };
  departments: DepartmentView[];
  onClose: () => void;
};

export function DepartmentDialog({ act, departments, onClose }: DepartmentDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const department = act.kind === 'new' ? undefined : act.department;
  const isRoot = department !== undefined && department.parentId === null;
  const [name, setName] = useState(department?.name ?? '');
  const [parentId, setParentId] = useState<string>((act.kind === 'new' ? act.parentId : act.department.parentId) ?? '');
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), ...(isRoot ? {} : { parentId: parentId || null }) };
      return department === undefined
        ? call('POST /api/v1/departments', { body })
        : call('PATCH /api/v1/departments/:id', {
            params: { id: department.id },
            body: { ...body, version: department.version },
          });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['departments'] });
      tellDone(t('people.departmentSaved'));
      onClose();
    },
  });
  return (
    <NameDialog
      title={department === undefined ? t('people.newDepartment') : t('people.renameOf', { name: department.name })}
      label={t('people.departmentName')}
      name={name}
      onName={setName}
      busy={save.isPending}
      problem={save.error}
      onSave={() => save.mutate()}
      onClose={onClose}
    >
      {!isRoot && (
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
      )}
    </NameDialog>
  );
}

export function DeleteDialog({ department, onClose }: { department: DepartmentView; onClose: () => void }) {
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

export function OrganizationDialog({ onClose }: { onClose: () => void }) {
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
    <NameDialog
      title={t('people.renameOrganization')}
      label={t('people.organizationName')}
      name={name}
      onName={setName}
      busy={save.isPending}
      problem={save.error}
      onSave={() => save.mutate()}
      onClose={onClose}
    />
  );
}

type NameDialogProps = {
  title: string;
  label: string;
  name: string;
  onName: (name: string) => void;
  busy: boolean;
  problem: unknown;
  onSave: () => void;
  onClose: () => void;
  children?: ReactNode;
};

/** A dialog about a name and what else belongs to it. */
function NameDialog({ title, label, name, onName, busy, problem, onSave, onClose, children }: NameDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') onSave();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={label}
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => onName(event.currentTarget.value)}
          />
          {children}
          <ProblemAlert problem={problem} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === ''}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
