/** Who leads a department. It gives no rights, and says so: rights come from the role. */
import { Alert, Button, Checkbox, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useSession } from '../../app/session.tsx';
import type { DepartmentView, PersonView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useLookups } from '../../records/lookups.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';
import { mayLead } from './tree.ts';

type HeadsDialogProps = {
  department: DepartmentView;
  departments: readonly DepartmentView[];
  people: readonly PersonView[];
  onClose: () => void;
};

export function HeadsDialog({ department, departments, people, onClose }: HeadsDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const lookups = useLookups();
  const named = department.heads.filter((head) => head.named).map(({ personId }) => personId);
  const byRole = department.heads.filter((head) => !head.named).map(({ personId }) => lookups.personName(personId));
  const [chosen, setChosen] = useState<string[]>(named);
  const isOwner = session.person.roles.some(({ key }) => key === 'owner');
  const save = useMutation({
    mutationFn: () =>
      call('PUT /api/v1/departments/:id/heads', { params: { id: department.id }, body: { personIds: chosen } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['departments'] });
      await client.invalidateQueries({ queryKey: ['deputies'] });
      tellDone(t('departments.headsSaved'));
      onClose();
    },
  });
  const able = mayLead(departments, people, department);
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={t('departments.headsOf', { name: department.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <span className="quiet">{t('departments.headsText')}</span>
        {able.length === 0 ? (
          <Alert variant="light" color="gray">
            {t('departments.headsNobody')}
          </Alert>
        ) : (
          <Checkbox.Group aria-label={t('departments.heads')} value={chosen} onChange={setChosen}>
            {able.map((person) => (
              <Checkbox
                key={person.id}
                mt={8}
                value={person.id}
                label={person.name}
                description={`${lookups.departmentName(person.departmentId)} · ${person.roles.map(({ name }) => name).join(', ')}`}
                disabled={person.id === session.person.id && !isOwner && !named.includes(person.id)}
              />
            ))}
          </Checkbox.Group>
        )}
        {chosen.length === 0 && byRole.length > 0 && (
          <span className="quiet">{t('departments.headsByRole', { names: byRole.join(', ') })}</span>
        )}
        <ProblemAlert problem={save.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            loading={save.isPending}
            disabled={chosen.toSorted().join() === named.toSorted().join()}
            onClick={() => save.mutate()}
          >
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
