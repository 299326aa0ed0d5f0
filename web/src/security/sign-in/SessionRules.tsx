/** How long one stays signed in: without doing anything, and at all. A role can only be stricter. */
import { NativeSelect } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import type { RulesDraft, SectionProps } from './draft.ts';
import { ForWhom } from './ForWhom.tsx';
import { linesOf, withoutRule, withRule } from './lines.ts';
import { RuleSection } from './RuleSection.tsx';
import classes from './rules.module.css';

type Sessions = RulesDraft['sessions'];
type Limits = Pick<Sessions['organization'], 'idleHours' | 'days'>;

const hoursOffered = [1, 2, 4, 8, 12];
const daysOffered = [1, 2, 3, 5, 7];
const strict: Limits = { idleHours: 2, days: 1 };

export function SessionRules({ rules: { sessions }, closed, change }: SectionProps) {
  const { t } = useTranslation();
  const set = (next: Sessions) => change({ sessions: next });
  return (
    <RuleSection title={t('rules.sessions')} text={t('rules.sessionsText')}>
      <ForWhom
        closed={closed}
        withPeople={false}
        lines={linesOf<Limits>(sessions).map(({ whom, rule: { idleHours, days } }) => ({
          whom,
          field: (
            <div className={classes['times']}>
              <NativeSelect
                label={t('rules.idle')}
                value={String(idleHours)}
                disabled={closed}
                data={offered(hoursOffered, idleHours).map((count) => ({
                  value: String(count),
                  label: t('rules.hoursCount', { count }),
                }))}
                onChange={({ currentTarget: { value } }) =>
                  set(withRule<Limits, Sessions>(sessions, whom, { idleHours: Number(value), days }))
                }
              />
              <NativeSelect
                label={t('rules.atAll')}
                value={String(days)}
                disabled={closed}
                data={offered(daysOffered, days).map((count) => ({
                  value: String(count),
                  label: t('rules.daysCount', { count }),
                }))}
                onChange={({ currentTarget: { value } }) =>
                  set(withRule<Limits, Sessions>(sessions, whom, { idleHours, days: Number(value) }))
                }
              />
            </div>
          ),
        }))}
        onAdd={(whom) => set(withRule<Limits, Sessions>(sessions, whom, strict))}
        onRemove={(whom) => set(withoutRule<Limits, Sessions>(sessions, whom))}
      />
    </RuleSection>
  );
}

/** What is kept stands among what is offered. */
const offered = (list: readonly number[], kept: number) => [...new Set([...list, kept])].toSorted((a, b) => a - b);
