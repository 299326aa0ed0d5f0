/** Two steps: e-mail and password, then the code. The code goes off by itself when all its digits are there. */
import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import { AnchorLink } from '../app/links.tsx';
import type { FactorKind, SessionView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { ticketIn } from '../devices/waiting-ticket.ts';
import { AskRecovery } from '../recovery/AskRecovery.tsx';
import { hasPasskeys, signInByPasskey } from '../passkeys/ask-key.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { FactorField, KeyInstead, OtherCodes, useSecondFactor } from './SecondFactor.tsx';

/** The first step was right: what the second one may be, and what is demanded where that leaves something out. */
export type Begun = { ticket: string; ways: readonly FactorKind[]; demanded: 'any' | 'key' | 'attested' | null };

type SignInFormProps = {
  onSignedIn: (session: SessionView) => void;
  /** The factors were right and this browser is new: it waits, with this ticket. */
  onWaiting?: (ticket: string) => void;
  onStep?: (step: 'password' | 'code') => void;
  email?: string;
  /** The first step was made elsewhere: at a provider. */
  begun?: Begun | null;
};

export function SignInForm({
  onSignedIn,
  onWaiting,
  onStep,
  email: given = '',
  begun: brought = null,
}: SignInFormProps) {
  const { t } = useTranslation();
  const [email, setEmail] = useState(given);
  const [password, setPassword] = useState('');
  const [begun, setBegun] = useState(brought);
  const moveTo = (next: Begun | null) => {
    setBegun(next);
    onStep?.(next === null ? 'password' : 'code');
  };
  const first = useMutation({
    mutationFn: () => call('POST /api/v1/sign-in', { body: { email: email.trim(), password } }),
    onSuccess: ({ ticket, ways, demanded }) => moveTo({ ticket, ways, demanded }),
  });
  const onRefused = (error: unknown) => {
    const waits = ticketIn(error);
    if (waits !== null) onWaiting?.(waits);
  };
  const byKey = useMutation({ mutationFn: () => signInByPasskey(), onSuccess: onSignedIn, onError: onRefused });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (email.trim().length >= 3 && password !== '') first.mutate();
  };
  if (begun !== null) {
    return <CodeStep {...begun} onSignedIn={onSignedIn} onRefused={onRefused} onAgain={() => moveTo(null)} />;
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t('signIn.email')}
          type="email"
          autoComplete="username"
          inputMode="email"
          required
          withAsterisk={false}
          autoFocus={given === ''}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          autoFocus={given !== ''}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
        />
        <ProblemAlert problem={first.error ?? byKey.error} />
        <Button type="submit" loading={first.isPending} mt="xs">
          {t('signIn.next')}
        </Button>
        {hasPasskeys() && (
          <Button
            variant="default"
            loading={byKey.isPending}
            onClick={() => {
              first.reset();
              byKey.mutate();
            }}
          >
            {t('passkeys.signIn')}
          </Button>
        )}
        <AnchorLink to="/forgot" size="sm">
          {t('letters.forgot')}
        </AnchorLink>
      </Stack>
    </form>
  );
}

type CodeStepProps = Begun & {
  onSignedIn: (session: SessionView) => void;
  onRefused: (error: unknown) => void;
  onAgain: () => void;
};

const intros = { totp: 'signIn.codeIntro', sms: 'sms.intro', recovery: 'signIn.recoveryIntro' } as const;
const others = { totp: 'signIn.useApp', sms: 'sms.use', recovery: 'signIn.useRecovery' } as const;

function CodeStep({ ticket, ways, demanded, onSignedIn, onRefused, onAgain }: CodeStepProps) {
  const { t } = useTranslation();
  const factor = useSecondFactor({
    byCode: (code) => call('POST /api/v1/sign-in/code', { body: { ticket, code } }),
    byKey: () => signInByPasskey(ticket),
    sendSms: () => call('POST /api/v1/sign-in/sms', { body: { ticket } }),
    bySms: (code) => call('POST /api/v1/sign-in/sms/code', { body: { ticket, code } }),
    ways,
    onProved: onSignedIn,
    onRefused,
  });
  const { problem } = factor;
  const expired = problem !== null && asProblem(problem).code === 'sign-in.ticket_expired';
  return (
    <form onSubmit={factor.submit}>
      <Stack gap="sm">
        {demanded !== null && <p style={{ margin: 0 }}>{t(`wall.door.${demanded}`)}</p>}
        {factor.sms.sent === undefined && (
          <p className="quiet" style={{ margin: 0 }}>
            {factor.kind === null ? t('wall.door.byKey') : t(intros[factor.kind])}
          </p>
        )}
        <FactorField factor={factor} />
        <ProblemAlert problem={problem} />
        {expired && <Button onClick={onAgain}>{t('common.retry')}</Button>}
        {!expired && factor.typing && (
          <Button type="submit" loading={factor.busy} disabled={!factor.ready}>
            {t('signIn.enter')}
          </Button>
        )}
        <KeyInstead factor={factor} offered={ways.includes('passkey') && !expired} />
        <OtherCodes factor={factor} words={(words, kind) => words(others[kind])} />
        <AskRecovery ticket={ticket} />
        <Anchor component="button" type="button" size="sm" ta="left" c="dimmed" onClick={onAgain}>
          {t('signIn.again')}
        </Anchor>
      </Stack>
    </form>
  );
}
