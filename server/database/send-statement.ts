/** One statement as text and values, for what is composed before it is sent. */
import type { Transaction } from './act.ts';

/** Text with numbered parameters, and their values. The text comes from our code alone. */
export type SqlStatement = { readonly text: string; readonly values: readonly unknown[] };

/** How many rows it changed or found. Sent at once, prepared: what its caller sends next arrives behind it. */
export async function sendStatement(tx: Transaction, { text, values }: SqlStatement): Promise<number> {
  return (await tx.unsafe(text, values as never[], { prepare: true }).execute()).count;
}

/** The rows that it answers. Sent at once, prepared, as above: its text stays the same, so it is neither composed nor planned anew. */
export async function askStatement<T>(tx: Transaction, { text, values }: SqlStatement): Promise<T[]> {
  return tx.unsafe(text, values as never[], { prepare: true }).execute() as unknown as Promise<T[]>;
}
