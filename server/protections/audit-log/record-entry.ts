/**
 * Writing to the log. An act records its entry in its own transaction (`record`); a refusal, whose transaction is rolled back,
 * in a transaction of its own (`refuse`); reads of personal data are gathered for a moment and written together (`noteRead`).
 */
import type { Clock } from '#kernel';
import type { Database, SqlStatement, Transaction } from '#database';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Doer, EntryRow, Happening } from './entry.ts';
import { makeEntries } from './entry.ts';
import type { FloodLimit } from './floods.ts';
import { openFloods } from './floods.ts';
import { insertAlong, insertEntries, insertWithAct } from './insert-entries.ts';
import { openWriteTogether } from './write-together.ts';

export type AuditLog = {
  /**
   * Adds the entry in the transaction of the act; the act is not done if this fails. `along`: what else happens in that moment, each in a
   * table of its own, sent as one statement with it (docs/decisions/0031).
   */
  record(
    tx: Transaction,
    seals: OrganizationSeals,
    doer: Doer,
    what: Happening,
    along?: readonly SqlStatement[],
  ): Promise<void>;
  /**
   * The same in two steps: the entry is made now, where somebody waits for something else anyhow, and is added in the transaction of the act,
   * or not at all.
   */
  prepare(
    seals: OrganizationSeals,
    doer: Doer,
    what: Happening,
  ): (tx: Transaction, along?: readonly SqlStatement[]) => Promise<void>;
  /**
   * The same as a part of the statement by which the act changes a row: part of what an entry costs is being a statement of its own
   * (docs/decisions/0031). @throws server.failed when the statement changed no row
   */
  recordWith(tx: Transaction, act: SqlStatement, seals: OrganizationSeals, doer: Doer, what: Happening): Promise<void>;
  /** Adds an entry of its own: refusals, and acts that have no transaction. */
  recordAlone(doer: Doer, what: Happening): Promise<void>;
  /** Adds an entry of a refused attempt; beyond the limit it is counted, and one entry says how many there were (floods.ts). */
  refuse(doer: Doer, what: Happening, limit: FloodLimit): Promise<void>;
  /** Notes that personal data was shown. Written within `flushAfter`; waits for the writing when too much waits. */
  noteRead(doer: Doer, what: Happening): Promise<void>;
  /** Writes what waits. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

/** Milliseconds for which a note of a read may wait in memory; what a crash can lose. */
const flushAfter = 250;
/** Ids of shown clients that may wait; beyond it whoever reads waits for the writing. */
const idsWaitingMax = 50_000;
const idsPerEntryMax = 1_000;
const rowsPerWrite = 500;

/** Reads of one session in one moment: one entry with everything that was shown, and how many requests showed it. */
type Notes = { doer: Doer; what: Happening; ids: Set<string>; requests: number };

export function openAuditLog(database: Database, keyring: Keyring, clock: Clock): AuditLog {
  const waiting = new Map<string, Notes>();
  let idsWaiting = 0;
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();

  let unwritten: EntryRow[] = [];
  /** Notes become entries. Those whose organization’s key cannot be read now wait on; returns why they do. */
  const takeWaiting = async (): Promise<unknown> => {
    let failure: unknown = null;
    for (const [key, note] of waiting) {
      try {
        const rows = entriesOf(await keyring.of(note.doer.organizationId), note, clock);
        waiting.delete(key);
        idsWaiting -= note.ids.size;
        unwritten.push(...rows);
      } catch (error) {
        failure = error;
      }
    }
    return failure;
  };
  const write = async (): Promise<void> => {
    const failure = await takeWaiting();
    while (unwritten.length > 0) {
      const organizationId = unwritten[0]!.organization_id;
      const group = unwritten.filter((row) => row.organization_id === organizationId).slice(0, rowsPerWrite);
      await database.act(systemReach(organizationId), (tx) => insertEntries(tx, group));
      const written = new Set(group);
      unwritten = unwritten.filter((row) => !written.has(row));
    }
    if (failure !== null) throw failure;
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const result = flushing.then(write);
    flushing = result.catch(() => {}); // what was not written waits for the next try
    return result;
  };
  const writeTogether = openWriteTogether((organizationId, rows) =>
    database.act(systemReach(organizationId), (tx) => insertEntries(tx, rows)),
  );
  const recordAlone = async (doer: Doer, what: Happening): Promise<void> => {
    database.requireNoLane();
    const entries = makeEntries(await keyring.of(doer.organizationId), doer, what, clock.now());
    await writeTogether(doer.organizationId, entries);
  };
  const floods = openFloods(clock, recordAlone);
  const flushAll = async (): Promise<void> => {
    const results = await Promise.allSettled([flush(), floods.flush()]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  const prepare: AuditLog['prepare'] = (seals, doer, what) => {
    const entries = makeEntries(seals, doer, what, clock.now());
    return (tx, along = []) => (along.length === 0 ? insertEntries(tx, entries) : insertAlong(tx, entries, along));
  };
  return {
    record: async (tx, seals, doer, what, along = []) => prepare(seals, doer, what)(tx, along),
    prepare,
    recordWith: async (tx, act, seals, doer, what) => {
      await insertWithAct(tx, act, makeEntries(seals, doer, what, clock.now()));
    },
    recordAlone,
    refuse: (doer, what, limit) => floods.refuse(doer, what, limit),
    noteRead: async (doer, what) => {
      const key = `${doer.organizationId}|${doer.actor?.personId}|${doer.actor?.sessionId}|${doer.address}|${what.event}|${what.facts?.['shared'] === true}|${String(what.facts?.['route'])}`;
      let notes = waiting.get(key);
      if (notes === undefined) waiting.set(key, (notes = { doer, what, ids: new Set(), requests: 0 }));
      notes.requests += 1;
      const before = notes.ids.size;
      for (const id of what.subjectIds ?? []) notes.ids.add(id);
      idsWaiting += notes.ids.size - before;
      if (idsWaiting > idsWaitingMax || unwritten.length > 0) return flush();
      timer ??= setTimeout(() => void flush().catch(() => {}), flushAfter);
    },
    flush: flushAll,
    close: flushAll,
  };
}

function entriesOf(seals: OrganizationSeals, { doer, what, ids, requests }: Notes, clock: Clock): EntryRow[] {
  const all = [...ids];
  const facts = { ...what.facts, ...(requests > 1 ? { requests } : {}) };
  const pieces = Math.max(1, Math.ceil(all.length / idsPerEntryMax));
  return Array.from({ length: pieces }, (_, at) => at).flatMap((at) => {
    const subjectIds = all.slice(at * idsPerEntryMax, (at + 1) * idsPerEntryMax);
    return makeEntries(seals, doer, { ...what, facts, subjectIds, subjectCount: subjectIds.length }, clock.now());
  });
}
