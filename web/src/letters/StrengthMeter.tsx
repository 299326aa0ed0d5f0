/** How strong a password is, while it is typed. What knows that is big, and loaded when somebody types one. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { useTranslation } from '../i18n/index.ts';
import classes from './letters.module.css';

const estimator = {
  queryKey: ['password-strength'],
  queryFn: () => import('../../../contract/passwords/index.ts').then(({ strengthOf }) => ({ strengthOf })),
  staleTime: Infinity,
  gcTime: Infinity,
};

export function StrengthMeter({ password }: { password: string }) {
  const { t } = useTranslation();
  const loaded = useQuery(estimator).data;
  const typed = useDeferredValue(password);
  if (loaded === undefined) return null;
  const level = loaded.strengthOf(typed);
  return (
    <div role="status">
      <div className={classes['bars']} data-level={level} aria-hidden>
        <span />
        <span />
        <span />
        <span />
      </div>
      <small className="quiet">{t('letters.strength', { level: t(`letters.levels.${level}`) })}</small>
    </div>
  );
}
