/** Recovery codes, shown once: copy, download, and a promise that they are kept. */
import { Button, Checkbox, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { saveText } from '../ui/save-text.ts';
import classes from './setup.module.css';

type RecoveryCodesProps = { codes: string[]; email: string; onDone: () => void };

export function RecoveryCodes({ codes, email, onDone }: RecoveryCodesProps) {
  const { t } = useTranslation();
  const [kept, setKept] = useState(false);
  const file = `${t('setup.codesFileHeading', { email })}\n\n${codes.join('\n')}\n`;
  return (
    <Stack gap="md">
      <ul className={`panel ${classes['codes']}`} aria-label={t('setup.codesLabel')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={classes['choice']}>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={() => saveText('lubart-recovery-codes.txt', file)}
        >
          {t('setup.downloadCodes')}
        </Button>
        <CopyButton text={codes.join('\n')} label={t('setup.copyCodes')} />
      </div>
      <Checkbox
        label={t('setup.codesSaved')}
        checked={kept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Button disabled={!kept} onClick={onDone}>
        {t('setup.finish')}
      </Button>
    </Stack>
  );
}
