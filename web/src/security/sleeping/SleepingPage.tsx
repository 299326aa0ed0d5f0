/** Who was overlooked: accounts that nobody uses, leavers who still have something, invitations that nobody answered. */
import { Alert, Button, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { peopleQuery } from '../../api/queries.ts';
import { AnchorLink } from '../../app/links.tsx';
import { useCan, useSession } from '../../app/session.tsx';
import type { PersonView, ResponseOf, Routes } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { LeavingDialog } from '../../people/leaving/LeavingDialog.tsx';
import { useDates } from '../../ui/dates.ts';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import classes from './sleeping.module.css';

type Overlooked = ResponseOf<Routes['GET /api/v1/people/sleeping']>;

export default function SleepingPage() {
  return (
    <SecurityPage page="sleeping">
      <Overlooked />
    </SecurityPage>
  );
}

function Overlooked() {
  const { t } = useTranslation();
  const can = useCan();
  const me = useSession().person.id;
  const people = useQuery({ ...peopleQuery, enabled: can('person.read') }).data;
  const [leaving, setLeaving] = useState<PersonView | null>(null);
  const query = useQuery({
    queryKey: ['people', 'sleeping'],
    queryFn: () => call('GET /api/v1/people/sleeping', {}),
  });
  if (query.isPending) return <LoadingLines rows={5} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const { sleeping, leftActive, invitations } = query.data;
  if (sleeping.length + leftActive.length + invitations.length === 0) {
    return <State drawing="empty" title={t('sleeping.nobody')} text={t('sleeping.nobodyText')} />;
  }
  const mayLeave = (id: string) => can('person.leave') && id !== me;
  const begin = (id: string) => setLeaving(people?.find((person) => person.id === id) ?? null);
  return (
    <>
      {leftActive.length > 0 && <Left rows={leftActive} mayLeave={mayLeave} onLeave={begin} />}
      {sleeping.length > 0 && <Sleeping rows={sleeping} mayLeave={mayLeave} onLeave={begin} />}
      {invitations.length > 0 && <Unanswered rows={invitations} />}
      {leaving !== null && (
        <LeavingDialog
          person={leaving}
          onClose={() => {
            setLeaving(null);
            void query.refetch();
          }}
        />
      )}
    </>
  );
}

type Actions = { mayLeave: (id: string) => boolean; onLeave: (id: string) => void };

/** The worst first: somebody who has left and still has something open. */
function Left({ rows, mayLeave, onLeave }: { rows: Overlooked['leftActive'] } & Actions) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <section className={classes['part']}>
      <h2>{t('sleeping.left')}</h2>
      <Alert color="brick" variant="light">
        {t('sleeping.leftText')}
      </Alert>
      <ScrollRegion label={t('sleeping.left')}>
        <Table aria-label={t('sleeping.left')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('people.name')}</Table.Th>
              <Table.Th ta="right">{t('sleeping.sessions')}</Table.Th>
              <Table.Th ta="right">{t('people.roles')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ id, name, sessions, roles }) => (
              <Table.Tr key={id}>
                <WhoCell id={id} name={name} mayLeave={mayLeave} onLeave={onLeave} />
                <Table.Td ta="right">{dates.number(sessions)}</Table.Td>
                <Table.Td ta="right">{dates.number(roles)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </section>
  );
}

function Sleeping({ rows, mayLeave, onLeave }: { rows: Overlooked['sleeping'] } & Actions) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <section className={classes['part']}>
      <h2>{t('sleeping.asleep')}</h2>
      <p className="quiet">{t('sleeping.asleepText')}</p>
      <ScrollRegion label={t('sleeping.asleep')}>
        <Table aria-label={t('sleeping.asleep')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('people.name')}</Table.Th>
              <Table.Th>{t('people.lastSeen')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ id, name, lastSeenAt }) => (
              <Table.Tr key={id}>
                <WhoCell id={id} name={name} mayLeave={mayLeave} onLeave={onLeave} />
                <Table.Td>{lastSeenAt === null ? t('people.never') : dates.day(lastSeenAt)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </section>
  );
}

/** The name with what can be done; on a narrow screen one below the other. */
function WhoCell({ id, name, mayLeave, onLeave }: { id: string; name: string } & Actions) {
  const { t } = useTranslation();
  return (
    <Table.Td>
      <div className={classes['who']}>
        <span>{name}</span>
        {mayLeave(id) && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={t('leaving.buttonOf', { name })}
            onClick={() => onLeave(id)}
          >
            {t('leaving.button')}
          </Button>
        )}
      </div>
    </Table.Td>
  );
}

function Unanswered({ rows }: { rows: Overlooked['invitations'] }) {
  const { t } = useTranslation();
  const can = useCan();
  const dates = useDates();
  return (
    <section className={classes['part']}>
      <h2>{t('sleeping.unanswered')}</h2>
      <p className="quiet">
        {t('sleeping.unansweredText')}{' '}
        {can('person.invite') && <AnchorLink to="/people/invitations">{t('sleeping.toInvitations')}</AnchorLink>}
      </p>
      <ScrollRegion label={t('sleeping.unanswered')}>
        <Table aria-label={t('sleeping.unanswered')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('people.name')}</Table.Th>
              <Table.Th>{t('sleeping.made')}</Table.Th>
              <Table.Th>{t('sleeping.ends')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ id, name, createdAt, expiresAt }) => (
              <Table.Tr key={id}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>{dates.day(createdAt)}</Table.Td>
                <Table.Td>{dates.day(expiresAt)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </section>
  );
}
