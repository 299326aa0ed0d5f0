import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Waits for statements of one act that were sent together, and returns their answers. Once one has failed PostgreSQL refuses those behind
 * it, and a COMMIT among them comes to nothing: neither says what happened. Which of them is heard first depends on who waits for what,
 * and which has left first is not told by the list either: one that is awaited as it is written leaves a turn later than one that is sent
 * at once. So all are waited for, and the first in the list that did not merely fall with another one speaks.
 */
export async function allSent<T extends readonly unknown[] | []>(
  sent: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const failures: unknown[] = [];
  const results: readonly PromiseSettledResult<unknown>[] = await Promise.allSettled(sent);
  const answers = results.map((one) => (one.status === 'fulfilled' ? one.value : failures.push(one.reason)));
  if (failures.length > 0) throw failures.find((one) => !fellWithAnother(one)) ?? failures[0];
  return answers as never;
}

/**
 * Lets what was sent leave, so that the database is at it while the rest is made. Whoever waits for `sent` hears how it went; a BEGIN that was
 * sent is waited for by its act.
 */
export async function leaveFirst(sent?: Promise<unknown>): Promise<void> {
  sent?.catch(() => {});
  await turns();
}

/**
 * Makes what is needed later while the database works: not before what was sent, and a COMMIT behind it, has left (the driver writes at the
 * end of a turn of the loop, and COMMIT follows a turn later).
 */
export async function meanwhile<T>(make: () => T): Promise<T> {
  await turns();
  return make();
}

async function turns(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** “Current transaction is aborted”, as PostgreSQL said it, or as the reason why COMMIT came to nothing or an entry was not written. */
export function fellWithAnother(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return code === alreadyFailed || (cause !== undefined && fellWithAnother(cause));
}

const alreadyFailed = '25P02';
