/** Whether codes may be sent by SMS, to which countries, and how many a day. */
import { NumberInput, Switch, TextInput } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import type { RulesDraft, SectionProps } from './draft.ts';
import { RuleSection } from './RuleSection.tsx';

const dayMaxMax = 10_000;

export function SmsRules({ rules: { factors }, smsConfigured, closed, change }: SectionProps) {
  const { t } = useTranslation();
  const { sms } = factors;
  const set = (part: Partial<RulesDraft['factors']['sms']>) =>
    change({ factors: { ...factors, sms: { ...sms, ...part } } });
  const setPrefixDayMax = (value: number | undefined) => {
    const { prefixDayMax: _before, ...rest } = sms;
    change({ factors: { ...factors, sms: value === undefined ? rest : { ...rest, prefixDayMax: value } } });
  };
  return (
    <RuleSection title={t('sms.rules.title')} text={t('sms.rules.text')}>
      {!smsConfigured && <p className="quiet">{t('sms.rules.noProvider')}</p>}
      <Switch
        label={t('sms.rules.allowed')}
        checked={sms.allowed}
        disabled={closed}
        onChange={({ currentTarget: { checked } }) => set({ allowed: checked })}
      />
      {sms.allowed && (
        <>
          <TextInput
            label={t('sms.rules.prefixes')}
            description={t('sms.rules.prefixesText')}
            maw={420}
            mt="sm"
            disabled={closed}
            defaultValue={sms.prefixes.join(' ')}
            onBlur={({ currentTarget: { value } }) => set({ prefixes: value.split(/[\s,;]+/).filter(Boolean) })}
          />
          <NumberInput
            label={t('sms.rules.dayMax')}
            description={t('sms.rules.dayText')}
            maw={420}
            mt="sm"
            min={1}
            max={dayMaxMax}
            allowDecimal={false}
            value={sms.dayMax}
            disabled={closed}
            onChange={(value) => typeof value === 'number' && set({ dayMax: value })}
          />
          <NumberInput
            label={t('sms.rules.prefixDayMax')}
            description={t('sms.rules.prefixDayText')}
            maw={420}
            mt="sm"
            min={1}
            max={dayMaxMax}
            allowDecimal={false}
            value={sms.prefixDayMax ?? ''}
            disabled={closed}
            onChange={(value) => setPrefixDayMax(typeof value === 'number' ? value : undefined)}
          />
        </>
      )}
    </RuleSection>
  );
}
