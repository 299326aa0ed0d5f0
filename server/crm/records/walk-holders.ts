/**
 * Row-level security alone would be right but slow: the planner must be told by which holder to walk. So every list names its
 * holders (an owner, departments, a company) and takes the first rows of each in index order; security then has nothing left
 * to remove. What colleagues shared is a walk of its own beside them: one condition with OR would lose the order of the index.
 */
import type { Reach } from '#database';
import type { RecordKind } from './kind.ts';
import { dayStart } from './kyiv-day.ts';
import { Statement } from './statement.ts';

export type Filters = {
  stage?: string;
  ownerId?: string;
  departmentId?: string;
  companyId?: string;
  tag?: string;
  createdFrom?: string;
  createdTo?: string;
  withoutNextStep?: boolean;
  archived?: boolean;
  /** Only what colleagues shared with the asker. */
  shared?: boolean;
};

/** Rows that hang on the same holder lie together in an index. */
export type Walk = {
  column: 'owner_id' | 'department_id' | 'company_id' | 'id';
  ids: readonly string[] | 'all departments' | 'shared';
  /** Left out: what another walk finds already. */
  but?: readonly string[];
  butOwner?: string;
};

/** The holders under which every row of the list hangs, each row under one of them. */
export function walksOf(reach: Reach, filters: Filters): Walk[] {
  const own = reach.personId === null ? [] : [reach.personId];
  if (filters.shared === true) return [{ column: 'id', ids: 'shared' }];
  if (filters.companyId !== undefined) return [{ column: 'company_id', ids: [filters.companyId] }];
  if (reach.scope === 'own') {
    const excluded = filters.ownerId !== undefined && filters.ownerId !== reach.personId;
    return [{ column: 'owner_id', ids: excluded ? [] : own }, ...sharedWalk(reach, [])];
  }
  if (filters.ownerId !== undefined) return [{ column: 'owner_id', ids: [filters.ownerId] }];
  if (filters.departmentId !== undefined) return [{ column: 'department_id', ids: [filters.departmentId] }];
  if (reach.scope === 'all') return [{ column: 'department_id', ids: 'all departments' }];
  return [
    { column: 'department_id', ids: reach.departmentIds },
    { column: 'owner_id', ids: own, but: reach.departmentIds },
    ...sharedWalk(reach, reach.departmentIds),
  ];
}

/** Nothing, unless the permission in use is one that sharing widens. */
function sharedWalk({ shares, personId }: Reach, departmentIds: readonly string[]): Walk[] {
  if (shares === undefined || personId === null) return [];
  return [{ column: 'id', ids: 'shared', but: departmentIds, butOwner: personId }];
}

/** A statement whose first parameter is the organization, as `conditions` and `overWalks` expect it. */
export function statementOf(reach: Reach): Statement {
  const query = new Statement();
  query.value(reach.organizationId);
  return query;
}

/** Conditions of the filters, of the trash, and `more`. @throws field.date_invalid */
export function conditions(query: Statement, filters: Filters, more: string): string {
  const all = ['organization_id = $1'];
  all.push(filters.archived === true ? 'archived_at IS NOT NULL' : 'archived_at IS NULL');
  const equal = {
    stage: filters.stage,
    owner_id: filters.ownerId,
    department_id: filters.departmentId,
    company_id: filters.companyId,
  };
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) all.push(`${column} = ${query.value(value)}`);
  }
  if (filters.tag !== undefined) all.push(`${query.value(filters.tag)} = ANY (tags)`);
  if (filters.createdFrom !== undefined) {
    all.push(`created_at >= ${query.value(dayStart(filters.createdFrom, 'createdFrom', 0))}`);
  }
  if (filters.createdTo !== undefined) {
    all.push(`created_at < ${query.value(dayStart(filters.createdTo, 'createdTo', 1))}`);
  }
  if (filters.withoutNextStep === true) all.push('next_step_on IS NULL');
  if (more !== '') all.push(more);
  return all.join(' AND ');
}

/** A SELECT over all walks: `columns` of the rows that meet `where`, in `order`, at most `limit`. */
export function overWalks(
  query: Statement,
  kind: RecordKind,
  walks: readonly Walk[],
  columns: string,
  where: string,
  order: string,
  limit: string,
): string {
  const parts = walks.map(({ column, ids, but, butOwner }) => {
    const notIn =
      but === undefined || but.length === 0 ? '' : ` AND department_id <> ALL (${query.value(but)}::uuid[])`;
    const also = butOwner === undefined ? notIn : `${notIn} AND owner_id <> ${query.value(butOwner)}`;
    if (ids === 'shared') {
      const shared = sharedIds(kind);
      return `SELECT ${columns} FROM ${kind.table} WHERE ${where}${also} AND ${column} = ANY (${shared}) ${order} ${limit}`;
    }
    if (ids !== 'all departments' && ids.length === 1) {
      return `SELECT ${columns} FROM ${kind.table} WHERE ${where}${also} AND ${column} = ${query.value(ids[0])} ${order} ${limit}`;
    }
    const holders =
      ids === 'all departments'
        ? `(SELECT id AS holder_id FROM departments WHERE organization_id = $1)`
        : `unnest(${query.value(ids)}::uuid[])`;
    return `SELECT walk.* FROM ${holders} AS holder (holder_id) CROSS JOIN LATERAL
      (SELECT ${columns} FROM ${kind.table} WHERE ${where}${also} AND ${column} = holder.holder_id ${order} ${limit}) AS walk`;
  });
  const alone = walks.length === 1 && walks[0]!.ids.length === 1;
  if (alone) return parts[0]!;
  return `SELECT * FROM (${parts.map((part) => `(${part})`).join(' UNION ALL ')}) AS walked ${order} ${limit}`;
}

/**
 * The ids of what is shared with the asker now, plainly: the door that row-level security asks (`lubart_shared`) costs a tenth of a
 * millisecond, and is then asked only about rows that were found here. The asker is who the transaction says.
 */
function sharedIds(kind: RecordKind): string {
  const open = `s.organization_id = $1 AND s.ended_at IS NULL AND s.until > now() AND s.${kind.name}_id IS NOT NULL`;
  return `ARRAY(SELECT s.${kind.name}_id FROM shares s WHERE ${open} AND s.person_id = (SELECT lubart_person())
    UNION ALL SELECT s.${kind.name}_id FROM shares s WHERE ${open} AND s.department_id IS NOT NULL AND s.department_id IN (
      WITH RECURSIVE home AS (
        SELECT p.department_id AS id FROM people p WHERE p.organization_id = $1 AND p.id = (SELECT lubart_person())
        UNION
        SELECT d.parent_id FROM departments d JOIN home h ON d.id = h.id WHERE d.organization_id = $1 AND d.parent_id IS NOT NULL)
      SELECT home.id FROM home))`;
}
