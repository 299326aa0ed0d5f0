/** The page behind the link of a recovery: waiting, then password → new app → codes; or “it was not me”. */
import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { ButtonLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { FactorStep } from '../setup/FactorStep.tsx';
import { RecoveryCodes } from '../setup/RecoveryCodes.tsx';
import { Steps } from '../setup/Steps.tsx';
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
  const navigate = useNavigate();
  const client = useQueryClient();
  const [step, setStep] = useState(0);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const opened = useQuery({
    queryKey: ['recovery', token, 'open'],
    queryFn: () => call('POST /api/v1/recovery/open', { body: { token } }),
    staleTime: Infinity,
  });
  const finish = useMutation({
    mutationFn: (value: string) =>
      call('POST /api/v1/recovery/finish', {
        body: { token, ticket: opened.data?.enrolment.ticket ?? '', code: value, password },
      }),
    onSuccess: () => setStep(2),
    onError: (thrown) => {
      setCode('');
      const { code: why } = asProblem(thrown);
      if (why.startsWith('password.') || why === 'sign-in.refused') setStep(0);
      if (why === 'sign-in.ticket_expired') void opened.refetch();
    },
  });
  if (opened.isError) return <Closed text={<ProblemText problem={opened.error} />} />;
  if (opened.isPending)
    return (
      <Gate wide>
        <LoadingLines />
      </Gate>
    );
  const { name, email, newPassword, enrolment } = opened.data;
  const done = () => {
    client.clear();
    if (finish.data !== undefined) client.setQueryData(sessionQuery.queryKey, finish.data.session);
    void navigate({ to: '/', replace: true });
  };
  return (
    <Gate wide>
      <Steps names={[t('setup.stepPassword'), t('setup.stepFactor'), t('setup.stepCodes')]} at={step} />
      {step === 0 && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (password !== '') setStep(1);
          }}
        >
          <h1>{t('recovery.hello', { name })}</h1>
          <p className="quiet">{newPassword ? t('recovery.operatorText') : t('recovery.readyText')}</p>
          <Stack gap="sm">
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <PasswordInput
              label={newPassword ? t('setup.password') : t('signIn.password')}
              autoComplete={newPassword ? 'new-password' : 'current-password'}
              autoFocus
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
            />
            <ProblemAlert problem={finish.error} />
            <Button type="submit" mt="sm" disabled={password === ''}>
              {t('common.next')}
            </Button>
          </Stack>
        </form>
      )}
      {step === 1 && (
        <>
          <h1>{t('setup.factorTitle')}</h1>
          <p className="quiet">{t('setup.factorText')}</p>
          <FactorStep
            enrolment={enrolment}
            code={code}
            onCode={setCode}
            onSubmit={(value) => finish.mutate(value)}
            submitLabel={t('recovery.finish')}
            busy={finish.isPending}
            problem={finish.error}
          />
        </>
      )}
      {step === 2 && finish.data !== undefined && (
        <>
          <h1>{t('setup.codesTitle')}</h1>
          <p className="quiet">{t('setup.codesText')}</p>
          <RecoveryCodes codes={finish.data.recoveryCodes} email={email} onDone={done} />
        </>
      )}
    </Gate>
  );
}
