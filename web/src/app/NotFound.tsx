/** Nothing at this address. */
import { useEffect } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { State } from '../ui/states.tsx';
import { ButtonLink } from './links.tsx';
import { titleOf } from './title.ts';

export function NotFound() {
  const { t } = useTranslation();
  useEffect(() => titleOf(t('notFound.title')), [t]);
  return (
    <main className="page">
      <State page drawing="nothing" title={t('notFound.title')} text={t('notFound.text')}>
        <ButtonLink to="/">{t('notFound.home')}</ButtonLink>
      </State>
    </main>
  );
}
