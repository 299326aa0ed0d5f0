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

/**
 * A statement together with others, each of a table of its own: run as one, in no order that could be told, and all or nothing. Any of the
 * others may find nothing to change. There are few such texts, and each is composed once.
 */
export function together(main: SqlStatement, others: readonly SqlStatement[]): SqlStatement {
  if (others.length === 0) return main;
  const values = [main, ...others].flatMap((one) => one.values);
  const key = [main, ...others].map((one) => one.text).join();
  const known = composed.get(key);
  if (known !== undefined) return { text: known, values };
  let behind = main.values.length;
  const parts = others.map((one, nth) => {
    const part = `along_${nth} AS (${one.text.replaceAll(/\$(\d+)/g, (_, place) => `$${behind + Number(place)}`)})`;
    behind += one.values.length;
    return part;
  });
  const text = `WITH ${parts.join(', ')} ${main.text}`;
  composed.set(key, text);
  return { text, values };
}
const composed = new Map<string, string>();
