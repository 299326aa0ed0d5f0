/** Who outside saw how much of the log: what rooms that send heads away say of it in one form. */
import type { AnchorKind, HeadVerdict } from '#contract';
import type { StampFault } from '#contract/stamps';
import type { JudgedHead } from './verify-log.ts';

export type SeenOutside = { readonly size: number; readonly at: Date };

export type OutsideReport = {
  readonly kind: AnchorKind | 'witness';
  readonly name: string;
  /** How many heads are known to have been seen there, the first of them and the newest; none holds: null. */
  readonly times: number;
  readonly first: SeenOutside | null;
  readonly newest: SeenOutside | null;
  readonly faults: readonly {
    readonly why: StampFault | 'witness_forged' | Exclude<HeadVerdict, 'holds'>;
    readonly size: number;
  }[];
};

/** Collects what was seen at one place. Heads come with the smallest first. */
export function openOutsideReport(kind: OutsideReport['kind'], name: string) {
  const faults: OutsideReport['faults'][number][] = [];
  let [times, first, newest]: [number, SeenOutside | null, SeenOutside | null] = [0, null, null];
  return {
    fault: (why: OutsideReport['faults'][number]['why'], size: number) => void faults.push({ why, size }),
    /** False: the log does not hold this head, which is a fault. */
    judged: ({ verdict, size }: JudgedHead): boolean => {
      if (verdict !== 'holds') faults.push({ why: verdict, size });
      return verdict === 'holds';
    },
    seen: (size: number, at: Date) => {
      times += 1;
      newest = { size, at };
      first ??= newest;
    },
    end: (): OutsideReport => ({ kind, name, times, first, newest, faults }),
  };
}
