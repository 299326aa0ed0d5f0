/** Sign-in. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { AnchorLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
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
  const [step, setStep] = useState<'password' | 'code'>(returned.ticket === null ? 'password' : 'code');
  useTitle(t('signIn.title'));
  return (
    <Gate>
      <h1>{step === 'password' ? t('signIn.title') : t('signIn.codeTitle')}</h1>
      {step === 'password' && <p className="quiet">{t('signIn.intro')}</p>}
      <SignInForm
        ticket={returned.ticket}
        onStep={setStep}
        onSignedIn={(session) => {
          client.clear();
          client.setQueryData(sessionQuery.queryKey, session);
          void navigate({ href: next ?? '/', replace: true });
        }}
      />
      {step === 'password' && <SsoButtons problem={returned.problem} />}
      {step === 'password' && (
        <AnchorLink to="/emergency" size="sm" c="dimmed">
          {t('emergency.link')}
        </AnchorLink>
      )}
    </Gate>
  );
}
