/** Connecting an authenticator app: QR code, the key by hand, the first code. */
import { Button, Stack } from '@mantine/core';
import type { EnrolmentView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { CodeInput } from '../ui/CodeInput.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { QrCode } from './QrCode.tsx';
import classes from './setup.module.css';

type FactorStepProps = {
  enrolment: EnrolmentView;
  code: string;
  onCode: (code: string) => void;
  onSubmit: (code: string) => void;
  submitLabel: string;
  busy: boolean;
  problem: unknown;
};

export function FactorStep({ enrolment, code, onCode, onSubmit, submitLabel, busy, problem }: FactorStepProps) {
  const { t } = useTranslation();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === 6) onSubmit(code);
      }}
    >
      <Stack gap="md">
        <div className={classes['factor']}>
          <QrCode text={enrolment.otpauthUri} label={t('setup.qrLabel')} />
          <ol>
            <li>{t('setup.factorStep1')}</li>
            <li>{t('setup.factorStep2')}</li>
            <li>{t('setup.factorStep3')}</li>
          </ol>
        </div>
        <div>
          <div className="quiet">{t('setup.manualKey')}</div>
          <div className={classes['key']}>
            <code className="mono" data-manual-key>
              {enrolment.manualKey}
            </code>
            <CopyButton text={enrolment.manualKey.replaceAll(' ', '')} label={t('setup.copyKey')} />
          </div>
        </div>
        <CodeInput label={t('setup.code')} value={code} onChange={onCode} onFull={onSubmit} disabled={busy} />
        <ProblemAlert problem={problem} />
        <Button type="submit" loading={busy} disabled={code.length < 6}>
          {submitLabel}
        </Button>
      </Stack>
    </form>
  );
}
