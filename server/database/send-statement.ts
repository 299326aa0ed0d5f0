/** One statement as text and values, for what is composed before it is sent. */
import type { Transaction } from './act.ts';

/** Text with numbered parameters, and their values. The text comes from our code alone. */
export type SqlStatement = { readonly text: string; readonly values: readonly unknown[] };

/** How many rows it changed or found. Sent at once, prepared: what its caller sends next arrives behind it. */
export async function sendStatement(tx: Transaction, { text, values }: SqlStatement): Promise<number> {
  return (await tx.unsafe(text, values as never[], { prepare: true }).execute()).count;
}
