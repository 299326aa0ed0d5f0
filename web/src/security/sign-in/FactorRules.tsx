/** How strong the second factor must be, for everybody and for a role, and the days in which people get it. */
import { NativeSelect, Textarea } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import type { RulesDraft, SectionProps } from './draft.ts';
import { ForWhom } from './ForWhom.tsx';
import { linesOf, withoutRule, withRule } from './lines.ts';
import { RuleSection } from './RuleSection.tsx';
import { WholeNumber } from './WholeNumber.tsx';
import classes from './rules.module.css';

type Factors = RulesDraft['factors'];
type Demand = Factors['organization'];
const levels = ['any', 'key', 'attested'] as const;
const graceDaysMax = 90;

export function FactorRules({ rules: { factors }, closed, change }: SectionProps) {
  const { t } = useTranslation();
  const set = (next: Factors) => change({ factors: next });
  const asksMaker = [factors.organization, ...factors.roles].some(({ level }) => level === 'attested');
  return (
    <RuleSection title={t('coverage.rules')} text={t('coverage.rulesText')}>
      <ForWhom
        closed={closed}
        withPeople={false}
        lines={linesOf<Demand>(factors).map(({ whom, rule }) => ({
          whom,
          field: (
            <NativeSelect
              aria-label={t('coverage.demanded')}
              value={rule.level}
              disabled={closed}
              data={levels.map((value) => ({ value, label: t(`coverage.level.${value}`) }))}
              onChange={({ currentTarget: { value } }) =>
                set(
                  withRule<Demand, Factors>(factors, whom, {
                    ...rule,
                    level: levels.find((one) => one === value) ?? 'any',
                  }),
                )
              }
            />
          ),
        }))}
        onAdd={(whom) => set(withRule<Demand, Factors>(factors, whom, { level: 'key', since: null }))}
        onRemove={(whom) => set(withoutRule<Demand, Factors>(factors, whom))}
      />
      <WholeNumber
        label={t('coverage.graceDays')}
        text={t('coverage.graceText')}
        min={0}
        max={graceDaysMax}
        value={factors.graceDays}
        closed={closed}
        onChange={(days) => days !== undefined && set({ ...factors, graceDays: days })}
      />
      {asksMaker && (
        <div className={classes['times']} style={{ marginTop: 12, flexWrap: 'wrap' }}>
          <Textarea
            label={t('coverage.roots')}
            description={t('coverage.rootsText')}
            autosize
            minRows={3}
            style={{ flex: '1 1 320px' }}
            disabled={closed}
            defaultValue={factors.attested.roots.join('\n')}
            onBlur={({ currentTarget: { value } }) =>
              set({ ...factors, attested: { ...factors.attested, roots: certificatesIn(value) } })
            }
          />
          <Textarea
            label={t('coverage.models')}
            description={t('coverage.modelsText')}
            autosize
            minRows={3}
            style={{ flex: '1 1 240px' }}
            disabled={closed}
            defaultValue={factors.attested.models.join('\n')}
            onBlur={({ currentTarget: { value } }) =>
              set({ ...factors, attested: { ...factors.attested, models: value.split(/[\s,;]+/).filter(Boolean) } })
            }
          />
        </div>
      )}
    </RuleSection>
  );
}

/** Every certificate of what was pasted, each on its own; what is none is left for the server to refuse. */
function certificatesIn(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  return found ?? (text.trim() === '' ? [] : [text.trim()]);
}
