/** Accepting an invitation: password → authenticator → recovery codes. */
import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { ButtonLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemAlert, ProblemText } from '../ui/ProblemAlert.tsx';
import { LoadingLines, State } from '../ui/states.tsx';
import { FactorStep } from './FactorStep.tsx';
import { isPasswordReady, PasswordFields } from './PasswordFields.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { Steps } from './Steps.tsx';
import { tokenOfAddress } from './token.ts';

export default function JoinPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  useTitle(t('join.title'));
  const [token] = useState(tokenOfAddress);
  const [step, setStep] = useState(0);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [code, setCode] = useState('');
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => call('POST /api/v1/invitations/open', { body: { token } }),
    enabled: token !== '',
    staleTime: Infinity,
  });
  const accept = useMutation({
    mutationFn: (value: string) =>
      call('POST /api/v1/invitations/accept', {
        body: { token, ticket: invitation.data?.enrolment.ticket ?? '', code: value, password },
      }),
    onSuccess: () => setStep(2),
    onError: (thrown) => {
      setCode('');
      const { code: why } = asProblem(thrown);
      if (why.startsWith('password.')) setStep(0);
      if (why === 'sign-in.ticket_expired') void invitation.refetch();
    },
  });

  if (token === '' || invitation.isError) {
    return (
      <Gate>
        <State
          page
          drawing="closed"
          title={t('join.title')}
          text={token === '' ? t('join.noLink') : <ProblemText problem={invitation.error} />}
        >
          <ButtonLink to="/sign-in" variant="default">
            {t('setup.toSignIn')}
          </ButtonLink>
        </State>
      </Gate>
    );
  }
  if (invitation.isPending)
    return (
      <Gate wide>
        <LoadingLines />
      </Gate>
    );
  const { organizationName, name, roles, email, enrolment } = invitation.data;
  const done = () => {
    client.clear();
    if (accept.data !== undefined) client.setQueryData(sessionQuery.queryKey, accept.data.session);
    void navigate({ to: '/', replace: true });
  };
  return (
    <Gate wide>
      <Steps names={[t('setup.stepPassword'), t('setup.stepFactor'), t('setup.stepCodes')]} at={step} />
      {step === 0 && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isPasswordReady(password, again)) setStep(1);
          }}
        >
          <h1>{t('join.hello', { name })}</h1>
          <p className="quiet">
            {t('join.text', { organization: organizationName, role: roles.map((role) => role.name).join(', ') })}
          </p>
          <Stack gap="sm">
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <PasswordFields
              password={password}
              again={again}
              onPassword={setPassword}
              onAgain={setAgain}
              label={t('setup.password')}
              labelAgain={t('setup.passwordAgain')}
              autoFocus
            />
            <ProblemAlert problem={accept.error} />
            <Button type="submit" mt="sm" disabled={!isPasswordReady(password, again)}>
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
            onSubmit={(value) => accept.mutate(value)}
            submitLabel={t('join.accept')}
            busy={accept.isPending}
            problem={accept.error}
          />
        </>
      )}
      {step === 2 && accept.data !== undefined && (
        <>
          <h1>{t('setup.codesTitle')}</h1>
          <p className="quiet">{t('setup.codesText')}</p>
          <RecoveryCodes codes={accept.data.recoveryCodes} email={email} onDone={done} />
        </>
      )}
    </Gate>
  );
}
