/**
 * Waits for statements that were sent one behind another. Once one has failed PostgreSQL refuses those behind it, and whose refusal comes
 * through first depends on who waits for what: so all are waited for, and the first in the order of sending says what failed.
 */
export async function allSent(sent: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(sent.filter((one) => one !== undefined));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
