/** Whether a new browser has to be confirmed, and when one that was not used is forgotten: for everybody, and stricter for a role. */
import { NativeSelect, Switch } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import type { RulesDraft, SectionProps } from './draft.ts';
import { ForWhom } from './ForWhom.tsx';
import { linesOf, withoutRule, withRule } from './lines.ts';
import { RuleSection } from './RuleSection.tsx';
import classes from './rules.module.css';

type Devices = RulesDraft['devices'];
type Rule = Pick<Devices['organization'], 'demanded' | 'days'>;

const daysOffered = [1, 7, 30, 90];
const strict: Rule = { demanded: true, days: 7 };

export function DeviceRules({ rules: { devices }, closed, change }: SectionProps) {
  const { t } = useTranslation();
  const set = (next: Devices) => change({ devices: next });
  const put = (whom: Parameters<typeof withRule>[1], rule: Rule) => set(withRule<Rule, Devices>(devices, whom, rule));
  return (
    <RuleSection title={t('devices.rules')} text={t('devices.rulesText')}>
      <ForWhom
        closed={closed}
        withPeople={false}
        lines={linesOf<Rule>(devices).map(({ whom, rule: { demanded, days } }) => ({
          whom,
          field: (
            <div className={classes['times']}>
              <Switch
                label={t('devices.demanded')}
                checked={demanded}
                disabled={closed}
                onChange={({ currentTarget: { checked } }) => put(whom, { demanded: checked, days })}
              />
              <NativeSelect
                label={t('devices.days')}
                value={String(days)}
                disabled={closed}
                data={[...new Set([...daysOffered, days])]
                  .toSorted((a, b) => a - b)
                  .map((count) => ({ value: String(count), label: t('devices.daysCount', { count }) }))}
                onChange={({ currentTarget: { value } }) => put(whom, { demanded, days: Number(value) })}
              />
            </div>
          ),
        }))}
        onAdd={(whom) => put(whom, strict)}
        onRemove={(whom) => set(withoutRule<Rule, Devices>(devices, whom))}
      />
      <p className="quiet">{t('devices.strictest')}</p>
    </RuleSection>
  );
}
