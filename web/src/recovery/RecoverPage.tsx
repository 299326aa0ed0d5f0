/** The page behind the link of a recovery: waiting, then password → new app → codes; or “it was not me”. */
import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { ButtonLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { Enrolment } from '../setup/Enrolment.tsx';
import { tokenOfAddress } from '../setup/token.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert, ProblemText } from '../ui/ProblemAlert.tsx';
import { LoadingLines, State } from '../ui/states.tsx';

export default function RecoverPage() {
  const { t } = useTranslation();
  useTitle(t('recovery.title'));
  const [token] = useState(tokenOfAddress);
  const [cancel] = useState(() => new URLSearchParams(location.hash.slice(1)).get('cancel') ?? '');
  if (cancel !== '') return <CancelByLink token={cancel} />;
  if (token === '') return <Closed text={t('recovery.noLink')} />;
  return <Recovery token={token} />;
}

function Closed({ text }: { text: React.ReactNode }) {
  const { t } = useTranslation();
  return (
    <Gate>
      <State page drawing="closed" title={t('recovery.title')} text={text}>
        <ButtonLink to="/sign-in" variant="default">
          {t('setup.toSignIn')}
        </ButtonLink>
      </State>
    </Gate>
  );
}

function CancelByLink({ token }: { token: string }) {
  const { t } = useTranslation();
  const cancel = useMutation({
    mutationFn: () => call('POST /api/v1/recovery/cancel-by-link', { body: { token } }),
  });
  if (cancel.isSuccess) return <Closed text={t('recovery.cancelled')} />;
  return (
    <Gate>
      <h1>{t('recovery.cancelTitle')}</h1>
      <p className="quiet">{t('recovery.cancelText')}</p>
      <ProblemAlert problem={cancel.error} />
      <Button color="red" mt="sm" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('recovery.cancel')}
      </Button>
    </Gate>
  );
}

function Recovery({ token }: { token: string }) {
  const { t } = useTranslation();
  const dates = useDates();
  const state = useQuery({
    queryKey: ['recovery', token],
    queryFn: () => call('POST /api/v1/recovery/state', { body: { token } }),
    // Asks until it is ready; afterwards the link is spent, and asking on would tear the last step away.
    refetchInterval: ({ state: { data } }) => (data?.state === 'ready' ? false : 30_000),
    staleTime: Infinity,
  });
  if (state.isPending)
    return (
      <Gate wide>
        <LoadingLines />
      </Gate>
    );
  if (state.isError) return <Closed text={<ProblemText problem={state.error} />} />;
  const { approvals, needed, readyAt } = state.data;
  if (state.data.state === 'ready') return <NewFactor token={token} />;
  return (
    <Gate>
      <h1>{t('recovery.waitingTitle')}</h1>
      <p className="quiet">{t('recovery.waitingText')}</p>
      <p role="status">
        <strong>{t('recovery.approvals', { count: approvals, needed })}</strong>
        <br />
        {t('recovery.readyAt', { when: dates.moment(readyAt) })}
      </p>
    </Gate>
  );
}

function NewFactor({ token }: { token: string }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const opened = useQuery({
    queryKey: ['recovery', token, 'open'],
    queryFn: () => call('POST /api/v1/recovery/open', { body: { token } }),
    staleTime: Infinity,
  });
  if (opened.isError) return <Closed text={<ProblemText problem={opened.error} />} />;
  if (opened.isPending)
    return (
      <Gate wide>
        <LoadingLines />
      </Gate>
    );
  const { name, email, newPassword, enrolment } = opened.data;
  return (
    <Enrolment
      title={t('recovery.hello', { name })}
      text={newPassword ? t('recovery.operatorText') : t('recovery.readyText')}
      email={email}
      enrolment={enrolment}
      fields={
        <PasswordInput
          label={newPassword ? t('setup.password') : t('signIn.password')}
          autoComplete={newPassword ? 'new-password' : 'current-password'}
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
        />
      }
      ready={password !== ''}
      submitLabel={t('recovery.finish')}
      finish={(proof) => call('POST /api/v1/recovery/finish', { body: { token, ...proof, password } })}
      isOfPassword={(why) => why.startsWith('password.') || why === 'sign-in.refused'}
      onOver={() => void opened.refetch()}
    />
  );
}
