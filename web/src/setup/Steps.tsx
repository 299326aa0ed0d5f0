/** Where in the wizard one is. */
import { useTranslation } from '../i18n/index.ts';
import classes from './setup.module.css';

export function Steps({ names, at }: { names: string[]; at: number }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={classes['stepName']}>
        {t('setup.stepOf', { step: at + 1, steps: names.length })} · {names[at]}
      </p>
      <ol className={classes['steps']} aria-hidden>
        {names.map((name, index) => (
          <li key={name} data-done={index <= at || undefined} />
        ))}
      </ol>
    </>
  );
}
