/** Roles and department, the two things that decide what a person sees. */
import { Checkbox, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { rolesQuery } from '../api/queries.ts';
import type { RoleView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { departmentOptions, useLookups } from '../records/lookups.tsx';
import classes from './people.module.css';
import { Failed, LoadingLines } from '../ui/states.tsx';

type RoleFieldsProps = {
  /** Keys of ready roles, ids of others. */
  roles: readonly string[];
  departmentId: string;
  onRoles: (roles: readonly string[]) => void;
  onDepartment: (id: string) => void;
  disabled?: boolean;
  /** Where the owner’s role is given by nobody. */
  withoutOwner?: boolean;
};

export function RoleFields({
  roles,
  departmentId,
  onRoles,
  onDepartment,
  disabled = false,
  withoutOwner = false,
}: RoleFieldsProps) {
  const { t } = useTranslation();
  const lookups = useLookups();
  const query = useQuery(rolesQuery);
  /** A ready role says what it is for, as long as nobody made it something else. */
  const hintOf = ({ key, edited }: RoleView) =>
    key === null || key === 'baseline' || edited ? undefined : t(`people.roleHints.${key}`);
  return (
    <>
      {query.isPending && <LoadingLines rows={4} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && (
        <Checkbox.Group label={t('people.roles')} value={[...roles]} onChange={(chosen) => onRoles(chosen)}>
          <div className={classes['roles']}>
            {query.data
              .filter(({ key }) => key !== 'baseline' && !(withoutOwner && key === 'owner'))
              .map((role) => (
                <Checkbox
                  key={role.id}
                  value={role.key ?? role.id}
                  mt={8}
                  disabled={disabled}
                  label={role.name}
                  description={hintOf(role)}
                />
              ))}
          </div>
        </Checkbox.Group>
      )}
      <NativeSelect
        label={t('people.department')}
        value={departmentId}
        disabled={disabled}
        onChange={(event) => onDepartment(event.currentTarget.value)}
        data={departmentOptions(lookups.departments)}
      />
    </>
  );
}
