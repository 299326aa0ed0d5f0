/** Whether a new browser has to be confirmed, and when one that was not used is forgotten. */
import { NativeSelect, Switch } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import type { SectionProps } from './draft.ts';
import { RuleSection } from './RuleSection.tsx';

const daysOffered = [7, 30, 90];

export function DeviceRules({ rules: { devices }, closed, change }: SectionProps) {
  const { t } = useTranslation();
  const offered = [...new Set([...daysOffered, devices.days])].toSorted((a, b) => a - b);
  return (
    <RuleSection title={t('devices.rules')} text={t('devices.rulesText')}>
      <Switch
        label={t('devices.demanded')}
        checked={devices.demanded}
        disabled={closed}
        onChange={({ currentTarget: { checked } }) => change({ devices: { ...devices, demanded: checked } })}
      />
      <NativeSelect
        label={t('devices.days')}
        mt="sm"
        maw={320}
        value={String(devices.days)}
        disabled={closed}
        data={offered.map((count) => ({ value: String(count), label: t('devices.daysCount', { count }) }))}
        onChange={({ currentTarget: { value } }) => change({ devices: { ...devices, days: Number(value) } })}
      />
    </RuleSection>
  );
}
