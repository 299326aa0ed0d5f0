/** “Forgot your password?” The answer is the same whoever it is about. */
import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { AnchorLink, ButtonLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { State } from '../ui/states.tsx';

export default function ForgotPage() {
  const { t } = useTranslation();
  useTitle(t('letters.forgotTitle'));
  const [email, setEmail] = useState('');
  const ask = useMutation({
    mutationFn: () => call('POST /api/v1/password-reset', { body: { email: email.trim() } }),
  });
  if (ask.data !== undefined) {
    const { byMail } = ask.data;
    return (
      <Gate>
        <State
          page
          drawing={byMail ? 'letter' : 'closed'}
          title={byMail ? t('letters.forgotSentTitle') : t('letters.forgotNoMailTitle')}
          text={byMail ? t('letters.forgotSentText', { email: email.trim() }) : t('letters.forgotNoMailText')}
        >
          <ButtonLink to="/sign-in" variant="default">
            {t('letters.toSignIn')}
          </ButtonLink>
        </State>
      </Gate>
    );
  }
  return (
    <Gate>
      <h1>{t('letters.forgotTitle')}</h1>
      <p className="quiet">{t('letters.forgotIntro')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (email.trim().length >= 3) ask.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('letters.forgotEmail')}
            type="email"
            autoComplete="username"
            inputMode="email"
            required
            withAsterisk={false}
            autoFocus
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <ProblemAlert problem={ask.error} />
          <Button type="submit" loading={ask.isPending} mt="xs">
            {t('letters.forgotSend')}
          </Button>
          <AnchorLink to="/sign-in" size="sm">
            {t('letters.toSignIn')}
          </AnchorLink>
        </Stack>
      </form>
    </Gate>
  );
}
