/**
 * Every statement that serves somebody runs inside `act`: one transaction that first says who asks and how far the
 * permission in use reaches (SET LOCAL, so nothing survives the transaction and nothing leaks through the pool).
 * Row-level security reads exactly that. BEGIN, the settings and the first statement leave together, one round trip.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope, SharedPermission } from '#contract';
import { sharedPermissions } from '#contract';
import { isId, LubartError } from '#kernel';
import { fellWithAnother } from './all-sent.ts';
import type { DatabaseAddress, Sql } from './connect.ts';
import { copySocketOf, keepCopySocket } from './copy-socket.ts';
import type { Lane, Lanes } from './lanes.ts';
import { openLanes } from './lanes.ts';

/** For whom a transaction runs, and how far it may see. */
export type Reach = {
  readonly organizationId: string;
  /** null: the system itself (a job, sign-in); then `scope` is all or none. */
  readonly personId: string | null;
  readonly departmentIds: readonly string[];
  readonly scope: Scope;
  /** The permission in use, when what was shared for it lies within reach too; absent: nothing does. */
  readonly shares?: SharedPermission;
};

export type Transaction = Sql;

/**
 * Sends COMMIT right behind what `work` has sent, so that the answers of all are waited for once. Whatever has to stop it must fail in the
 * database. Nothing more is sent while it is under way; when it rejects, nothing is committed and the transaction goes on.
 */
export type CommitBehind = () => Promise<void>;

export type Database = {
  /** Runs `work` in one transaction and commits it, unless `work` has done that itself. Any error rolls back what is not committed. */
  act<T>(reach: Reach, work: (tx: Transaction, commitBehind: CommitBehind) => Promise<T>): Promise<T>;
  /**
   * The same for what may be lost together with all that followed it when the database crashes within a second
   * (docs/decisions/0028): committed, but not waited for until it is on the disk.
   */
  actSoon<T>(reach: Reach, work: (tx: Transaction, commitBehind: CommitBehind) => Promise<T>): Promise<T>;
  /** The same for work that only reads: does not wait for the end of the transaction. */
  read<T>(reach: Reach, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Statements outside any organization: only the reviewed door functions answer anything here. */
  outside<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** The same place by connections of its own, made for long COPYs (copy-socket.ts). Whoever opens them closes them. */
  openForCopies(connections: number): Database;
  /** @throws server.failed inside work that was lent a connection: who waits there for others to be served may wait for ever. */
  requireNoLane(): void;
  /** Work that waits for a connection right now; for /metrics. */
  waiting(): number;
  close(): Promise<void>;
};

/** `requireRoom` throws while nothing more should be written (see disk-room.ts). */
export function openDatabase(address: DatabaseAddress, connections = 10, requireRoom: () => void = () => {}): Database {
  return databaseOver(address, openLanes(address, connections), requireRoom);
}

function databaseOver(address: DatabaseAddress, lanes: Lanes, requireRoom: () => void): Database {
  return {
    act: async (reach, work) => {
      requireRoom();
      return inTransaction(lanes, begin(reach, 'READ WRITE'), work, true);
    },
    actSoon: async (reach, work) => {
      requireRoom();
      return inTransaction(lanes, `${begin(reach, 'READ WRITE')}\nSET LOCAL synchronous_commit = off;`, work, true);
    },
    read: (reach, work) => inTransaction(lanes, begin(reach, 'READ ONLY'), work, false),
    outside: async (work) => {
      requireNoLane();
      const lane = await lanes.take();
      const lent = lend(lane.sql);
      try {
        return await untilBreak(lane, () => holding.run(lent, () => work(lent.sql)));
      } finally {
        lent.takeBack();
        lanes.give(lane);
      }
    },
    openForCopies: (count) => databaseOver(address, openLanes(address, count, { readsCopies: true }), requireRoom),
    requireNoLane,
    waiting: lanes.waiting,
    close: () => lanes.close(5),
  };
}

type Lent = { readonly sql: Sql; isOver(): boolean; takeBack(): void; giveAgain(): void };

/** What the work that runs now was lent. Nobody reads an identity from here; it only tells a second question from a first one. */
const holding = new AsyncLocalStorage<Lent>();

/** Attack: as many people as there are lanes, each inside an act and waiting for one more: nobody would ever be answered. */
function requireNoLane(): void {
  const held = holding.getStore();
  if (held !== undefined && !held.isOver()) {
    throw new LubartError('server.failed', { details: { reason: 'a second question inside an act' } });
  }
}

/** SET LOCAL takes no parameters, so every value is proved to be an id or a word of a closed set before it is written. */
function begin(reach: Reach, mode: 'READ WRITE' | 'READ ONLY'): string {
  const ids = [reach.organizationId, ...(reach.personId === null ? [] : [reach.personId]), ...reach.departmentIds];
  const { shares } = reach;
  if (shares !== undefined && !sharedPermissions.includes(shares)) throw new LubartError('request.invalid');
  if (!ids.every(isId)) throw new LubartError('request.invalid', { field: 'id' });
  return `BEGIN ISOLATION LEVEL READ COMMITTED, ${mode};
SET LOCAL lubart.organization_id = '${reach.organizationId}';
SET LOCAL lubart.person_id = '${reach.personId ?? ''}';
SET LOCAL lubart.department_ids = '{${reach.departmentIds.join(',')}}';
SET LOCAL lubart.scope = '${reach.scope}';${shares === undefined ? '' : `\nSET LOCAL lubart.shares = '${shares}';`}`;
}

async function inTransaction<T>(
  lanes: Lanes,
  beginning: string,
  work: (tx: Transaction, commitBehind: CommitBehind) => Promise<T>,
  waitForCommit: boolean,
): Promise<T> {
  requireNoLane();
  const lane = await lanes.take();
  const breaksBefore = lane.breaks;
  const began = lane.sql.unsafe(beginning).simple().execute();
  let hasBegun = false;
  // What fails here fails the first statement of `work` too, and is thrown from there.
  began.then(
    () => (hasBegun = true),
    () => {},
  );
  const lent = lend(lane.sql);
  const behind = openBehind(lane, lent);
  try {
    return await untilBreak(lane, async () => {
      const result = await holding.run(lent, () => work(lent.sql, behind.commit));
      await behind.settled();
      lent.takeBack();
      await began;
      requireSameConnection(lane, breaksBefore);
      if (behind.isCommitted()) return result;
      if (waitForCommit) await commitRecorded(lane);
      else lane.sql.unsafe('COMMIT').catch(() => {});
      return result;
    });
  } catch (error) {
    // Attack: work that failed while its COMMIT was still to leave; it would end the next act of the lane, which is somebody else’s.
    if (lane.breaks === breaksBefore) await untilBreak(lane, () => behind.settled()).catch(() => {});
    lent.takeBack();
    requireSameConnection(lane, breaksBefore, error);
    await untilBreak(lane, () => lane.sql.unsafe('ROLLBACK')).catch(() => {});
    requireSameConnection(lane, breaksBefore, error);
    requireBegun(hasBegun, error);
    throw error;
  } finally {
    lanes.give(lane);
  }
}

/**
 * Does work, but waits for it no longer than the connection lives. Measured: what the driver is given between the error of a
 * socket and its closing is never answered; without this a crash of the database would leave requests waiting for ever.
 */
async function untilBreak<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
  const broken = new Promise<never>((_, reject) => {
    lane.onBreak = () => reject(connectionLost());
  });
  broken.catch(() => {});
  try {
    return await Promise.race([work(), broken]);
  } finally {
    lane.onBreak = undefined;
  }
}

