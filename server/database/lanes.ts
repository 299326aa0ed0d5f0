/**
 * A pool whose unit is a lane: one connection lent to one piece of work at a time, first come first served. A lane knows
 * when its connection broke, so that a transaction which lost its connection can never be taken for a committed one.
 */
import type { DatabaseAddress, Reading, Sql } from './connect.ts';
import { connect } from './connect.ts';

export type Lane = {
  /** The connection; another one after each break. */
  sql: Sql;
  /** Grows each time the connection breaks. */
  breaks: number;
  /** Called when the connection breaks, while the lane is lent. */
  onBreak: (() => void) | undefined;
};

export type Lanes = {
  take(): Promise<Lane>;
  give(lane: Lane): void;
  /** Waits for lent lanes up to `seconds`, then closes all of them. */
  close(seconds: number): Promise<void>;
  readonly waiting: () => number;
};

export function openLanes(address: DatabaseAddress, count: number, reading: Reading = {}): Lanes {
  let closing = false;
  const all = Array.from({ length: count }, () => openLane(address, reading, () => closing));
  const free = [...all];
  const queue: ((lane: Lane) => void)[] = [];
  let allFree: (() => void) | undefined;
  return {
    take: () => {
      const lane = free.pop();
      return lane === undefined ? new Promise((resolve) => queue.push(resolve)) : Promise.resolve(lane);
    },
    give: (lane) => {
      const next = queue.shift();
      if (next !== undefined) return next(lane);
      free.push(lane);
      if (free.length === all.length) allFree?.();
    },
    close: async (seconds) => {
      if (free.length < all.length) {
        let deadline: NodeJS.Timeout | undefined;
        const waited = new Promise<void>((resolve) => {
          allFree = resolve;
          deadline = setTimeout(resolve, seconds * 1000);
        });
        await waited;
        clearTimeout(deadline);
      }
      closing = true;
      await Promise.all(all.map((lane) => lane.sql.end({ timeout: 1 })));
    },
    waiting: () => queue.length,
  };
}

/**
 * A lane whose connection broke gets a new one at once, made when it is next needed. Left to reconnect by itself, the driver may
 * keep waiting for answers of the connection that is gone, and with it whoever is lent the lane.
 */
function openLane(address: DatabaseAddress, reading: Reading, isClosing: () => boolean): Lane {
  const open = (): Sql => {
    const onClose = () => {
      if (lane.sql !== sql) return;
      // Work that comes late finds an ended connection, and makes none that nobody would close.
      if (!isClosing()) lane.sql = open();
      lane.breaks += 1;
      lane.onBreak?.();
      void sql.end({ timeout: 0 }).catch(() => {});
    };
    const sql = connect(address, 'app', onClose, reading);
    return sql;
  };
  const lane: Lane = { breaks: 0, onBreak: undefined, sql: undefined as never };
  lane.sql = open();
  return lane;
}
