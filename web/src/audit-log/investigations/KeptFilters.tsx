/** Filters of the log that were kept in an investigation; each opens the log as it was narrowed then. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { AnchorLink } from '../../app/links.tsx';
import { useSession } from '../../app/session.tsx';
import type { InvestigationView, SavedFilterView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';
import { searchOf } from '../filter-of-search.ts';
import classes from './investigations.module.css';
import { investigationsKey } from './queries.ts';

type KeptProps = { investigation: InvestigationView; filters: readonly SavedFilterView[] };

export function KeptFilters({ investigation, filters }: KeptProps) {
  const { t } = useTranslation();
  return (
    <section className="panel" aria-label={t('investigations.filters')}>
      <h2>{t('investigations.filters')}</h2>
      <ul className={classes['filters']}>
        {filters.length === 0 && <li className="quiet">{t('investigations.filtersEmpty')}</li>}
        {filters.map((filter) => (
          <Kept key={filter.id} of={investigation} filter={filter} />
        ))}
      </ul>
    </section>
  );
}

function Kept({
  of,
  filter: { id, title, filter, savedBy, savedAt },
}: {
  of: InvestigationView;
  filter: SavedFilterView;
}) {
  const { t } = useTranslation();
  const session = useSession();
  const dates = useDates();
  const client = useQueryClient();
  const forget = useMutation({
    mutationFn: () =>
      call('DELETE /api/v1/investigations/:id/filters/:filterId', { params: { id: of.id, filterId: id } }),
    onSuccess: async () => {
      tellDone(t('investigations.forgotten'));
      await client.invalidateQueries({ queryKey: investigationsKey });
    },
  });
  return (
    <li>
      <AnchorLink to="/audit-log" search={searchOf(filter)}>
        {title}
      </AnchorLink>
      <small className="quiet">
        {savedBy.name} · {dates.moment(savedAt)}
      </small>
      {of.abilities.mark && (of.abilities.lead || savedBy.id === session.person.id) && (
        <Button
          className={classes['quietButton']}
          size="compact-sm"
          variant="subtle"
          loading={forget.isPending}
          onClick={() => forget.mutate()}
        >
          {t('investigations.forget')}
        </Button>
      )}
      <ProblemAlert problem={forget.error} />
    </li>
  );
}
