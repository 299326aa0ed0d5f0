import type { Transaction } from '#database';

/** What a test prepares is nobody’s act: it may be committed without an entry of the log. */
export const prepared =
  <T>(work: (tx: Transaction) => Promise<T>) =>
  async (tx: Transaction): Promise<T> => {
    const result = await work(tx);
    await tx`SELECT set_config('lubart.changed', '', true)`;
    return result;
  };
