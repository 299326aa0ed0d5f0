/** Whether codes may be sent by SMS, to which countries, and how many a day. */
import { Switch, TextInput } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import type { RulesDraft, SectionProps } from './draft.ts';
import { RuleSection } from './RuleSection.tsx';
import { WholeNumber } from './WholeNumber.tsx';

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
          <WholeNumber
            label={t('sms.rules.dayMax')}
            text={t('sms.rules.dayText')}
            min={1}
            max={dayMaxMax}
            value={sms.dayMax}
            closed={closed}
            onChange={(dayMax) => dayMax !== undefined && set({ dayMax })}
          />
          <WholeNumber
            label={t('sms.rules.prefixDayMax')}
            text={t('sms.rules.prefixDayText')}
            min={1}
            max={dayMaxMax}
            value={sms.prefixDayMax}
            closed={closed}
            onChange={setPrefixDayMax}
          />
        </>
      )}
    </RuleSection>
  );
}
