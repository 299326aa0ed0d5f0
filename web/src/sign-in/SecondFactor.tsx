/** The second factor, at the door and at step-up: a code of the app, a recovery code in its place, or a key. */
import { Anchor, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { hasPasskeys } from '../passkeys/ask-key.ts';
import { CodeInput } from '../ui/CodeInput.tsx';

const codeLengthMin = 6;

type Proving<T> = {
  byCode: (code: string) => Promise<T>;
  byKey: () => Promise<T>;
  onProved: (proved: T) => void;
  onRefused?: (error: unknown) => void;
};

export type SecondFactor = ReturnType<typeof useSecondFactor<unknown>>;

/** What was typed, what was tried with it, and what came of that. */
export function useSecondFactor<T>({ byCode, byKey, onProved, onRefused }: Proving<T>) {
  const [code, setCode] = useState('');
  const [recovery, setRecovery] = useState(false);
  const refused = (error: unknown) => onRefused?.(error);
  const typed = useMutation({
    mutationFn: byCode,
    onSuccess: (proved: T) => onProved(proved),
    onError: (error) => {
      setCode('');
      refused(error);
    },
  });
  const key = useMutation({ mutationFn: byKey, onSuccess: (proved: T) => onProved(proved), onError: refused });
  return {
    code,
    setCode,
    recovery,
    ready: code.trim().length >= codeLengthMin,
    problem: typed.error ?? key.error,
    busy: typed.isPending,
    keyBusy: key.isPending,
    send: (value: string) => typed.mutate(value),
    submit: (event: FormEvent) => {
      event.preventDefault();
      if (code.trim().length >= codeLengthMin) typed.mutate(code.trim());
    },
    useKey: () => {
      typed.reset();
      key.mutate();
    },
    turn: () => {
      setCode('');
      typed.reset();
      setRecovery(!recovery);
    },
  };
}

type PartProps = { factor: SecondFactor };

export function FactorField({ factor }: PartProps) {
  const { t } = useTranslation();
  const { code, setCode } = factor;
  if (!factor.recovery) {
    return (
      <CodeInput label={t('signIn.code')} value={code} onChange={setCode} onFull={factor.send} disabled={factor.busy} />
    );
  }
  return (
    <TextInput
      key="recovery"
      label={t('signIn.recoveryCode')}
      autoComplete="off"
      autoFocus
      value={code}
      onChange={(event) => setCode(event.currentTarget.value)}
      classNames={{ input: 'mono' }}
    />
  );
}

/** Nothing where the person has no key or the browser knows none. */
export function KeyInstead({ factor, offered }: PartProps & { offered: boolean }) {
  const { t } = useTranslation();
  if (!offered || !hasPasskeys()) return null;
  return (
    <Button variant="default" loading={factor.keyBusy} onClick={factor.useKey}>
      {t('passkeys.use')}
    </Button>
  );
}

export function OtherCode({ factor, toApp, toRecovery }: PartProps & { toApp: string; toRecovery: string }) {
  return (
    <Anchor component="button" type="button" size="sm" ta="left" onClick={factor.turn}>
      {factor.recovery ? toApp : toRecovery}
    </Anchor>
  );
}
