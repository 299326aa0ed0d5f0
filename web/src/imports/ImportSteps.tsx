/** Where in the import one is. */
import { useTranslation } from '../i18n/index.ts';
import classes from './imports.module.css';

const steps = ['stepFile', 'stepColumns', 'stepCheck', 'stepImport'] as const;

export function ImportSteps({ at }: { at: number }) {
  const { t } = useTranslation();
  return (
    <ol className={classes['steps']} aria-label={t('imports.steps')}>
      {steps.map((step, index) => (
        <li key={step} data-done={index < at || undefined} aria-current={index === at ? 'step' : undefined}>
          {t(`imports.${step}`)}
        </li>
      ))}
    </ol>
  );
}
