/** The rules of sign-in: a list of sections, one line each. */
import { useQuery } from '@tanstack/react-query';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { SecurityPage } from '../SecurityPage.tsx';
import { rulesQuery } from './queries.ts';

export default function SignInRulesPage() {
  const { t } = useTranslation();
  const query = useQuery(rulesQuery);
  return (
    <SecurityPage page="signIn">
      {query.isPending && <LoadingLines rows={8} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <section className="panel" style={{ padding: '14px 18px' }}>
          <h2 style={{ margin: 0, fontSize: '1.05rem' }}>{t('rules.sessions')}</h2>
          <p className="quiet" style={{ margin: '4px 0 0' }}>
            {t('rules.sessionsNow', {
              hours: query.data.sessions.organization.idleHours,
              days: query.data.sessions.organization.days,
            })}
          </p>
        </section>
      )}
    </SecurityPage>
  );
}
