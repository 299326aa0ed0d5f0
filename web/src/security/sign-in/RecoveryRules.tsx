/** Who lets somebody in whose phone is lost, how many of them, and after what time; with whom that would be at this moment. */
import { Alert, NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import type { RulesDraft, SectionProps } from './draft.ts';
import type { Whom } from './ForWhom.tsx';
import { ForWhom } from './ForWhom.tsx';
import { RuleSection } from './RuleSection.tsx';
import classes from './rules.module.css';

type Recovery = RulesDraft['recovery'];
const neededOffered = [1, 2, 3, 4, 5];
const hoursOffered = [0, 1, 4, 12, 24, 48, 72];

export function RecoveryRules({ rules: { recovery }, closed, change }: SectionProps) {
  const { t } = useTranslation();
  const { approvers, needed, waitingHours } = recovery;
  const set = (part: Partial<Recovery>) => change({ recovery: { ...recovery, ...part } });
  const hours = [...new Set([...hoursOffered, waitingHours])].toSorted((a, b) => a - b);
  const group: Whom[] = [
    ...approvers.roles.map((role) => ({ kind: 'role' as const, role })),
    ...approvers.people.map((personId) => ({ kind: 'person' as const, personId })),
  ];
  return (
    <RuleSection title={t('recoveryRules.title')} text={t('recoveryRules.text')}>
      <h3 className={classes['sub']}>{t('recoveryRules.group')}</h3>
      <p className={classes['text']}>{t('recoveryRules.groupText')}</p>
      {group.length === 0 && <p className={classes['none']}>{t('recoveryRules.empty')}</p>}
      <ForWhom
        closed={closed}
        withPeople
        addLabel={t('recoveryRules.add')}
        lines={group.map((whom) => ({ whom, field: null }))}
        onAdd={(whom) => set({ approvers: withWhom(approvers, whom) })}
        onRemove={(whom) => set({ approvers: withoutWhom(approvers, whom) })}
      />
      <div className={classes['pair']}>
        <NativeSelect
          label={t('recoveryRules.needed')}
          value={String(needed)}
          disabled={closed}
          data={neededOffered.map((count) => ({
            value: String(count),
            label: t('recoveryRules.neededCount', { count }),
          }))}
          onChange={({ currentTarget: { value } }) => set({ needed: Number(value) })}
        />
        <NativeSelect
          label={t('recoveryRules.wait')}
          description={t('recoveryRules.waitText')}
          inputWrapperOrder={['label', 'input', 'description']}
          value={String(waitingHours)}
          disabled={closed}
          data={hours.map((count) => ({
            value: String(count),
            label: count === 0 ? t('recoveryRules.noWait') : t('rules.hoursCount', { count }),
          }))}
          onChange={({ currentTarget: { value } }) => set({ waitingHours: Number(value) })}
        />
      </div>
      {needed === 1 && waitingHours === 0 && (
        <Alert color="orange" variant="light" role="status" mt="sm">
          {t('recoveryRules.alone')}
        </Alert>
      )}
      <WhoNow recovery={recovery} />
    </RuleSection>
  );
}

const withWhom = ({ roles, people }: Recovery['approvers'], whom: Whom) => ({
  roles: whom.kind === 'role' ? [...roles, whom.role] : roles,
  people: whom.kind === 'person' ? [...people, whom.personId] : people,
});
const withoutWhom = ({ roles, people }: Recovery['approvers'], whom: Whom) => ({
  roles: roles.filter((role) => whom.kind !== 'role' || role !== whom.role),
  people: people.filter((personId) => whom.kind !== 'person' || personId !== whom.personId),
});

/** Whom somebody without a phone would ask at this moment, and who would have too few. */
function WhoNow({ recovery }: { recovery: Recovery }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['security', 'recovery', recovery],
    queryFn: () => call('POST /api/v1/security/recovery/preview', { body: recovery }),
    placeholderData: keepPreviousData,
  });
  const namesOf = ({ count, names }: { count: number; names: readonly string[] }) =>
    count > names.length ? t('recoveryRules.andMore', { names: names.join(', ') }) : names.join(', ');
  return (
    <>
      <h3 className={classes['sub']}>{t('recoveryRules.now')}</h3>
      {query.isPending && <LoadingLines rows={2} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <div aria-live="polite">
          {query.data.people.length === 0 && <p className={classes['none']}>{t('recoveryRules.nobodyNamed')}</p>}
          <ul className={classes['asked']}>
            {query.data.people.map(({ personId, name, owner, mayApprove }) => (
              <li key={personId} className={mayApprove ? undefined : classes['without']}>
                {name}
                {owner && <span className="quiet"> · {t('recoveryRules.owner')}</span>}
                {!mayApprove && <span className="quiet"> · {t('recoveryRules.lacks')}</span>}
              </li>
            ))}
          </ul>
          {query.data.short.count > 0 && (
            <p className={classes['none']}>
              {t('recoveryRules.short', { count: query.data.short.count, names: namesOf(query.data.short) })}
            </p>
          )}
          {query.data.nobody.count > 0 && (
            <Alert color="orange" variant="light" mt={4}>
              {t('recoveryRules.nobody', { count: query.data.nobody.count, names: namesOf(query.data.nobody) })}
            </Alert>
          )}
        </div>
      )}
      <p className={classes['none']}>{t('recoveryRules.pending')}</p>
    </>
  );
}
