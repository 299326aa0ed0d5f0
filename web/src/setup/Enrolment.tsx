/** The same for everybody who enters for the first time or anew: a password, the app, recovery codes, and in. */
import { Button, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import type { EnrolmentView, SessionView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { isDead } from '../letters/DeadLink.tsx';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { FactorStep } from './FactorStep.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { Steps } from './Steps.tsx';

type Enrolled = { session: SessionView; recoveryCodes: string[] };

type EnrolmentProps = {
  title: string;
  text: string;
  email: string;
  enrolment: EnrolmentView;
  /** The fields of the first step, and whether what stands in them will do. */
  fields: ReactNode;
  ready: boolean;
  submitLabel: string;
  finish: (proof: { ticket: string; code: string }) => Promise<Enrolled>;
  /** Which refusals are about the first step: there it can be mended. */
  isOfPassword: (code: string) => boolean;
  /** The ticket of the enrolment or the link itself is over: asks anew what the link is good for. */
  onOver: () => void;
};

export function Enrolment(props: EnrolmentProps) {
  const { t } = useTranslation();
  const { title, text, email, enrolment, fields, ready } = props;
  const [step, setStep] = useState(0);
  const [code, setCode] = useState('');
  const finish = useMutation({
    mutationFn: (value: string) => props.finish({ ticket: enrolment.ticket, code: value }),
    onSuccess: () => setStep(2),
    onError: (thrown) => {
      setCode('');
      const { code: why } = asProblem(thrown);
      if (props.isOfPassword(why)) setStep(0);
      if (why === 'sign-in.ticket_expired' || isDead(thrown)) props.onOver();
    },
  });
  return (
    <Gate wide>
      <Steps names={[t('setup.stepPassword'), t('setup.stepFactor'), t('setup.stepCodes')]} at={step} />
      {step === 0 && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) setStep(1);
          }}
        >
          <h1>{title}</h1>
          <p className="quiet">{text}</p>
          <Stack gap="sm">
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            {fields}
            <ProblemAlert problem={finish.error} />
            <Button type="submit" mt="sm" disabled={!ready}>
              {t('common.next')}
            </Button>
          </Stack>
        </form>
      )}
      {step === 1 && (
        <AppStep
          enrolment={enrolment}
          code={code}
          onCode={setCode}
          onSubmit={(value) => finish.mutate(value)}
          submitLabel={props.submitLabel}
          busy={finish.isPending}
          problem={finish.error}
        />
      )}
      {step === 2 && finish.data !== undefined && <CodesStep {...finish.data} email={email} />}
    </Gate>
  );
}

export function AppStep(props: Parameters<typeof FactorStep>[0]) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t('setup.factorTitle')}</h1>
      <p className="quiet">{t('setup.factorText')}</p>
      <FactorStep {...props} />
    </>
  );
}

/** The last step; after it the browser knows nothing of whoever sat here before. */
export function CodesStep({ session, recoveryCodes, email }: Enrolled & { email: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const enter = () => {
    client.clear();
    client.setQueryData(sessionQuery.queryKey, session);
    void navigate({ to: '/', replace: true });
  };
  return (
    <>
      <h1>{t('setup.codesTitle')}</h1>
      <p className="quiet">{t('setup.codesText')}</p>
      <RecoveryCodes codes={recoveryCodes} email={email} onDone={enter} />
    </>
  );
}
