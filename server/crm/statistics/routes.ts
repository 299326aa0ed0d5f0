/** Routes of statistics; rights and reach come from the frame. */
import type { statisticsRoutes } from '#contract';
import type { Handlers } from '#http';
import { companyKind, contactKind } from '#crm/records';
import type { StatisticsDeps } from './read-statistics.ts';
import { readStatistics } from './read-statistics.ts';

export type StatisticsHandlers = Handlers<typeof statisticsRoutes>;

export function statisticsHandlers(deps: StatisticsDeps): StatisticsHandlers {
  return {
    'GET /api/v1/contacts/statistics': ({ actor, reach, query }) =>
      readStatistics(deps, contactKind, actor, reach, query),
    'GET /api/v1/companies/statistics': ({ actor, reach, query }) =>
      readStatistics(deps, companyKind, actor, reach, query),
  };
}
