/** A statement with numbered parameters, written piece by piece. Texts come from declarations only; every value is a parameter. */
import type { Transaction } from '#database';
import type { RecordRow } from './record-row.ts';

export class Statement {
  text = '';
  readonly values: unknown[] = [];

  /** The place of a value: “$3”. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  add(text: string): this {
    this.text += text;
    return this;
  }

  /** Sends it now (statements arrive in the order of these calls) as a prepared statement; the promise is its answer. */
  rows<T = RecordRow>(tx: Transaction): Promise<T[]> {
    return tx.unsafe(this.text, this.values as never[], { prepare: true }).execute() as unknown as Promise<T[]>;
  }
}
