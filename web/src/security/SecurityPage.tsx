/** A page of the section “Security”: its title, one line of what it is for, what can be done on it, and the page itself. */
import type { ReactNode } from 'react';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import type { SecurityPageName } from './pages.ts';

type SecurityPageProps = { page: SecurityPageName; actions?: ReactNode; children: ReactNode };

export function SecurityPage({ page, actions, children }: SecurityPageProps) {
  const { t } = useTranslation();
  const title = t(`security.pages.${page}.title`);
  useTitle(title);
  return (
    <>
      <PageHeader title={title} intro={t(`security.pages.${page}.intro`)}>
        {actions}
      </PageHeader>
      {children}
    </>
  );
}
