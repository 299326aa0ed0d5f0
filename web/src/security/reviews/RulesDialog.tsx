/** How the organization reviews: how often, how long, who is reminded and who is asked when nobody answers. */
import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ReviewRules } from '../../contract.ts';
import { escalations, reviewIntervals } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { rulesQuery } from './queries.ts';

export function RulesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery(rulesQuery);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('reviews.rulesTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {query.isPending && <LoadingLines rows={6} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && <RulesForm version={query.data.version} before={query.data.rules} onClose={onClose} />}
    </Modal>
  );
}

type RulesFormProps = { version: number; before: ReviewRules; onClose: () => void };

function RulesForm({ version, before, onClose }: RulesFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [rules, setRules] = useState(before);
  const [reminders, setReminders] = useState(before.reminderDays.join(', '));
  const set = (change: Partial<ReviewRules>) => setRules({ ...rules, ...change });
  const save = useMutation({
    mutationFn: () => {
      const reminderDays = reminders
        .split(/[\s,;]+/)
        .filter((day) => day !== '')
        .map(Number);
      return call('PUT /api/v1/reviews/rules', { body: { version, rules: { ...rules, reminderDays } } });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: rulesQuery.queryKey });
      tellDone(t('reviews.rulesSaved'));
      onClose();
    },
  });
  return (
    <Stack gap="sm">
      <Checkbox
        label={t('reviews.calendarRule')}
        checked={rules.calendar}
        onChange={({ currentTarget: { checked } }) => set({ calendar: checked })}
      />
      <NativeSelect
        label={t('reviews.interval')}
        disabled={!rules.calendar}
        value={rules.intervalMonths}
        data={reviewIntervals.map((months) => ({ value: String(months), label: t(`reviews.intervals.m${months}`) }))}
        onChange={({ currentTarget: { value } }) =>
          set({ intervalMonths: Number(value) as ReviewRules['intervalMonths'] })
        }
      />
      <NumberInput
        label={t('reviews.deadlineDays')}
        min={3}
        max={60}
        value={rules.deadlineDays}
        onChange={(value) => set({ deadlineDays: Number(value) })}
      />
      <TextInput
        label={t('reviews.reminders')}
        value={reminders}
        onChange={({ currentTarget: { value } }) => setReminders(value)}
      />
      <NumberInput
        label={t('reviews.escalateDays')}
        min={0}
        max={59}
        value={rules.escalateDays}
        onChange={(value) => set({ escalateDays: Number(value) })}
      />
      <NativeSelect
        label={t('reviews.escalateTo')}
        value={rules.escalateTo}
        data={escalations.map((to) => ({ value: to, label: t(`reviews.escalations.${to}`) }))}
        onChange={({ currentTarget: { value } }) => set({ escalateTo: value as ReviewRules['escalateTo'] })}
      />
      <NumberInput
        label={t('reviews.keepYears')}
        min={1}
        max={10}
        value={rules.keepYears}
        onChange={(value) => set({ keepYears: Number(value) })}
      />
      <ProblemAlert problem={save.error} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {t('reviews.save')}
        </Button>
      </Group>
    </Stack>
  );
}
