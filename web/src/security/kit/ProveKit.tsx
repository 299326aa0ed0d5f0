/** The last step: the lines are typed or scanned back from paper, and the server says whether they give the key in use. */
import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import classes from './kit.module.css';
import { kitQuery } from './query.ts';

export function ProveKit({ onProved }: { onProved: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const prove = useMutation({
    mutationFn: () => call('POST /api/v1/security/kit/prove', { body: { text } }),
    gcTime: 0,
    onSuccess: (view) => {
      setText('');
      client.setQueryData(kitQuery.queryKey, view);
      onProved();
    },
  });
  const { details } = asProblem(prove.error);
  const about =
    details['line'] !== undefined
      ? t('kit.place', { sheet: details['sheet'], line: details['line'] })
      : details['needed'] !== undefined
        ? t('kit.few', { needed: details['needed'], given: details['given'] })
        : undefined;
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        prove.mutate();
      }}
    >
      <Stack gap="sm">
        <Textarea
          label={t('kit.proveField')}
          description={t('kit.proveText')}
          classNames={{ input: classes['typed'] ?? '' }}
          autosize
          minRows={12}
          maxRows={26}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="characters"
          spellCheck={false}
          placeholder="01 XXXX XXXX XXXX XXXX XX"
          value={text}
          onChange={({ currentTarget: { value } }) => setText(value)}
        />
        <ProblemAlert problem={prove.error} about={about} />
        <Group>
          <Button type="submit" loading={prove.isPending} disabled={text.trim() === ''}>
            {t('kit.prove')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
