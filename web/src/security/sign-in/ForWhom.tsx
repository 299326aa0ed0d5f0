/** One rule for everybody, and others for roles and people: the nearest one counts. */
import { ActionIcon, Button, Group, NativeSelect } from '@mantine/core';
import { IconPlus, IconUser, IconUserShield, IconUsersGroup, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useId, useState } from 'react';
import { rolesQuery } from '../../api/queries.ts';
import { useCan } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useLookups } from '../../records/lookups.tsx';
import classes from './rules.module.css';

export type Whom = { kind: 'organization' } | { kind: 'role'; role: string } | { kind: 'person'; personId: string };
export type Line = { whom: Whom; field: ReactNode };

type ForWhomProps = {
  lines: readonly Line[];
  closed: boolean;
  /** Whether people of their own may be named too. */
  withPeople: boolean;
  /** Where it is no exception that is added. */
  addLabel?: string;
  onAdd: (whom: Whom) => void;
  onRemove: (whom: Whom) => void;
};

const keyOf = (whom: Whom) =>
  whom.kind === 'organization' ? '' : whom.kind === 'role' ? `role ${whom.role}` : `person ${whom.personId}`;

export function ForWhom({ lines, closed, withPeople, addLabel, onAdd, onRemove }: ForWhomProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (
    <>
      <ul className={classes['lines']}>
        {lines.map(({ whom, field }) => {
          const { name, Icon } = nameOf(whom);
          return (
            <li key={keyOf(whom)} className={classes['line']}>
              <span className={field === null ? `${classes['whom']} ${classes['alone']}` : classes['whom']}>
                <Icon size={18} stroke={1.6} aria-hidden />
                {name}
              </span>
              {field !== null && <div className={classes['field']}>{field}</div>}
              {whom.kind !== 'organization' && !closed && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('rules.removeFor', { name })}
                  onClick={() => onRemove(whom)}
                >
                  <IconX size={17} aria-hidden />
                </ActionIcon>
              )}
            </li>
          );
        })}
      </ul>
      {!closed && (
        <AddWhom
          withPeople={withPeople}
          label={addLabel}
          taken={new Set(lines.map(({ whom }) => keyOf(whom)))}
          onAdd={onAdd}
        />
      )}
    </>
  );
}

function useNames() {
  const { t } = useTranslation();
  const lookups = useLookups();
  const can = useCan();
  const roles = useQuery({ ...rolesQuery, enabled: can('role.read') }).data;
  return (whom: Whom) => {
    if (whom.kind === 'organization') return { name: t('rules.everybody'), Icon: IconUsersGroup };
    if (whom.kind === 'role') {
      const role = roles?.find(({ key, id }) => (key ?? id) === whom.role);
      return { name: t('rules.role', { name: role?.name ?? whom.role }), Icon: IconUserShield };
    }
    return { name: lookups.personName(whom.personId) || t('common.unknownPerson'), Icon: IconUser };
  };
}

function AddWhom({
  withPeople,
  label: given,
  taken,
  onAdd,
}: {
  withPeople: boolean;
  label: string | undefined;
  taken: ReadonlySet<string>;
  onAdd: (whom: Whom) => void;
}) {
  const { t } = useTranslation();
  const can = useCan();
  const id = useId();
  const lookups = useLookups();
  const roles = useQuery({ ...rolesQuery, enabled: can('role.read') }).data ?? [];
  const [open, setOpen] = useState(false);
  if (!open)
    return (
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {given ?? t(withPeople ? 'rules.addException' : 'rules.addRole')}
      </Button>
    );
  const free = (whom: Whom) => !taken.has(keyOf(whom));
  const groups: { group: string; items: { whom: Whom; label: string }[] }[] = [
    {
      group: t('rules.roles'),
      items: roles
        .filter(({ key }) => key !== 'baseline')
        .map(({ key, id: roleId, name }) => ({ whom: { kind: 'role', role: key ?? roleId }, label: name })),
    },
    {
      group: t('rules.people'),
      items: (withPeople ? lookups.people.filter(({ active }) => active) : []).map(({ id: personId, name }) => ({
        whom: { kind: 'person', personId },
        label: name,
      })),
    },
  ];
  return (
    <Group gap="xs" mt={6}>
      <NativeSelect
        id={id}
        aria-label={t('rules.forWhom')}
        value=""
        data={[
          { value: '', label: t('rules.chooseWhom') },
          ...groups
            .map(({ group, items }) => ({
              group,
              items: items.filter(({ whom }) => free(whom)).map(({ whom, label }) => ({ value: keyOf(whom), label })),
            }))
            .filter(({ items }) => items.length > 0),
        ]}
        onChange={({ currentTarget: { value } }) => {
          const found = groups.flatMap(({ items }) => items).find(({ whom }) => keyOf(whom) === value);
          if (found === undefined) return;
          onAdd(found.whom);
          setOpen(false);
        }}
      />
      <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setOpen(false)}>
        {t('common.cancel')}
      </Button>
    </Group>
  );
}
