/**
 * Writing to the log. An act records its entry in its own transaction (`record`); a refusal, whose transaction is rolled back,
 * in a transaction of its own (`refuse`); reads of personal data are gathered for a moment and written together (`noteRead`).
 */
import type { Clock } from '#kernel';
import type { Database, Transaction } from '#database';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Doer, EntryRow, Happening } from './entry.ts';
import { makeEntry } from './entry.ts';

export type AuditLog = {
  /** Adds the entry in the transaction of the act; the act is not done if this fails. */
  record(tx: Transaction, seals: OrganizationSeals, doer: Doer, what: Happening): Promise<void>;
  /** Adds an entry of its own: refusals, and acts that have no transaction. */
  recordAlone(doer: Doer, what: Happening): Promise<void>;
  /** Notes that personal data was shown. Written within `flushAfter`; waits for the writing when too much waits. */
  noteRead(doer: Doer, what: Happening): Promise<void>;
  /** Writes what waits. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

/** Milliseconds for which a note of a read may wait in memory; what a crash can lose. */
const flushAfter = 250;
const tooManyWaiting = 2_000;

export function openAuditLog(database: Database, keyring: Keyring, clock: Clock): AuditLog {
  let waiting: EntryRow[] = [];
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();

  const write = async (rows: EntryRow[]): Promise<void> => {
    for (const [organizationId, group] of Map.groupBy(rows, (row) => row.organization_id)) {
      await database.act(systemReach(organizationId), (tx) => insert(tx, group));
    }
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    flushing = flushing.then(async () => {
      const rows = waiting;
      waiting = [];
      if (rows.length === 0) return;
      await write(rows).catch((error: unknown) => {
        waiting = [...rows, ...waiting]; // kept for the next try; nothing more is shown once too much waits
        throw error;
      });
    });
    const result = flushing;
    flushing = result.catch(() => {});
    return result;
  };
  return {
    record: async (tx, seals, doer, what) => {
      await insert(tx, [makeEntry(seals, doer, what, clock.now())]);
    },
    recordAlone: async (doer, what) => {
      const entry = makeEntry(await keyring.of(doer.organizationId), doer, what, clock.now());
      await database.act(systemReach(doer.organizationId), (tx) => insert(tx, [entry]));
    },
    noteRead: async (doer, what) => {
      waiting.push(makeEntry(await keyring.of(doer.organizationId), doer, what, clock.now()));
      if (waiting.length >= tooManyWaiting) return flush();
      timer ??= setTimeout(() => void flush().catch(() => {}), flushAfter);
    },
    flush,
    close: flush,
  };
}

async function insert(tx: Transaction, rows: EntryRow[]): Promise<void> {
  const columns = ['organization_id', 'id', 'at', 'level', 'event', 'outcome', 'actor_id', 'session_id', 'subject_ids', 'bytes'] as const;
  await tx`INSERT INTO audit_entries ${tx(rows, ...columns)}`;
}
