/** Before a campaign starts by hand: how many people will be asked about how many rights. */
import { Button, Group, Modal, NumberInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { defaultReviewRules } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { rulesQuery } from './queries.ts';

export function StartDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const rules = useQuery(rulesQuery);
  const [chosen, setChosen] = useState<number | null>(null);
  const deadlineDays = chosen ?? rules.data?.rules.deadlineDays ?? defaultReviewRules.deadlineDays;
  const plan = useQuery({
    queryKey: ['reviews', 'plan'],
    queryFn: () => call('POST /api/v1/reviews', { body: { dryRun: true } }),
    staleTime: 0,
  });
  const start = useMutation({
    mutationFn: () => call('POST /api/v1/reviews', { body: { dryRun: false, deadlineDays } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['reviews'] });
      tellDone(t('reviews.started_done'));
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('reviews.startTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {plan.isPending && <LoadingLines rows={2} />}
      {plan.isSuccess && (
        <p style={{ marginTop: 0 }}>
          {t('reviews.startText', {
            people: plan.data.people,
            rights: plan.data.rights,
            reviewers: plan.data.reviewers,
          })}
          {plan.data.withoutHead > 0 && <> {t('reviews.withoutHead', { count: plan.data.withoutHead })}</>}
        </p>
      )}
      <NumberInput
        label={t('reviews.deadlineDays')}
        min={3}
        max={60}
        value={deadlineDays}
        onChange={(value) => setChosen(Number(value))}
      />
      <ProblemAlert problem={plan.error ?? start.error} />
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button loading={start.isPending} disabled={!plan.isSuccess} onClick={() => start.mutate()}>
          {t('reviews.start')}
        </Button>
      </Group>
    </Modal>
  );
}
