/** A colleague leaves: first what will happen, then who takes the clients, then it is done and there is a certificate. */
import { Alert, Button, Group, Modal, Stack, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { HandOverRule, PersonView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { HandOverFields, isChosen } from './HandOverFields.tsx';

export function LeavingDialog({ person, onClose }: { person: PersonView; onClose: () => void }) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const params = { id: person.id };
  const [choosing, setChoosing] = useState(false);
  const [rule, setRule] = useState<HandOverRule>({ rule: 'person' });
  const plan = useQuery({
    queryKey: ['leaving', 'plan', person.id],
    queryFn: () => call('POST /api/v1/people/:id/leave', { params, body: { dryRun: true } }),
    gcTime: 0,
  });
  const owned = (plan.data?.contacts ?? 0) + (plan.data?.companies ?? 0);
  const leave = useMutation({
    mutationFn: () =>
      call('POST /api/v1/people/:id/leave', {
        params,
        body: { dryRun: false, ...(owned > 0 && { handOver: rule }) },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['people'] });
      await client.invalidateQueries({ queryKey: ['departments'] });
    },
  });
  const act = (
    <Button
      color="brick"
      loading={leave.isPending}
      disabled={owned > 0 && !isChosen(rule)}
      onClick={() => leave.mutate()}
    >
      {t('leaving.confirm')}
    </Button>
  );
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('leaving.title', { name: person.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        {plan.isPending && <LoadingLines />}
        {plan.isError && <Failed problem={plan.error} retry={() => void plan.refetch()} />}
        {leave.isSuccess ? (
          <>
            <Alert color="green" variant="light" role="status">
              {t('leaving.done')}
            </Alert>
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t('leaving.close')}
              </Button>
              <Link to="/people/$id/leaving" params={{ id: person.id }}>
                {t('leaving.openCertificate')}
              </Link>
            </Group>
          </>
        ) : (
          plan.isSuccess &&
          (choosing ? (
            <>
              <HandOverFields leaverId={person.id} value={rule} onChange={setRule} />
              <ProblemAlert problem={leave.error} />
              <Group justify="flex-end" gap="sm">
                <Button variant="default" onClick={() => setChoosing(false)}>
                  {t('leaving.back')}
                </Button>
                {act}
              </Group>
            </>
          ) : (
            <>
              <p style={{ margin: 0 }}>{t('leaving.what')}</p>
              <Table aria-label={t('leaving.what')}>
                <Table.Tbody>
                  {plan.data.steps
                    .filter(({ count }) => count > 0)
                    .map(({ name, count }) => (
                      <Table.Tr key={name}>
                        <Table.Td>{t(`leaving.steps.${name}`)}</Table.Td>
                        <Table.Td ta="right">{dates.number(count)}</Table.Td>
                      </Table.Tr>
                    ))}
                </Table.Tbody>
              </Table>
              <strong>
                {owned === 0
                  ? t('leaving.nothing')
                  : t('leaving.owned', {
                      contacts: dates.number(plan.data.contacts),
                      companies: dates.number(plan.data.companies),
                    })}
              </strong>
              <Alert color="brick" variant="light">
                {t('leaving.warning')}
              </Alert>
              <ProblemAlert problem={leave.error} />
              <Group justify="flex-end" gap="sm">
                <Button variant="default" onClick={onClose}>
                  {t('common.cancel')}
                </Button>
                {owned > 0 ? <Button onClick={() => setChoosing(true)}>{t('leaving.next')}</Button> : act}
              </Group>
            </>
          ))
        )}
      </Stack>
    </Modal>
  );
}
