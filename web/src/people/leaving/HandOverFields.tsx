/** To whom clients go: one person, the head, or everybody in equal parts. */
import { NativeSelect, Radio, Stack } from '@mantine/core';
import type { HandOverRule } from '../../contract.ts';
import { compareNames } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useLookups } from '../../records/lookups.tsx';

/** Whether enough is said to hand over. */
export const isChosen = (rule: HandOverRule): boolean => rule.rule !== 'person' || rule.personId !== undefined;

type HandOverFieldsProps = { leaverId: string; value: HandOverRule; onChange: (rule: HandOverRule) => void };

export function HandOverFields({ leaverId, value, onChange }: HandOverFieldsProps) {
  const { t } = useTranslation();
  const { people } = useLookups();
  const others = people
    .filter((person) => person.active && person.id !== leaverId)
    .toSorted((a, b) => compareNames(a.name, b.name));
  return (
    <Stack gap="sm">
      <Radio.Group label={t('leaving.toWhom')} value={value.rule} onChange={(rule) => onChange({ rule })}>
        <Radio mt={8} value="person" label={t('leaving.rulePerson')} />
        <Radio mt={8} value="head" label={t('leaving.ruleHead')} />
        <Radio mt={8} value="evenly" label={t('leaving.ruleEvenly')} />
      </Radio.Group>
      {value.rule === 'person' && (
        <NativeSelect
          label={t('leaving.heir')}
          value={value.personId ?? ''}
          onChange={(event) => {
            const personId = event.currentTarget.value;
            onChange(personId === '' ? { rule: 'person' } : { rule: 'person', personId });
          }}
          data={[
            { value: '', label: t('leaving.choose') },
            ...others.map((person) => ({ value: person.id, label: person.name })),
          ]}
        />
      )}
    </Stack>
  );
}
