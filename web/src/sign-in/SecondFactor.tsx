/** The second factor, at the door and at step-up: a code of the app, by SMS or of the printed list, or a key. */
import { Alert, Anchor, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { FactorKind } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { hasPasskeys } from '../passkeys/ask-key.ts';
import { CodeInput } from '../ui/CodeInput.tsx';
import type { SentCode } from './SmsCode.tsx';
import { SmsCode } from './SmsCode.tsx';

const codeLengthMin = 6;

/** A code that is typed. */
export const codeKinds = ['totp', 'sms', 'recovery'] as const satisfies readonly FactorKind[];
export type CodeKind = (typeof codeKinds)[number];

type Proving<T> = {
  byCode: (code: string) => Promise<T>;
  byKey: () => Promise<T>;
  sendSms: () => Promise<SentCode>;
  bySms: (code: string) => Promise<T>;
  /** With what the person can prove herself; undefined: not known, everything is offered. */
  ways: readonly FactorKind[] | undefined;
  onProved: (proved: T) => void;
  onRefused?: (error: unknown) => void;
};

export type SecondFactor = ReturnType<typeof useSecondFactor<unknown>>;

/** What was typed, what was tried with it, and what came of that. */
export function useSecondFactor<T>({ byCode, byKey, sendSms, bySms, ways, onProved, onRefused }: Proving<T>) {
  const offered = codeKinds.filter((kind) => ways === undefined || ways.includes(kind));
  const [chosen, setChosen] = useState<CodeKind>();
  // Who has a key and no other code than those of the printed list is asked for the key; the list is for the day it is lost.
  const keyFirst = ways?.includes('passkey') === true && offered.every((one) => one === 'recovery');
  const kind = chosen ?? (keyFirst ? null : (offered[0] ?? 'totp'));
  const [code, setCode] = useState('');
  const refused = (error: unknown) => onRefused?.(error);
  const sms = useMutation({ mutationFn: sendSms });
  const typed = useMutation({
    mutationFn: (value: string) => (kind === 'sms' ? bySms(value) : byCode(value)),
    onSuccess: (proved: T) => onProved(proved),
    onError: (error) => {
      setCode('');
      refused(error);
    },
  });
  const key = useMutation({ mutationFn: byKey, onSuccess: (proved: T) => onProved(proved), onError: refused });
  const awaitsSms = kind === 'sms' && sms.data === undefined;
  const ready = kind !== null && !awaitsSms && code.trim().length >= codeLengthMin;
  return {
    /** null: no code is asked for, the key comes first. */
    kind,
    others: offered.filter((other) => other !== kind),
    code,
    setCode,
    ready,
    problem: typed.error ?? key.error ?? sms.error,
    busy: typed.isPending,
    keyBusy: key.isPending,
    sms: { sent: sms.data, busy: sms.isPending, awaited: awaitsSms },
    /** Whether there is something to send off. */
    typing: kind !== null && !awaitsSms,
    sendSms: () => {
      typed.reset();
      setCode('');
      sms.mutate();
    },
    send: (value: string) => typed.mutate(value),
    submit: (event: FormEvent) => {
      event.preventDefault();
      if (ready) typed.mutate(code.trim());
    },
    useKey: () => {
      typed.reset();
      key.mutate();
    },
    turnTo: (next: CodeKind) => {
      setCode('');
      typed.reset();
      sms.reset();
      setChosen(next);
    },
  };
}

type PartProps = { factor: SecondFactor };

export function FactorField({ factor }: PartProps) {
  const { t } = useTranslation();
  const { code, setCode, kind, busy } = factor;
  if (kind === null) return hasPasskeys() ? null : <Alert color="amber">{t('wall.noKeysHere')}</Alert>;
  if (kind === 'sms') return <SmsCode factor={factor} />;
  if (kind === 'totp') {
    return (
      <CodeInput
        key="totp"
        label={t('signIn.code')}
        value={code}
        onChange={setCode}
        onFull={factor.send}
        disabled={busy}
      />
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
    <Button variant={factor.kind === null ? 'filled' : 'default'} loading={factor.keyBusy} onClick={factor.useKey}>
      {t('passkeys.use')}
    </Button>
  );
}

/** The other codes that the person can type, one line each. */
export function OtherCodes({ factor, words }: PartProps & { words: (t: TFunction, kind: CodeKind) => string }) {
  const { t } = useTranslation();
  return factor.others.map((kind) => (
    <Anchor key={kind} component="button" type="button" size="sm" ta="left" onClick={() => factor.turnTo(kind)}>
      {words(t, kind)}
    </Anchor>
  ));
}
