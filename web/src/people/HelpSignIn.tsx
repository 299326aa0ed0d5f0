/** What an owner can do for somebody who cannot get in: a link to a new password, another e-mail. No password is ever shown. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useCan } from '../app/session.tsx';
import { useTranslation } from '../i18n/index.ts';
import { LinkField } from '../letters/LinkField.tsx';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { tellDone } from '../ui/tell.ts';

export function HelpSignIn({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const can = useCan();
  const dates = useDates();
  const [email, setEmail] = useState('');
  const params = { id: personId };
  const reset = useMutation({
    mutationFn: (by: 'mail' | 'screen') => call('POST /api/v1/people/:id/password-reset', { params, body: { by } }),
    onSuccess: (made) => {
      if (made.link === null) tellDone(t('letters.helpSent'));
    },
  });
  const change = useMutation({
    mutationFn: () => call('POST /api/v1/people/:id/email', { params, body: { email: email.trim() } }),
    onSuccess: (asked) => {
      setEmail('');
      if (asked.link === null) tellDone(t('letters.emailAsked'));
    },
  });
  if (!can('person.recover')) return null;
  const link = reset.data?.link ?? null;
  return (
    <Stack gap="xs" component="section" aria-label={t('letters.helpTitle')}>
      <strong>{t('letters.helpTitle')}</strong>
      <span className="quiet">{t('letters.helpText')}</span>
      <Group gap="xs">
        <Button variant="default" size="compact-md" loading={reset.isPending} onClick={() => reset.mutate('mail')}>
          {t('letters.helpByMail')}
        </Button>
        <Button variant="subtle" size="compact-md" disabled={reset.isPending} onClick={() => reset.mutate('screen')}>
          {t('letters.helpByScreen')}
        </Button>
      </Group>
      <ProblemAlert problem={reset.error} />
      {link !== null && reset.data !== undefined && (
        <>
          <LinkField label={t('letters.helpLink')} link={link} />
          <span className="quiet">{t('letters.helpLinkText', { when: dates.moment(reset.data.expiresAt) })}</span>
        </>
      )}
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t('letters.emailNew')}
          type="email"
          autoComplete="off"
          maxLength={254}
          style={{ flex: 1 }}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={!email.includes('@')}
          loading={change.isPending}
          onClick={() => change.mutate()}
        >
          {t('letters.helpEmail')}
        </Button>
      </Group>
      <ProblemAlert problem={change.error} />
      {change.data !== undefined && change.data.link !== null && (
        <>
          <span className="quiet">{t('letters.emailLinkText')}</span>
          <LinkField label={t('letters.emailLink')} link={change.data.link} />
        </>
      )}
    </Stack>
  );
}
