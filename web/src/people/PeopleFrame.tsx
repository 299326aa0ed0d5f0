/** What the three pages about people share: head, tabs, the right to see them. */
import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useCan } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { NoRight } from '../ui/states.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import classes from './people.module.css';

export function PeopleFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const can = useCan();
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  // The palette asks for the dialog by the address.
  const byAddress = useLocation({ select: ({ hash }) => hash === 'invite' });
  const inviting = asked || byAddress;
  const close = () => {
    setAsked(false);
    if (byAddress) void navigate({ to: '/people', replace: true });
  };
  useTitle(t('people.title'));
  if (!can('person.read')) return <NoRight permission="person.read" />;
  return (
    <div className="page">
      <PageHeader title={t('people.title')} intro={t('people.intro')}>
        {can('person.invite') && (
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setAsked(true)}>
            {t('people.invite')}
          </Button>
        )}
      </PageHeader>
      <nav className={classes['tabs']} aria-label={t('people.title')}>
        <Link to="/people" className={classes['tab']} activeOptions={{ exact: true }}>
          {t('people.tabPeople')}
        </Link>
        {can('department.read') && (
          <Link to="/people/departments" className={classes['tab']}>
            {t('people.tabDepartments')}
          </Link>
        )}
        {can('role.read') && (
          <Link to="/people/roles" className={classes['tab']}>
            {t('roles.tab')}
          </Link>
        )}
        {can('person.invite') && (
          <Link to="/people/invitations" className={classes['tab']}>
            {t('people.tabInvitations')}
          </Link>
        )}
        {can('person.recover') && (
          <Link to="/people/recovery" className={classes['tab']}>
            {t('recovery.tab')}
          </Link>
        )}
      </nav>
      <div className="panel">{children}</div>
      {inviting && <InviteDialog onClose={close} />}
    </div>
  );
}
