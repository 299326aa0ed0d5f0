/** Sign-in. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { AnchorLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import type { SessionView } from '../contract.ts';
import { keepTicket, keptTicket } from '../devices/waiting-ticket.ts';
import { WaitingStep } from '../devices/WaitingStep.tsx';
import { useTranslation } from '../i18n/index.ts';
import { Gate } from './Gate.tsx';
import { SignInForm } from './SignInForm.tsx';
import { SsoButtons, useSsoReturn } from './SsoButtons.tsx';

export default function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { next } = useSearch({ from: '/sign-in' });
  const returned = useSsoReturn();
  const [step, setStep] = useState<'password' | 'code'>(returned.begun === null ? 'password' : 'code');
  const [waiting, setWaiting] = useState(() => returned.waiting ?? keptTicket());
  useTitle(t('signIn.title'));
  const wait = useCallback((ticket: string | null) => {
    keepTicket(ticket);
    setWaiting(ticket);
    if (ticket === null) setStep('password');
  }, []);
  const enter = useCallback(
    (session: SessionView) => {
      keepTicket(null);
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      void navigate({ href: next ?? '/', replace: true });
    },
    [client, navigate, next],
  );
  if (waiting !== null)
    return (
      <Gate>
        <WaitingStep ticket={waiting} onSignedIn={enter} onAgain={() => wait(null)} />
      </Gate>
    );
  return (
    <Gate>
      <h1>{step === 'password' ? t('signIn.title') : t('signIn.codeTitle')}</h1>
      {step === 'password' && <p className="quiet">{t('signIn.intro')}</p>}
      <SignInForm begun={returned.begun} onStep={setStep} onSignedIn={enter} onWaiting={wait} />
      {step === 'password' && <SsoButtons problem={returned.problem} />}
      {step === 'password' && (
        <AnchorLink to="/emergency" size="sm" c="dimmed">
          {t('emergency.link')}
        </AnchorLink>
      )}
    </Gate>
  );
}
