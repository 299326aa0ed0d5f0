/** One company, and its people beside it. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { AnchorLink } from '../app/links.tsx';
import { useCan } from '../app/session.tsx';
import { contactKind } from '../contacts/kind.ts';
import { useTranslation } from '../i18n/index.ts';
import { mayOrderByName } from '../records/closed.ts';
import { useClosed } from '../records/use-closed.ts';
import { RecordPage } from '../records/RecordPage.tsx';
import classes from '../records/records.module.css';
import { ProblemText } from '../ui/ProblemAlert.tsx';
import { LoadingLines } from '../ui/states.tsx';
import { companyKind } from './kind.ts';

export default function CompanyPage() {
  const { id } = useParams({ from: '/inside/companies/$id' });
  return <RecordPage key={id} kind={companyKind} id={id} beside={<ItsContacts companyId={id} />} />;
}

function ItsContacts({ companyId }: { companyId: string }) {
  const { t } = useTranslation();
  const can = useCan();
  const closed = useClosed(contactKind);
  const may = can('contact.read') && closed['companyId'] === undefined;
  const sort = mayOrderByName(closed) ? 'name' : '-created';
  const contacts = useQuery({
    queryKey: ['contacts', 'of-company', companyId],
    queryFn: () => call('GET /api/v1/contacts', { query: { companyId, sort, limit: 12 } }),
    enabled: may,
  });
  if (!may) return null;
  return (
    <section className={`panel ${classes['group']}`} aria-label={t('companies.itsContacts')}>
      <h2>{t('companies.itsContacts')}</h2>
      {contacts.isPending && <LoadingLines rows={2} />}
      {contacts.isError && <ProblemText problem={contacts.error} />}
      {contacts.data?.rows.length === 0 && <p className="quiet">{t('companies.itsContactsEmpty')}</p>}
      <div className={classes['column']} style={{ gap: 6 }}>
        {contacts.data?.rows.map((row) => (
          <div key={row.id}>
            <AnchorLink to="/contacts/$id" params={{ id: row.id }}>
              {contactKind.nameOf(row) || t('records.noName')}
            </AnchorLink>{' '}
            <span className="quiet">{row.position}</span>
          </div>
        ))}
      </div>
      <p style={{ margin: '10px 0 0', display: 'flex', gap: 14, flexWrap: 'wrap' }}>
        {can('contact.create') && (
          <AnchorLink to="/contacts/new" search={{ companyId }} size="sm">
            + {t('contacts.create')}
          </AnchorLink>
        )}
        {typeof contacts.data?.next === 'string' && (
          <AnchorLink to="/contacts" search={{ companyId }} size="sm">
            {t('companies.itsContactsAll')}
          </AnchorLink>
        )}
      </p>
    </section>
  );
}
