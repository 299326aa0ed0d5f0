/** A colleague goes to another department; what happens to the clients is asked, not guessed. */
import { Button, Group, Modal, NativeSelect, Radio, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { HandOverRule, PersonView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { departmentOptions, useLookups } from '../../records/lookups.tsx';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { MoveChanges } from '../departments/MoveChanges.tsx';
import { useRowsText } from '../roles/rows-text.ts';
import { HandOverFields, isChosen } from './HandOverFields.tsx';

type MoveDialogProps = { person: PersonView; /** Where it was put down by hand. */ to?: string; onClose: () => void };

export function MoveDialog({ person, to, onClose }: MoveDialogProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const rowsText = useRowsText();
  const client = useQueryClient();
  const lookups = useLookups();
  const params = { id: person.id };
  const [departmentId, setDepartmentId] = useState(to ?? person.departmentId);
  const [clients, setClients] = useState<'along' | 'stay'>('along');
  const [rule, setRule] = useState<HandOverRule>({ rule: 'person' });
  const plan = useQuery({
    queryKey: ['leaving', 'move', person.id],
    queryFn: () =>
      call('POST /api/v1/people/:id/move', {
        params,
        body: { dryRun: true, departmentId: person.departmentId, clients: 'along' },
      }),
    gcTime: 0,
  });
  const isMoving = departmentId !== person.departmentId;
  const preview = useQuery({
    queryKey: ['departments', 'preview', 'person', person.id, departmentId],
    queryFn: () => call('POST /api/v1/people/:id/preview-move', { params, body: { departmentId } }),
    enabled: isMoving,
    gcTime: 0,
  });
  const owned = (plan.data?.contacts ?? 0) + (plan.data?.companies ?? 0);
  const handsOver = owned > 0 && clients === 'stay';
  const move = useMutation({
    mutationFn: () =>
      call('POST /api/v1/people/:id/move', {
        params,
        body: { dryRun: false, departmentId, clients, ...(handsOver && { handOver: rule }) },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['people'] });
      await client.invalidateQueries({ queryKey: ['departments'] });
      tellDone(t('leaving.moved'));
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('leaving.moveTitle', { name: person.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {plan.isPending && <LoadingLines />}
      {plan.isError && <Failed problem={plan.error} retry={() => void plan.refetch()} />}
      {plan.isSuccess && (
        <Stack gap="sm">
          <span className="quiet">{t('leaving.moveText')}</span>
          <NativeSelect
            label={t('leaving.newDepartment')}
            value={departmentId}
            onChange={(event) => setDepartmentId(event.currentTarget.value)}
            data={departmentOptions(lookups.departments)}
          />
          {owned === 0 ? (
            <span>{t('leaving.nothing')}</span>
          ) : (
            <>
              <strong>
                {t('leaving.owned', {
                  contacts: dates.number(plan.data.contacts),
                  companies: dates.number(plan.data.companies),
                })}
              </strong>
              <Radio.Group
                label={t('leaving.clients')}
                value={clients}
                onChange={(value) => setClients(value === 'stay' ? 'stay' : 'along')}
              >
                <Radio mt={8} value="along" label={t('leaving.along')} />
                <Radio mt={8} value="stay" label={t('leaving.stay')} />
              </Radio.Group>
              {handsOver && <HandOverFields leaverId={person.id} value={rule} onChange={setRule} />}
            </>
          )}
          {isMoving && preview.isFetching && <LoadingLines rows={2} />}
          {isMoving && preview.isSuccess && (
            <>
              {clients === 'along' && <MoveChanges change={preview.data} />}
              <span>
                {t('departments.seesThen', {
                  before: rowsText(preview.data.sees.contacts.before),
                  after: rowsText(preview.data.sees.contacts.after),
                })}
              </span>
            </>
          )}
          <ProblemAlert problem={move.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              loading={move.isPending}
              disabled={!isMoving || (handsOver && !isChosen(rule))}
              onClick={() => move.mutate()}
            >
              {t('leaving.moveConfirm')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