function connectionLost(cause?: unknown): LubartError {
  const details = { reason: 'connection lost' };
  return new LubartError('server.failed', cause === undefined ? { details } : { details, cause });
}

/**
 * A connection that broke took its transaction along; a COMMIT on its successor would succeed and mean nothing, and whatever
 * its successor refused says nothing about the asker.
 */
function requireSameConnection(lane: Lane, breaksBefore: number, cause?: unknown): void {
  if (lane.breaks !== breaksBefore) throw connectionLost(cause);
}

/**
 * The connection, for as long as the work lasts. Attack: work that failed in one of its branches while another still runs; its
 * late statement would land in the next transaction of the lane, which is somebody else’s.
 */
function lend(sql: Sql): Lent {
  let over = false;
  const use = () => {
    if (over) throw new LubartError('server.failed', { details: { reason: 'transaction is over' } });
    return sql;
  };
  const call = (first: never, ...rest: never[]) => use()(first, ...rest);
  const unsafe: Sql['unsafe'] = (...given) => use().unsafe(...given);
  const lent = Object.assign(call, { unsafe }) as unknown as Sql;
  keepCopySocket(lent, copySocketOf(sql));
  return {
    sql: lent,
    isOver: () => over,
    takeBack: () => {
      over = true;
    },
    giveAgain: () => {
      over = false;
    },
  };
}

/**
 * COMMIT behind what was sent. It leaves a turn of the loop later, when everything that its caller began has left. Attack: a statement
 * that comes after it would run by itself, so the connection is taken back until it is known that nothing was committed.
 */
function openBehind(lane: Lane, lent: Lent) {
  let sent: Promise<void> | undefined;
  let committed = false;
  const commit = async (): Promise<void> => {
    await nextTurn();
    lent.takeBack();
    try {
      await commitRecorded(lane);
      committed = true;
    } catch (error) {
      lent.giveAgain();
      throw error;
    }
  };
  return {
    commit: (): Promise<void> => (sent ??= commit()),
    settled: (): Promise<void> => Promise.resolve(sent).catch(() => {}),
    isCommitted: () => committed,
  };
}

/** When BEGIN failed, “there is no such row” was said by a new connection, which may see none. */
function requireBegun(hasBegun: boolean, cause: unknown): void {
  if (!hasBegun) throw connectionLost(cause);
}

/** A row changed and no entry says so (migrations/0036_no_act_unrecorded.sql). */
const unrecorded = 'LB001';

/** Attack: a change that leaves no trace. The question leaves together with COMMIT; when it fails nothing is committed. */
async function commitRecorded(lane: Lane): Promise<void> {
  try {
    requireCommit(await lane.sql.unsafe('SELECT lubart_require_entry(); COMMIT').simple());
  } catch (cause) {
    if (fellWithAnother(cause)) throw rolledBack(cause);
    if ((cause as { code?: unknown }).code !== unrecorded) throw cause;
    throw new LubartError('server.failed', { details: { reason: 'no entry of the log says so' }, cause });
  }
}

/** PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error: that must never pass for a commit. */
function requireCommit(answer: unknown): void {
  if ((answer as { command?: string }).command !== 'COMMIT') throw rolledBack(undefined);
}

const rolledBack = (cause: unknown) =>
  new LubartError('server.failed', { details: { reason: 'transaction was rolled back' }, cause });
