/**
 * Numbers for heads, without opening a client. Who may read everything that is counted gets exact numbers, of any period of the grid;
 * who may not gets whole tables in which no small group stands by itself, and may choose nothing: every filter is one more difference
 * to take.
 */
import type { StatisticsDimension, StatisticsView } from '#contract';
import type { Database, Reach } from '#database';
import { LubartError } from '#kernel';
import type { RecordKind } from '#crm/records';
import { closedFields } from '#crm/records';
import type { Actor } from '#protections/access';
import { may, reachOf } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Period } from './count-records.ts';
import { countRecords, countTags, listShared } from './count-records.ts';
import { hideSmall, isTooFew } from './hide-small.ts';
import { cellOf, tellingFor, together } from './telling.ts';

export type StatisticsDeps = {
  database: Database;
  auditLog: AuditLog;
  /** Everybody who ever could look after clients, and all departments: groups that nobody is in must not be told apart. */
  domains(organizationId: string): Promise<{ managers: readonly string[]; departments: readonly string[] }>;
};

const fieldOf: Readonly<Partial<Record<StatisticsDimension, string>>> = {
  stage: 'stage',
  manager: 'ownerId',
  department: 'departmentId',
  legalBasis: 'legalBasis',
  tag: 'tags',
};

/** @throws access.denied when a period is asked for by somebody who may not see all that is counted */
export async function readStatistics(
  deps: StatisticsDeps,
  kind: RecordKind,
  actor: Actor,
  reach: Reach,
  asked: { period?: string | undefined },
): Promise<StatisticsView> {
  const reading = may(actor, kind.permission('read')) ? reachOf(actor, kind.permission('read')) : null;
  const exact = reading !== null && covers(reading, reach);
  // Attack: one month after another, and a year less its months, until a group of one remains.
  if (asked.period !== undefined && !exact) {
    throw new LubartError('access.denied', { field: 'period', details: { permission: kind.permission('read') } });
  }
  const period = asked.period === undefined ? null : readPeriod(asked.period);
  const dimensions = openDimensions(kind, actor);
  // Attack: four shared clients beside one hidden one make a group of five.
  const shared = exact || reading === null ? [] : await deps.database.read(reading, (tx) => listShared(tx, kind));
  const { cells, tags } = await deps.database.read(reach, async (tx) => ({
    cells: await countRecords(tx, kind, { reach, reading, shared, period }),
    tags: exact && dimensions.includes('tag') ? await countTags(tx, kind, { reach, period }) : [],
  }));
  await deps.auditLog.noteRead(doerOf(actor), {
    event: kind.event('counted'),
    subjectKind: kind.name,
    facts: { exact, ...(asked.period === undefined ? {} : { period: asked.period }) },
  });
  const view = { exact, period: asked.period ?? null };
  const of = (by: string) => cells.filter((cell) => cell.by === by).map(cellOf);
  const total = together(of('total'));
  const tell = tellingFor(kind, actor, exact, total);
  if (exact) {
    const whole = { rest: null, restSum: null };
    const groups = dimensions
      .filter((by) => by !== 'tag')
      .map((by) => ({ by, cells: bySize(of(by).map(tell.cell)), ...whole }));
    const tagged = { by: 'tag' as const, cells: tell.sums.told === 'closed' ? tags.map(withoutSum) : tags, ...whole };
    const both = dimensions.includes('manager') && dimensions.includes('stage');
    const pairs = cells
      .filter(({ by }) => by === 'manager/stage')
      .map((cell) => ({ manager: cell.a, stage: cell.b!, count: cell.count, sum: tell.sum(cellOf(cell)) }));
    return {
      ...view,
      total: total.count,
      totalSum: tell.sum(total),
      sums: tell.sums,
      groups: tags.length === 0 ? groups : [...groups, tagged],
      stagesByManager: both ? pairs : null,
    };
  }
  if (isTooFew(total.hidden)) {
    return { ...view, total: null, totalSum: null, sums: tell.sums, groups: [], stagesByManager: null };
  }
  const domains = await deps.domains(actor.organizationId);
  const groups = dimensions
    .filter((by) => by !== 'tag')
    .map((by) => {
      const { cells: shown, rest } = hideSmall(of(by), domainOf(kind, by, domains, reach));
      const others = rest === null ? null : together(rest);
      return {
        by,
        cells: shown.map(tell.cell),
        rest: others?.count ?? null,
        restSum: others === null ? null : tell.sum(others),
      };
    });
  // A table of which only the rest is left says no more than the total.
  return {
    ...view,
    total: total.count,
    totalSum: tell.sum(total),
    sums: tell.sums,
    groups: groups.filter((group) => group.cells.length > 0),
    stagesByManager: null,
  };
}

/** Whether everything that `reach` counts is also read. */
function covers(reading: Reach, reach: Reach): boolean {
  if (reading.scope === 'all' || reach.scope === 'own') return true;
  return (
    reading.scope === 'department' &&
    reach.scope === 'department' &&
    reach.departmentIds.every((id) => reading.departmentIds.includes(id))
  );
}

/** Attack: counting by a field that is closed tells what is in it. */
function openDimensions(kind: RecordKind, actor: Actor): StatisticsDimension[] {
  const closed = closedFields(kind, actor);
  const all: StatisticsDimension[] = ['stage', 'manager', 'department', 'quarter', 'legalBasis', 'tag'];
  return all.filter((by) => {
    const field = fieldOf[by];
    return field === undefined || (kind.declaration.fields[field] !== undefined && closed[field] === undefined);
  });
}

function domainOf(
  kind: RecordKind,
  by: StatisticsDimension,
  domains: Awaited<ReturnType<StatisticsDeps['domains']>>,
  reach: Reach,
): readonly string[] {
  if (by === 'manager') return domains.managers;
  if (by === 'department') return reach.scope === 'department' ? reach.departmentIds : domains.departments;
  // Of quarters there is no end: one in which nobody was made is always among them.
  return kind.declaration.fields[fieldOf[by] ?? '']?.choices ?? ['none'];
}

/** Months of the grid; the shape was checked by the route. */
function readPeriod(period: string): Period {
  const year = period.slice(0, 4);
  if (period.length === 4) return { from: `${year}-01-01`, months: 12 };
  if (period[5] !== 'Q') return { from: `${period}-01`, months: 1 };
  const month = String((Number(period[6]) - 1) * 3 + 1).padStart(2, '0');
  return { from: `${year}-${month}-01`, months: 3 };
}

const withoutSum = <T extends { sum: string }>(cell: T) => ({ ...cell, sum: null });
const bySize = <T extends { key: string; count: number }>(cells: readonly T[]) =>
  cells.toSorted((x, y) => y.count - x.count || (x.key < y.key ? -1 : 1));
