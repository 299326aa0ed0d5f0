/** When people may work, by the clock in Kyiv: days of the week and hours, drawn as a day. */
import { Checkbox, Switch, TextInput } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import type { RulesDraft, SectionProps } from './draft.ts';
import { ForWhom } from './ForWhom.tsx';
import { linesOf, withoutRule, withRule } from './lines.ts';
import { RuleSection } from './RuleSection.tsx';
import classes from './rules.module.css';

type HoursRule = { hours: RulesDraft['hours']['organization'] };
type Hours = NonNullable<HoursRule['hours']>;

/** From Monday, which is 1. */
const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const office: Hours = { days: [1, 2, 3, 4, 5], from: '08:00', to: '20:00' };

export function HourRules({ rules: { hours }, closed, change }: SectionProps) {
  const { t } = useTranslation();
  // The organization’s hours stand bare, those of roles and people in `hours`.
  const ruled = { ...hours, organization: { hours: hours.organization } };
  const set = (next: typeof ruled) => change({ hours: { ...next, organization: next.organization.hours } });
  return (
    <RuleSection title={t('rules.hours')} text={t('rules.hoursText')}>
      <ForWhom
        closed={closed}
        withPeople
        lines={linesOf<HoursRule>(ruled).map(({ whom, rule }) => ({
          whom,
          field: (
            <HoursField
              hours={rule.hours}
              closed={closed}
              onChange={(next) => set(withRule<HoursRule, typeof ruled>(ruled, whom, { hours: next }))}
            />
          ),
        }))}
        onAdd={(whom) => set(withRule<HoursRule, typeof ruled>(ruled, whom, { hours: office }))}
        onRemove={(whom) => set(withoutRule<HoursRule, typeof ruled>(ruled, whom))}
      />
    </RuleSection>
  );
}

type HoursFieldProps = { hours: Hours | null; closed: boolean; onChange: (hours: Hours | null) => void };

function HoursField({ hours, closed, onChange }: HoursFieldProps) {
  const { t } = useTranslation();
  return (
    <>
      <Switch
        label={t('rules.onlyHours')}
        checked={hours !== null}
        disabled={closed}
        onChange={({ currentTarget: { checked } }) => onChange(checked ? office : null)}
      />
      {hours === null ? (
        <span className="quiet">{t('rules.anyHour')}</span>
      ) : (
        <>
          <Checkbox.Group
            aria-label={t('rules.daysOfWeek')}
            value={hours.days.map(String)}
            // A week without a day is no week: the last one stays.
            onChange={(days) =>
              days.length > 0 && onChange({ ...hours, days: days.map(Number).toSorted((a, b) => a - b) })
            }
          >
            <div className={classes['week']}>
              {week.map((day, at) => (
                <Checkbox key={day} value={String(at + 1)} label={t(`rules.weekDays.${day}`)} disabled={closed} />
              ))}
            </div>
          </Checkbox.Group>
          <div className={classes['times']}>
            <TextInput
              type="time"
              label={t('rules.fromHour')}
              value={hours.from}
              readOnly={closed}
              onChange={({ currentTarget: { value } }) => value !== '' && onChange({ ...hours, from: value })}
            />
            <TextInput
              type="time"
              label={t('rules.toHour')}
              value={hours.to}
              readOnly={closed}
              onChange={({ currentTarget: { value } }) => value !== '' && onChange({ ...hours, to: value })}
            />
            <Day hours={hours} />
          </div>
        </>
      )}
    </>
  );
}

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** The day from midnight to midnight; a night that goes on into the morning has two parts. */
function Day({ hours: { from, to } }: { hours: Hours }) {
  const { t } = useTranslation();
  const [start, end] = [minutes(from), minutes(to)];
  const parts = start < end ? [[start, end]] : [[start, 1_440], ...(end > 0 ? [[0, end]] : [])];
  return (
    <div className={classes['day']}>
      <svg viewBox="0 0 1440 60" preserveAspectRatio="none" aria-hidden>
        <rect className={classes['dayAll']} width={1_440} height={60} rx={10} />
        {parts.map(([left = 0, right = 0]) => (
          <rect key={left} className={classes['dayPart']} x={left} width={right - left} height={60} rx={10} />
        ))}
      </svg>
      <div className={classes['dayHours']} aria-hidden>
        <span>0</span>
        <span>6</span>
        <span>12</span>
        <span>18</span>
        <span>24</span>
      </div>
      {start > end && <small className="quiet">{t('rules.overNight')}</small>}
    </div>
  );
}
