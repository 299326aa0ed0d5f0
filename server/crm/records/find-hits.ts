/**
 * Find as you type: the blind index says which records may fit, each is opened, checked and ranked here. The index is asked
 * through a reviewed function that applies the asker’s reach itself (see migration 0004), because array operators are not
 * leakproof and row-level security would otherwise keep the planner from its index.
 */
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import { queryTokens } from '#protections/encryption';
import type { Actor } from '#protections/access';
import { closedFields, openFields } from './field-rights.ts';
import type { RecordKind } from './kind.ts';
import type { OpenedRecord } from './record-row.ts';
import { openRow, searchRecordOf } from './record-row.ts';
import { columnsOf, tokenText } from './record-store.ts';
import { Statement } from './statement.ts';

/** Records that one search opens at most; a search with more hits says so, and one more letter helps. */
export const hitsMax = 200;

export type Hits = { records: OpenedRecord[]; more: boolean };

/** The best hits first; a field that is not open to the actor finds nobody and ranks nobody. @throws find.text_too_short, find.text_too_long */
export async function findHits(
  tx: Transaction,
  kind: RecordKind,
  seals: OrganizationSeals,
  actor: Pick<Actor, 'fieldRights'>,
  asked: { text: string; archived: boolean; limit: number },
): Promise<Hits> {
  const wanted = queryTokens(seals.searchKeys, asked.text);
  const alike = wanted.any.every((tokens) => tokens.length === 1);
  const questions = alike ? [wanted.any.flat()] : wanted.any;
  const answers = await allSent(
    questions.map((tokens) => {
      const query = new Statement();
      query.add(
        `SELECT ${columnsOf(kind)} FROM ${kind.table} WHERE organization_id = ${query.value(seals.organizationId)}`,
      );
      query.add(` AND id = ANY (ARRAY(SELECT lubart_find_${kind.name}(${query.value(tokenText(tokens))}::int[], `);
      query.add(
        `${query.value(alike && tokens.length > 1)}, ${query.value(asked.archived)}, ${query.value(hitsMax)})))`,
      );
      return query.rows(tx);
    }),
  );
  const rows = new Map(answers.flat().map((row) => [row.id, row]));
  const fitting = [...rows.values()]
    .map((row) => openRow(kind, seals, row))
    .map((record) => ({ record, rank: wanted.rank(searchRecordOf(kind, openFields(kind, actor, record.fields))) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((a, b) => b.rank - a.rank || (a.record.row.id < b.record.row.id ? 1 : -1));
  // Attack: “there are more” as a word about records that only a closed field has found.
  const closed = closedFields(kind, actor);
  const telling = kind.searchedFields.every(([field]) => closed[field] === undefined);
  const cut = telling && answers.some((answer) => answer.length >= hitsMax);
  return {
    records: fitting.slice(0, asked.limit).map(({ record }) => record),
    more: cut || fitting.length > asked.limit,
  };
}
