/**
 * A try and its count in one act: counted first, under the lock of its count, then judged behind a savepoint. What the judgement
 * refuses takes back everything but the count, so that a thousand tries at once are still ten, and one commit is waited for.
 */
import type { Transaction } from '#database';
import { sendStatement } from '#database';
import type { LubartError } from '#kernel';
import { hasCode } from '#kernel';

export type Judged<T> = { done: T } | { refused: Error };

/** Where a refusal goes back to: behind everything that counts. Sent and not waited for: what follows fails with it. */
export function beginJudging(tx: Transaction): void {
  sendStatement(tx, { text: 'SAVEPOINT judged', values: [] }).catch(() => {});
}

/**
 * Does what may be refused with a code; a refusal leaves of the transaction what was done before judging began. Anything else is thrown.
 * `over`: what the counts said already, so that there is nothing to judge. `begun`: beginJudging was called, and nothing counted since.
 */
export async function judgeIn<T>(
  tx: Transaction,
  over: LubartError | null,
  work: () => Promise<T>,
  begun = false,
): Promise<Judged<T>> {
  if (over !== null) return { refused: over };
  if (!begun) beginJudging(tx);
  try {
    return { done: await work() };
  } catch (error) {
    if (!hasCode(error)) throw error;
    await tx`ROLLBACK TO SAVEPOINT judged`;
    return { refused: error };
  }
}

/** @throws the refusal, when the act is committed */
export function requireDone<T>(judged: Judged<T>): T {
  if ('refused' in judged) throw judged.refused;
  return judged.done;
}
