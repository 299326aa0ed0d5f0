/** What a person can see and do, by which role, and how many clients that is. */
import { Alert, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { PersonAccessView } from '../../contract.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import classes from './roles.module.css';
import { useRowsText } from './rows-text.ts';

type AccessDialogProps = { person: { id: string; name: string }; mine: boolean; onClose: () => void };

export function AccessDialog({ person, mine, onClose }: AccessDialogProps) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['people', 'access', person.id],
    queryFn: () =>
      mine
        ? call('GET /api/v1/profile/access', {})
        : call('GET /api/v1/people/:id/access', { params: { id: person.id } }),
    staleTime: 0,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={620}
      title={mine ? t('access.mine') : t('access.openOf', { name: person.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {query.isPending && <LoadingLines rows={6} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && <Access access={query.data} />}
    </Modal>
  );
}

function Access({ access }: { access: PersonAccessView }) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const rowsText = useRowsText();
  const labels = { contact: words.contactFields, company: words.companyFields } as Record<
    string,
    Record<string, string>
  >;
  const names = (roles: readonly { name: string }[]) => roles.map(({ name }) => name).join(', ');
  if (!access.active) return <Alert color="gray">{t('access.inactive')}</Alert>;
  return (
    <>
      <div className={classes['numbers']}>
        <span>
          <strong>{rowsText(access.contacts)}</strong>
          {t('access.contacts')}
        </span>
        <span>
          <strong>{rowsText(access.companies)}</strong>
          {t('access.companies')}
        </span>
      </div>
      <h3>{t('access.rolesTitle')}</h3>
      <p>
        {access.roles
          .map(({ name, until }) =>
            until === null ? name : `${name} (${t('access.until', { when: dates.moment(until) })})`,
          )
          .join(', ')}
      </p>
      <h3>{t('access.rights')}</h3>
      <ul className={classes['people']} style={{ maxHeight: 'none' }} aria-label={t('access.rights')}>
        {access.permissions.map(({ permission, scope, by, stoppedBy }) => (
          <li key={permission}>
            {words.permissions[permission]}: <strong>{words.scopes[scope]}</strong>
            <small>
              {stoppedBy.length > 0
                ? t('access.stopped', { roles: names(stoppedBy) })
                : t('access.by', { roles: names(by) })}
            </small>
          </li>
        ))}
      </ul>
      <h3>{t('access.closed')}</h3>
      {access.fields.length === 0 ? (
        <p className="quiet">{t('access.closedNone')}</p>
      ) : (
        <ul>
          {access.fields.map(({ record, field, right }) => (
            <li key={`${record}.${field}`}>
              {t(record === 'contact' ? 'roles.contacts' : 'roles.companies')}: {labels[record]?.[field] ?? field} —{' '}
              {words.fieldRights[right]}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
