/** The first minutes: organization → owner → password → authenticator → recovery codes. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import { ButtonLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { useLanguage, useTranslation } from '../i18n/index.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { LoadingLines, State } from '../ui/states.tsx';
import { AppStep, CodesStep } from './Enrolment.tsx';
import { isPasswordReady, PasswordFields } from './PasswordFields.tsx';
import { Steps } from './Steps.tsx';
import { tokenOfAddress } from './token.ts';

const isAddress = (text: string) => /^\S+@\S+\.\S+$/.test(text.trim());

export default function SetupPage() {
  const { t } = useTranslation();
  useTitle(t('setup.title'));
  const [token] = useState(tokenOfAddress);
  const [begun, setBegun] = useState(false);
  const needed = useQuery({ queryKey: ['setup'], queryFn: () => call('GET /api/v1/setup', {}), staleTime: Infinity });
  if (needed.isPending)
    return (
      <Gate wide>
        <LoadingLines />
      </Gate>
    );
  if (needed.data?.needed === false && !begun) {
    return (
      <Gate>
        <State page drawing="closed" title={t('setup.doneTitle')} text={t('setup.doneText')}>
          <ButtonLink to="/sign-in">{t('setup.toSignIn')}</ButtonLink>
        </State>
      </Gate>
    );
  }
  if (token === '') {
    return (
      <Gate>
        <State page drawing="closed" title={t('setup.noLinkTitle')} text={t('setup.noLinkText')} />
      </Gate>
    );
  }
  return <Wizard token={token} onBegin={() => setBegun(true)} />;
}

function Wizard({ token, onBegin }: { token: string; onBegin: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [step, setStep] = useState(0);
  const [organization, setOrganization] = useState('');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [code, setCode] = useState('');

  const begin = useMutation({
    mutationFn: () =>
      call('POST /api/v1/setup/begin', { body: { token, email: email.trim(), organizationName: organization.trim() } }),
    onSuccess: () => setStep(3),
  });
  const create = useMutation({
    mutationFn: (value: string) =>
      call('POST /api/v1/setup', {
        body: {
          token,
          ticket: begin.data?.ticket ?? '',
          code: value,
          organization: { name: organization.trim() },
          owner: { name: name.trim(), email: email.trim() },
          password,
          language,
        },
      }),
    onSuccess: () => {
      onBegin();
      setStep(4);
    },
    onError: (thrown) => {
      setCode('');
      const problem = asProblem(thrown);
      if (problem.code.startsWith('password.')) setStep(2);
      if (problem.code === 'sign-in.ticket_expired') begin.mutate();
    },
  });
  const names = [
    t('setup.stepOrganization'),
    t('setup.stepOwner'),
    t('setup.stepPassword'),
    t('setup.stepFactor'),
    t('setup.stepCodes'),
  ];
  const passwordProblem =
    create.isError && asProblem(create.error).code.startsWith('password.') ? create.error : begin.error;

  return (
    <Gate wide>
      <Steps names={names} at={step} />
      {step === 0 && (
        <Step
          title={t('setup.organizationTitle')}
          text={t('setup.organizationText')}
          ready={organization.trim() !== ''}
          onNext={() => setStep(1)}
        >
          <TextInput
            label={t('setup.organizationName')}
            placeholder={t('setup.organizationExample')}
            autoComplete="organization"
            maxLength={200}
            autoFocus
            value={organization}
            onChange={(event) => setOrganization(event.currentTarget.value)}
          />
        </Step>
      )}
      {step === 1 && (
        <Step
          title={t('setup.ownerTitle')}
          text={t('setup.ownerText')}
          ready={name.trim() !== '' && isAddress(email)}
          onNext={() => setStep(2)}
          onBack={() => setStep(0)}
        >
          <TextInput
            label={t('setup.ownerName')}
            autoComplete="name"
            maxLength={200}
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t('setup.ownerEmail')}
            description={t('setup.ownerEmailHint')}
            type="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        </Step>
      )}
      {step === 2 && (
        <Step
          title={t('setup.passwordTitle')}
          text={t('setup.passwordText')}
          ready={isPasswordReady(password, again)}
          busy={begin.isPending}
          problem={passwordProblem}
          onNext={() => begin.mutate()}
          onBack={() => setStep(1)}
        >
          <PasswordFields password={password} again={again} onPassword={setPassword} onAgain={setAgain} autoFocus />
        </Step>
      )}
      {step === 3 && begin.data !== undefined && (
        <AppStep
          enrolment={begin.data}
          code={code}
          onCode={setCode}
          onSubmit={(value) => create.mutate(value)}
          submitLabel={t('setup.create')}
          busy={create.isPending}
          problem={create.error}
        />
      )}
      {step === 4 && create.data !== undefined && <CodesStep {...create.data} email={email.trim()} />}
    </Gate>
  );
}

type StepProps = {
  title: string;
  text: string;
  ready: boolean;
  busy?: boolean;
  problem?: unknown;
  onNext: () => void;
  onBack?: () => void;
  children: ReactNode;
};

function Step({ title, text, ready, busy = false, problem, onNext, onBack, children }: StepProps) {
  const { t } = useTranslation();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onNext();
      }}
    >
      <h1>{title}</h1>
      <p className="quiet" style={{ margin: '0 0 20px' }}>
        {text}
      </p>
      <Stack gap="sm">
        {children}
        <ProblemAlert problem={problem} />
        <Group gap="sm" mt="sm">
          {onBack !== undefined && (
            <Button variant="default" onClick={onBack}>
              {t('common.back')}
            </Button>
          )}
          <Button type="submit" disabled={!ready} loading={busy}>
            {t('common.next')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
