/** What the routes of both kinds have in common. */
import type { Reach } from '#database';
import type { Actor } from '#protections/access';
import type { Hits } from './find-hits.ts';
import type { PageQuery } from './list-page.ts';
import { countCap } from './list-page.ts';
import type { Sort } from './page-cursor.ts';
import { lineOf } from './record-row.ts';
import type { RecordRoom } from './record-room.ts';
import type { Filters } from './walk-holders.ts';

type ListQuery = Filters & { sort?: Sort; cursor?: string; limit?: number; count?: boolean };

/** Lists as the contract’s page; counts when asked. */
export async function answerList<Line>(room: RecordRoom, actor: Actor, reach: Reach, query: ListQuery) {
  const asked = pageQueryOf(query);
  const counting = query.count === true ? room.count(actor, reach, asked.filters) : undefined;
  const [page, total] = await Promise.all([room.list(actor, reach, asked), counting]);
  const rows = page.records.map((record) => withoutNotes(lineOf(record))) as Line[];
  return { rows, next: page.next, ...(total === undefined ? {} : { total, totalCap: countCap }) };
}

export function answerHits<Line>(hits: Hits) {
  return { rows: hits.records.map((record) => withoutNotes(lineOf(record))) as Line[], more: hits.more };
}

/** Splits a list’s query into filters and paging. */
function pageQueryOf({ sort, cursor, limit, count: _, ...filters }: ListQuery): PageQuery {
  return { filters, sort: sort ?? '-created', cursor, limit: limit ?? 50 };
}

/** Lists leave out the long texts. */
function withoutNotes<T extends object>(line: T): T {
  delete (line as { notes?: unknown }).notes;
  return line;
}
