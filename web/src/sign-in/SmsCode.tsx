/** A code by SMS: it is asked for, typed, and asked for again when its pause is over. */
import { Anchor, Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ResponseOf, Routes } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { CodeInput } from '../ui/CodeInput.tsx';
import type { SecondFactor } from './SecondFactor.tsx';

export type SentCode = ResponseOf<Routes['POST /api/v1/sign-in/sms']>;

export function SmsCode({
  factor,
}: {
  factor: Pick<SecondFactor, 'code' | 'setCode' | 'send' | 'busy' | 'sms' | 'sendSms'>;
}) {
  const { t } = useTranslation();
  const { sent, busy } = factor.sms;
  if (sent === undefined) {
    return (
      <Button loading={busy} onClick={factor.sendSms}>
        {t('sms.send')}
      </Button>
    );
  }
  return (
    <>
      <p className="quiet" role="status" style={{ margin: 0 }}>
        {t('sms.sent', { hint: sent.hint })}
      </p>
      <CodeInput
        key={sent.expiresAt}
        label={t('sms.code')}
        value={factor.code}
        onChange={factor.setCode}
        onFull={factor.send}
        disabled={factor.busy}
      />
      <Again key={`again ${sent.expiresAt}`} seconds={sent.againInSeconds} busy={busy} onAgain={factor.sendSms} />
    </>
  );
}

function Again({ seconds, busy, onAgain }: { seconds: number; busy: boolean; onAgain: () => void }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft((before) => Math.max(0, before - 1)), 1_000);
    return () => clearInterval(timer);
  }, []);
  if (left > 0) {
    return (
      <p className="quiet" style={{ margin: 0 }}>
        {t('sms.againIn', { count: left })}
      </p>
    );
  }
  return (
    <Anchor component="button" type="button" size="sm" ta="left" disabled={busy} onClick={onAgain}>
      {t('sms.again')}
    </Anchor>
  );
}
