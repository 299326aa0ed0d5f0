/** A link that is shown once, to be copied and handed over. */
import { TextInput } from '@mantine/core';
import { useTranslation } from '../i18n/index.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import classes from './letters.module.css';

export function LinkField({ label, link }: { label: string; link: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes['link']}>
      <TextInput
        label={label}
        readOnly
        value={link}
        onFocus={(event) => event.currentTarget.select()}
        classNames={{ input: 'mono' }}
      />
      <div>
        <CopyButton text={link} label={t('letters.copy')} variant="filled" />
      </div>
    </div>
  );
}
