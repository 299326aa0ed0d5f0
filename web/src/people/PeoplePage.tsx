/** Colleagues. */
import { Button, Checkbox, Table, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { peopleQuery } from '../api/queries.ts';
import { useCan, useSession } from '../app/session.tsx';
import type { PersonView } from '../contract.ts';
import { compareNames } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useLookups } from '../records/lookups.tsx';
import { useDates } from '../ui/dates.ts';
import { Initials } from '../ui/Person.tsx';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../ui/states.tsx';
import { PeopleFrame } from './PeopleFrame.tsx';
import classes from './people.module.css';
import { LeavingDialog } from './leaving/LeavingDialog.tsx';
import { PersonDialog } from './PersonDialog.tsx';
import { AccessDialog } from './roles/AccessDialog.tsx';

export default function PeoplePage() {
  return (
    <PeopleFrame>
      <PeopleTable />
    </PeopleFrame>
  );
}

function PeopleTable() {
  const { t } = useTranslation();
  const query = useQuery(peopleQuery);
  const [text, setText] = useState('');
  const [closed, setClosed] = useState(false);
  const [changing, setChanging] = useState<PersonView | null>(null);
  const [leaving, setLeaving] = useState<PersonView | null>(null);
  const [explaining, setExplaining] = useState<PersonView | null>(null);
  const session = useSession();
  if (query.isPending) return <LoadingLines />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const wanted = text.trim().toLocaleLowerCase('uk');
  const shown = query.data
    .filter((person) => person.active || closed)
    .filter((person) => `${person.name} ${person.email ?? ''}`.toLocaleLowerCase('uk').includes(wanted))
    .toSorted((a, b) => compareNames(a.name, b.name));
  return (
    <>
      <div className={classes['tools']}>
        <TextInput
          type="search"
          aria-label={t('people.filter')}
          placeholder={t('people.filter')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          w={260}
        />
        {query.data.some((person) => !person.active) && (
          <Checkbox
            label={t('people.showInactive')}
            checked={closed}
            onChange={(event) => setClosed(event.currentTarget.checked)}
          />
        )}
      </div>
      {shown.length === 0 ? (
        <State drawing="nothing" title={t('people.nobody')} />
      ) : (
        <ScrollRegion label={t('people.table')}>
          <Table aria-label={t('people.table')} miw={720} verticalSpacing={8} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('people.name')}</Table.Th>
                <Table.Th>{t('people.role')}</Table.Th>
                <Table.Th>{t('people.department')}</Table.Th>
                <Table.Th>{t('people.lastSeen')}</Table.Th>
                <Table.Td />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((person) => (
                <PersonRow
                  key={person.id}
                  person={person}
                  onChange={() => setChanging(person)}
                  onLeave={() => setLeaving(person)}
                  onExplain={() => setExplaining(person)}
                />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      )}
      {explaining !== null && (
        <AccessDialog
          person={explaining}
          mine={explaining.id === session.person.id}
          onClose={() => setExplaining(null)}
        />
      )}
      {leaving !== null && <LeavingDialog person={leaving} onClose={() => setLeaving(null)} />}
      {changing !== null && <PersonDialog person={changing} onClose={() => setChanging(null)} />}
    </>
  );
}

type PersonRowProps = { person: PersonView; onChange: () => void; onLeave: () => void; onExplain: () => void };

function PersonRow({ person, onChange, onLeave, onExplain }: PersonRowProps) {
  const { t } = useTranslation();
  const can = useCan();
  const session = useSession();
  const dates = useDates();
  const lookups = useLookups();
  return (
    <Table.Tr className={person.active ? '' : (classes['gone'] ?? '')}>
      <Table.Td>
        <div className={classes['person']}>
          <Initials name={person.name} size={32} />
          <span>
            {person.name}
            {session.person.id === person.id && <span className="quiet"> · {t('common.you')}</span>}
            {person.email !== null && <small>{person.email}</small>}
          </span>
        </div>
      </Table.Td>
      <Table.Td>{person.roles.map(({ name }) => name).join(', ')}</Table.Td>
      <Table.Td>{lookups.departmentName(person.departmentId)}</Table.Td>
      <Table.Td>
        {person.active
          ? person.lastSeenAt === null
            ? t('people.never')
            : dates.ago(person.lastSeenAt)
          : t('people.deactivated')}
      </Table.Td>
      <Table.Td ta="right">
        {(can('role.read') || session.person.id === person.id) && (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-label={t('access.openOf', { name: person.name })}
            onClick={onExplain}
          >
            {t('access.open')}
          </Button>
        )}
        {!can('person.update') && can('person.leave') && person.active && session.person.id !== person.id && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={t('leaving.buttonOf', { name: person.name })}
            onClick={onLeave}
          >
            {t('leaving.button')}
          </Button>
        )}
        {can('person.update') && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={t('people.changeOf', { name: person.name })}
            onClick={onChange}
          >
            {t('people.change')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
