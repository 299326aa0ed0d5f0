/**
 * Every statement that serves somebody runs inside `act`: one transaction that first says who asks and how far the
 * permission in use reaches (SET LOCAL, so nothing survives the transaction and nothing leaks through the pool).
 * Row-level security reads exactly that. BEGIN, the settings and the first statement leave together, one round trip.
 */
import type { Scope } from '#contract';
import { isId, LubartError } from '#kernel';
import type { Sql } from './connect.ts';

/** For whom a transaction runs, and how far it may see. */
export type Reach = {
  readonly organizationId: string;
  /** null: the system itself (a job, sign-in); then `scope` is all or none. */
  readonly personId: string | null;
  readonly departmentIds: readonly string[];
  readonly scope: Scope;
};

export type Transaction = Sql;

export type Database = {
  /** Runs `work` in one transaction and commits it. Any error rolls back. */
  act<T>(reach: Reach, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same for work that only reads: does not wait for the end of the transaction. */
  read<T>(reach: Reach, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Statements outside any organization: only the reviewed door functions answer anything here. */
  readonly outside: Sql;
  close(): Promise<void>;
};

export function openDatabase(app: Sql): Database {
  return {
    outside: app,
    act: (reach, work) => inTransaction(app, begin(reach, 'READ WRITE'), work, true),
    read: (reach, work) => inTransaction(app, begin(reach, 'READ ONLY'), work, false),
    close: () => app.end({ timeout: 5 }),
  };
}

/** SET LOCAL takes no parameters, so every value is proved to be an id or a word of a closed set before it is written. */
function begin(reach: Reach, mode: 'READ WRITE' | 'READ ONLY'): string {
  const ids = [reach.organizationId, ...(reach.personId === null ? [] : [reach.personId]), ...reach.departmentIds];
  if (!ids.every(isId)) throw new LubartError('request.invalid', { field: 'id' });
  return `BEGIN ISOLATION LEVEL READ COMMITTED, ${mode};
SET LOCAL lubart.organization_id = '${reach.organizationId}';
SET LOCAL lubart.person_id = '${reach.personId ?? ''}';
SET LOCAL lubart.department_ids = '{${reach.departmentIds.join(',')}}';
SET LOCAL lubart.scope = '${reach.scope}';`;
}

async function inTransaction<T>(
  app: Sql,
  beginning: string,
  work: (tx: Transaction) => Promise<T>,
  waitForCommit: boolean,
): Promise<T> {
  const connection = await app.reserve();
  const began = connection.unsafe(beginning).simple().execute();
  began.catch(() => {}); // what fails here fails the first statement of `work` too, and is thrown from there
  try {
    const result = await work(connection as unknown as Transaction);
    await began;
    const committed = connection.unsafe('COMMIT').execute();
    if (waitForCommit) requireCommit(await committed);
    else committed.catch(() => {});
    return result;
  } catch (error) {
    await connection.unsafe('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    connection.release();
  }
}

/** PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error: that must never pass for a commit. */
function requireCommit(answer: unknown): void {
  if ((answer as { command?: string }).command !== 'COMMIT') {
    throw new LubartError('server.failed', { details: { reason: 'transaction was rolled back' } });
  }
}
