/** The command palette: finds clients as one types, goes anywhere, starts anything. Loaded when first opened. */
import '@mantine/spotlight/styles.css';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconAddressBook, IconBuilding, IconPlus, IconSearch, IconUser, IconUserPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { companyKind } from '../companies/kind.ts';
import { contactKind } from '../contacts/kind.ts';
import { useTranslation } from '../i18n/index.ts';
import type { RecordKind } from '../records/kind.ts';
import { useFoundRows } from '../records/use-rows.ts';
import { navigation } from './navigation.tsx';
import type { Askers } from './session.tsx';
import { mayOpen, useCan } from './session.tsx';

const [store, palette] = createSpotlight();
const foundMax = 7;

type Command = { key: string; label: string; icon: ReactNode; askers: Askers; run: () => void };

export default function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 130);
  useEffect(() => {
    if (opened) palette.open();
    else palette.close();
  }, [opened]);

  const actions: Command[] = [
    {
      key: 'new-contact',
      label: t('palette.newContact'),
      icon: <IconPlus size={18} aria-hidden />,
      askers: ['contact.create'],
      run: () => void navigate({ to: '/contacts/new' }),
    },
    {
      key: 'new-company',
      label: t('palette.newCompany'),
      icon: <IconPlus size={18} aria-hidden />,
      askers: ['company.create'],
      run: () => void navigate({ to: '/companies/new' }),
    },
    {
      key: 'import',
      label: t('palette.newImport'),
      icon: <IconPlus size={18} aria-hidden />,
      askers: ['contact.import'],
      run: () => void navigate({ to: '/imports/new' }),
    },
    {
      key: 'invite',
      label: t('palette.invite'),
      icon: <IconUserPlus size={18} aria-hidden />,
      askers: ['person.invite'],
      run: () => void navigate({ to: '/people', hash: 'invite' }),
    },
  ];
  const places: Command[] = [
    ...navigation.map(({ to, name, askers, Icon }) => ({
      key: name,
      label: t(`shell.${name}`),
      icon: <Icon size={18} aria-hidden />,
      askers,
      run: () => void navigate({ to }),
    })),
    {
      key: 'profile',
      label: t('shell.profile'),
      icon: <IconUser size={18} aria-hidden />,
      askers: 'signed-in',
      run: () => void navigate({ to: '/profile' }),
    },
  ];
  const wanted = text.trim().toLocaleLowerCase('uk');
  const fitting = (commands: Command[]) =>
    commands.filter(
      (command) => mayOpen(can, command.askers) && command.label.toLocaleLowerCase('uk').includes(wanted),
    );
  const shownActions = fitting(actions);
  const shownPlaces = fitting(places);
  const contacts = useFoundRows(contactKind, asked, false, foundMax, opened && can('contact.read'));
  const companies = useFoundRows(companyKind, asked, false, foundMax, opened && can('company.read'));
  const searching = wanted !== '' && (asked !== text.trim() || contacts.isFetching || companies.isFetching);
  const foundCount = wanted === '' ? 0 : (contacts.data?.rows.length ?? 0) + (companies.data?.rows.length ?? 0);

  const found = (kind: RecordKind, rows: typeof contacts.data, icon: ReactNode, label: string) =>
    wanted !== '' &&
    rows !== undefined &&
    rows.rows.length > 0 && (
      <Spotlight.ActionsGroup label={label}>
        {rows.rows.map((row) => (
          <Spotlight.Action
            key={row.id}
            label={kind.nameOf(row) || t('records.noName')}
            description={kind.hintOf(row)}
            leftSection={icon}
            onClick={() => void navigate({ to: `${kind.path}/$id`, params: { id: row.id } })}
          />
        ))}
      </Spotlight.ActionsGroup>
    );
  const commands = (list: Command[], label: string) =>
    list.length > 0 && (
      <Spotlight.ActionsGroup label={label}>
        {list.map((command) => (
          <Spotlight.Action key={command.key} label={command.label} leftSection={command.icon} onClick={command.run} />
        ))}
      </Spotlight.ActionsGroup>
    );

  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      maxHeight={460}
      clearQueryOnClose
      attributes={{ content: { 'aria-label': t('palette.title') } }}
    >
      <Spotlight.Search
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        maxLength={200}
        leftSection={<IconSearch size={19} aria-hidden />}
      />
      <Spotlight.ActionsList aria-label={t('palette.title')}>
        {found(contactKind, contacts.data, <IconAddressBook size={18} aria-hidden />, t('palette.contacts'))}
        {found(companyKind, companies.data, <IconBuilding size={18} aria-hidden />, t('palette.companies'))}
        {commands(shownActions, t('palette.actions'))}
        {commands(shownPlaces, t('palette.goTo'))}
        {foundCount + shownActions.length + shownPlaces.length === 0 && (
          <Spotlight.Empty>
            {searching ? t('palette.searching') : t('palette.nothing')}
            {!searching && <div className="quiet">{t('palette.nothingHint')}</div>}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <Spotlight.Footer>
        <span className="quiet">{t('palette.hint')}</span>
      </Spotlight.Footer>
    </Spotlight.Root>
  );
}
