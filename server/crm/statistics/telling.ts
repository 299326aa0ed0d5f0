/** How the sums of one answer are told to whoever asks: exactly, rounded, or not at all. */
import type { SumTelling } from '#contract';
import type { RecordKind } from '#crm/records';
import { closedFields } from '#crm/records';
import type { Actor } from '#protections/access';
import type { CountedCell } from './count-records.ts';
import type { Cell } from './hide-small.ts';
import { isTooFew } from './hide-small.ts';
import type { SumParts } from './tell-sums.ts';
import { amountOf, baseFor, kopiykasOf, tellSum } from './tell-sums.ts';

export type SummedCell = Cell & { readonly sum: SumParts };

export const cellOf = ({ a, count, hidden, seen, unseen, givers, largest }: CountedCell): SummedCell => ({
  key: a,
  count,
  hidden,
  sum: { seen: kopiykasOf(seen), hidden: kopiykasOf(unseen), givers, largest: kopiykasOf(largest) },
});

const nothing: SummedCell = { key: '', count: 0, hidden: 0, sum: { seen: 0n, hidden: 0n, givers: 0, largest: 0n } };

/** Several groups as one. */
export const together = (cells: readonly SummedCell[]): SummedCell =>
  cells.reduce(
    (all, { count, hidden, sum }) => ({
      key: '',
      count: all.count + count,
      hidden: all.hidden + hidden,
      sum: {
        seen: all.sum.seen + sum.seen,
        hidden: all.sum.hidden + sum.hidden,
        givers: all.sum.givers + sum.givers,
        largest: all.sum.largest > sum.largest ? all.sum.largest : sum.largest,
      },
    }),
    nothing,
  );

export type Telling = {
  sum(cell: SummedCell): string | null;
  cell(cell: SummedCell): { key: string; count: number; sum: string | null };
  readonly sums: { readonly told: SumTelling; readonly roundedTo: string | null };
};

/** `total`: all that is counted; from it alone comes how much is rounded. */
export function tellingFor(kind: RecordKind, actor: Actor, exact: boolean, total: SummedCell): Telling {
  const base = isTooFew(total.sum.givers) ? null : baseFor(total.sum);
  const told = tellingOf(kind, actor, exact, base);
  const sum = ({ sum: parts }: SummedCell): string | null => {
    if (told === 'exact') return amountOf(parts.seen + parts.hidden);
    const kopiykas = told === 'rounded' ? tellSum(parts, base!) : null;
    return kopiykas === null ? null : amountOf(kopiykas);
  };
  return {
    sum,
    cell: (cell) => ({ key: cell.key, count: cell.count, sum: sum(cell) }),
    sums: { told, roundedTo: told === 'rounded' ? amountOf(base!) : null },
  };
}

function tellingOf(kind: RecordKind, actor: Actor, exact: boolean, base: bigint | null): SumTelling {
  // Attack: adding up a field that is closed.
  if (closedFields(kind, actor)['expectedAmount'] !== undefined) return 'closed';
  if (exact) return 'exact';
  return base === null ? 'withheld' : 'rounded';
}
