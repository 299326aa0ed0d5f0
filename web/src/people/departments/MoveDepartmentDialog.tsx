/** “This is what changes”: before a department moves. Says whose clients go along, and who sees them then. */
import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { DepartmentView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { MoveChanges } from './MoveChanges.tsx';

type MoveDepartmentDialogProps = { department: DepartmentView; to: DepartmentView; onClose: () => void };

export function MoveDepartmentDialog({ department, to, onClose }: MoveDepartmentDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const params = { id: department.id };
  const preview = useQuery({
    queryKey: ['departments', 'preview', department.id, to.id],
    queryFn: () => call('POST /api/v1/departments/:id/preview', { params, body: { parentId: to.id } }),
    gcTime: 0,
  });
  const refresh = () => client.invalidateQueries({ queryKey: ['departments'] });
  const move = useMutation({
    mutationFn: () =>
      call('PATCH /api/v1/departments/:id', { params, body: { parentId: to.id, version: department.version } }),
    onSuccess: async () => {
      await refresh();
      tellDone(t('departments.moved'));
      onClose();
    },
    // Somebody was faster: behind the dialog stands the tree as it is now.
    onError: () => void refresh(),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('departments.moveTitle', { name: department.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <p style={{ margin: 0 }}>{t('departments.moveText', { name: department.name, to: to.name })}</p>
        {preview.isPending && <LoadingLines rows={3} />}
        {preview.isError && <Failed problem={preview.error} retry={() => void preview.refetch()} />}
        {preview.isSuccess && (
          <>
            <MoveChanges change={preview.data} people={preview.data.people} />
            <Alert variant="light" color="gray">
              {t('departments.moveAtOnce')}
            </Alert>
          </>
        )}
        <ProblemAlert problem={move.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button loading={move.isPending} disabled={!preview.isSuccess || move.isError} onClick={() => move.mutate()}>
            {t('departments.moveConfirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
