/** The link of a letter: a new password. Nobody is signed in by it. */
import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { ButtonLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { isPasswordReady, PasswordFields } from '../setup/PasswordFields.tsx';
import { tokenOfAddress } from '../setup/token.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { LoadingLines, State } from '../ui/states.tsx';
import { DeadLink, isDead } from './DeadLink.tsx';

export default function ResetPage() {
  const { t } = useTranslation();
  useTitle(t('letters.resetTitle'));
  const client = useQueryClient();
  const [token] = useState(tokenOfAddress);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const link = useQuery({
    queryKey: ['reset', token],
    queryFn: () => call('POST /api/v1/password-reset/open', { body: { token } }),
    enabled: token !== '',
    staleTime: Infinity,
  });
  const finish = useMutation({
    mutationFn: () => call('POST /api/v1/password-reset/finish', { body: { token, password } }),
    onSuccess: () => client.clear(),
  });
  if (finish.isSuccess) {
    return (
      <Gate>
        <State page drawing="done" title={t('letters.resetDoneTitle')} text={t('letters.resetDoneText')}>
          <ButtonLink to="/sign-in">{t('letters.toSignIn')}</ButtonLink>
        </State>
      </Gate>
    );
  }
  // What happened meanwhile counts, too: an hour may pass while a password is thought of.
  const problem = isDead(finish.error) ? finish.error : link.error;
  if (token === '' || link.isError || problem !== null) {
    return (
      <DeadLink problem={problem} retry={() => void link.refetch()}>
        <ButtonLink to="/forgot">{t('letters.again')}</ButtonLink>
      </DeadLink>
    );
  }
  if (link.isPending) {
    return (
      <Gate>
        <LoadingLines />
      </Gate>
    );
  }
  const { name, email, organizationName } = link.data;
  return (
    <Gate>
      <h1>{t('letters.resetTitle')}</h1>
      <p className="quiet">{t('letters.resetText', { name, organization: organizationName })}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isPasswordReady(password, again)) finish.mutate();
        }}
      >
        <Stack gap="sm">
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <PasswordFields password={password} again={again} onPassword={setPassword} onAgain={setAgain} autoFocus />
          <ProblemAlert problem={finish.error} />
          <Button type="submit" mt="sm" disabled={!isPasswordReady(password, again)} loading={finish.isPending}>
            {t('letters.resetSave')}
          </Button>
        </Stack>
      </form>
    </Gate>
  );
}
