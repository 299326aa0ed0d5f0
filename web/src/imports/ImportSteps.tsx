/** Where in the import one is. */
import { useTranslation } from '../i18n/index.ts';
import { Steps } from '../ui/Steps.tsx';
import classes from './imports.module.css';

const steps = ['stepFile', 'stepColumns', 'stepCheck', 'stepImport'] as const;

export function ImportSteps({ at }: { at: number }) {
  const { t } = useTranslation();
  return (
    <div className={classes['steps']}>
      <Steps label={t('imports.steps')} steps={steps.map((step) => t(`imports.${step}`))} at={at} />
    </div>
  );
}
