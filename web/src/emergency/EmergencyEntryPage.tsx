/** Both halves of the sealed sheet: the way in on the day when no other is left. */
import { Button, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { sessionQuery } from '../api/queries.ts';
import { AnchorLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { halfLetters, halfLettersCount, readHalf } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';

export default function EmergencyEntryPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  useTitle(t('emergency.title'));
  const enter = useMutation({
    mutationFn: () => call('POST /api/v1/emergency/sign-in', { body: { halves: [first, second] } }),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      // The first thing to do here: connect a new app.
      void navigate({ to: '/profile', replace: true });
    },
  });
  const halves = [readHalf(first), readHalf(second)] as const;
  const [one, other] = halves;
  const faultOf = (text: string, at: 0 | 1) =>
    halfLetters(text).length >= halfLettersCount && halves[at] === undefined ? t('emergency.mistyped') : undefined;
  const both = one !== undefined && other !== undefined;
  const paired = both && one.half !== other.half && one.sheet === other.sheet;
  const form = {
    autosize: true,
    minRows: 3,
    spellCheck: false,
    autoComplete: 'off',
    styles: { input: { fontFamily: 'var(--mantine-font-family-monospace)' } },
  };
  return (
    <Gate>
      <h1>{t('emergency.title')}</h1>
      <p className="quiet">{t('emergency.intro')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (paired) enter.mutate();
        }}
      >
        <Stack gap="sm">
          <Textarea
            {...form}
            label={t('emergency.first')}
            value={first}
            error={faultOf(first, 0)}
            onChange={(event) => setFirst(event.currentTarget.value)}
          />
          <Textarea
            {...form}
            label={t('emergency.second')}
            value={second}
            error={faultOf(second, 1) ?? (both && !paired ? t('emergency.same') : undefined)}
            onChange={(event) => setSecond(event.currentTarget.value)}
          />
          <ProblemAlert problem={enter.error} />
          <Button type="submit" disabled={!paired} loading={enter.isPending}>
            {t('emergency.enter')}
          </Button>
          <AnchorLink to="/sign-in" size="sm">
            {t('emergency.back')}
          </AnchorLink>
        </Stack>
      </form>
    </Gate>
  );
}
