/** Role and department, the two things that decide what a person sees. */
import { NativeSelect, Radio } from '@mantine/core';
import type { Role } from '../contract.ts';
import { roles } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { departmentOptions, useLookups } from '../records/lookups.tsx';

type RoleFieldsProps = {
  role: Role;
  departmentId: string;
  onRole: (role: Role) => void;
  onDepartment: (id: string) => void;
  disabled?: boolean;
};

export function RoleFields({ role, departmentId, onRole, onDepartment, disabled = false }: RoleFieldsProps) {
  const { t } = useTranslation();
  const words = useWords();
  const lookups = useLookups();
  return (
    <>
      <Radio.Group label={t('people.role')} value={role} onChange={(value) => onRole(value)}>
        {roles.map((one) => (
          <Radio
            key={one}
            value={one}
            mt={8}
            disabled={disabled}
            label={words.roles[one]}
            description={t(`people.roleHints.${one}`)}
          />
        ))}
      </Radio.Group>
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
