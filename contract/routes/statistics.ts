/** How many clients there are and what they are expected to bring, by what lists show plainly; groups too small to be nobody’s data are put together. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Nullable, oneOf } from './shapes.ts';

const Count = Type.Integer({ minimum: 0 });

/** By what clients are counted. Fields that are closed to the reader are no such thing. */
export const statisticsDimensions = ['stage', 'manager', 'department', 'quarter', 'legalBasis', 'tag'] as const;

/** A fixed grid of periods, by the day of making in Kyiv: a year, a quarter of it, a month of it. Nothing between. */
const Period = Type.String({ pattern: '^\\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$', description: '2026, 2026-Q4 or 2026-11' });

/** Hryvnias; null: not told. */
const Sum = Nullable(Type.String({ pattern: '^\\d+\\.\\d{2}$' }));

/**
 * How sums of the expected amount are told: `exact`; `rounded`, each to `roundedTo`, except for what the reader may see; `withheld`:
 * one client would stand out, or too few have an amount, so none is told; `closed`: the field is closed to the reader.
 */
export const sumTellings = ['exact', 'rounded', 'withheld', 'closed'] as const;

export type SumTelling = (typeof sumTellings)[number];

const Group = Type.Object({
  by: oneOf(statisticsDimensions),
  /** Keys are ids of people and departments, stages, quarters (2026-Q4), tags. */
  cells: Type.Array(Type.Object({ key: Type.String(), count: Count, sum: Sum })),
  /** All groups that are not shown one by one, together; null when there are none. */
  rest: Nullable(Count),
  restSum: Sum,
});

export const Statistics = Type.Object({
  /** True: everything counted here is open to the reader, and the numbers are exact one by one. */
  exact: Type.Boolean(),
  period: Nullable(Period),
  /** Null: too few to say. */
  total: Nullable(Count),
  totalSum: Sum,
  sums: Type.Object({ told: oneOf(sumTellings), roundedTo: Sum }),
  groups: Type.Array(Group),
  /** Stages of each manager; only when exact. */
  stagesByManager: Nullable(
    Type.Array(Type.Object({ manager: Type.String(), stage: Type.String(), count: Count, sum: Sum })),
  ),
});

const query = Type.Object({ period: Type.Optional(Period) }, { additionalProperties: false });

export const statisticsRoutes = {
  'GET /api/v1/contacts/statistics': {
    permission: 'contact.statistics',
    summary:
      'How many contacts, by stage, manager, department and quarter; who sees not all of them sees no small groups',
    query,
    response: Statistics,
  },
  'GET /api/v1/companies/statistics': {
    permission: 'company.statistics',
    summary: 'How many companies, by the same rules',
    query,
    response: Statistics,
  },
} as const satisfies RouteTable;

export type StatisticsView = Type.Static<typeof Statistics>;
export type StatisticsDimension = (typeof statisticsDimensions)[number];
