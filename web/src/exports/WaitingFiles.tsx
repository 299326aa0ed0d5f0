/** Files that one prepared and did not fetch yet. Their passwords are told no more; without one they can only be given up. */
import { Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { useProblemText } from '../ui/ProblemAlert.tsx';
import { tellDone, tellProblem } from '../ui/tell.ts';
import { exportsQuery, useFetchFile, useGiveUp } from './use-exports.ts';

export function WaitingFiles() {
  const { t } = useTranslation();
  const dates = useDates();
  const textOf = useProblemText();
  const fetchFile = useFetchFile();
  const giveUp = useGiveUp();
  const waiting = (useQuery(exportsQuery).data?.exports ?? []).filter(({ state }) => state === 'ready');
  if (waiting.length === 0) return null;
  return (
    <section>
      <h3 style={{ marginTop: 0 }}>{t('exports.waiting')}</h3>
      <Stack gap="xs">
        {waiting.map((file) => (
          <Group key={file.id} justify="space-between" gap="sm">
            <span>
              {file.fileName}{' '}
              <span className="quiet">
                {t(`exports.protections.${file.protection}`)} ·{' '}
                {t('exports.until', { until: dates.moment(file.expiresAt) })}
              </span>
            </span>
            <Group gap="xs">
              <Button
                size="compact-sm"
                variant="default"
                onClick={() =>
                  fetchFile.mutate(file, {
                    onSuccess: () => tellDone(t('exports.fetched')),
                    onError: (thrown) => tellProblem(textOf(thrown)),
                  })
                }
              >
                {t('exports.fetch')}
              </Button>
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() =>
                  giveUp.mutate(file.id, {
                    onSuccess: () => tellDone(t('exports.givenUp')),
                    onError: (thrown) => tellProblem(textOf(thrown)),
                  })
                }
              >
                {t('exports.giveUp')}
              </Button>
            </Group>
          </Group>
        ))}
      </Stack>
    </section>
  );
}
