/**
 * Sends the log to its receivers, part by part in its order. There is no queue: the log is the queue, and a receiver is a place in it.
 * The place moves only when a part is confirmed, so an outage loses nothing, however long, and costs no memory; what was sent and
 * not confirmed comes again, with the same indexes. Only what stands under the tree is sent: an entry without a place has no number.
 */
import type { EntryBody, ForwardProblem } from '#contract';
import { tileWidth } from '#contract/tlog';
import type { Database, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { openName, systemDoer } from '#protections/audit-log';
import { entriesAt, findTiles } from '#protections/audit-log/tree';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { nextTryAt } from '#outside';
import { appendLines } from './append-file.ts';
import type { ClosedFacts, ForwardRow } from './forward-store.ts';
import {
  claimForward,
  findForward,
  forwardPlace,
  listForwards,
  releaseForward,
  saveDelivered,
} from './forward-store.ts';
import { sendSyslog } from './send-syslog.ts';
import { sendWebhook } from './send-webhook.ts';
import type { Line, Part } from './write-lines.ts';
import { writeLines } from './write-lines.ts';

export type ForwardDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  /** Where files for collectors on this machine lie. */
  folder: string;
  version: string;
};

const partEntries = 200;
const partBytesMax = 4 * 1024 * 1024;
/** Longer than any part may take: after that whoever was sending is gone. */
const busyMillis = 120_000;
/** Seconds for which one run goes on with one receiver, so that the others get their turn. */
const turnSeconds = 45;
/** Somebody waits for a try. */
const trySeconds = 10;

/** Sends to every receiver whose pause is over. */
export async function forwardDue(deps: ForwardDeps, organizationId: string, signal?: AbortSignal): Promise<void> {
  const rows = await deps.database.read(systemReach(organizationId), (tx) => listForwards(tx, organizationId));
  for (const { id, next_at: nextAt, next_index: next, size, paused_at: pausedAt } of rows) {
    if (signal?.aborted === true) return;
    if (pausedAt !== null) continue;
    if (nextAt <= deps.clock.now() && Number(next) < Number(size))
      await forwardTo(deps, organizationId, id, { signal });
  }
}

/** `again`: nothing waited, so the newest entry went once more; a receiver knows it by its index. */
export type Turn = { sent: number; again: boolean };
type Given = {
  signal?: AbortSignal | undefined;
  /** A try must meet the receiver, also where nothing waits. */
  isTry?: boolean;
};

/** Sends to one receiver now. null: somebody is at it, or it is paused. @throws forward.not_found */
export async function forwardTo(
  deps: ForwardDeps,
  organizationId: string,
  id: string,
  { signal, isTry = false }: Given = {},
): Promise<Turn | null> {
  const { database, clock } = deps;
  const reach = systemReach(organizationId);
  const seals = await deps.keyring.of(organizationId);
  const claim = { now: clock.now(), until: later(clock.now(), busyMillis) };
  const row = await database.act(reach, async (tx) => {
    const isOurs = await claimForward(tx, organizationId, id, claim);
    const found = await findForward(tx, organizationId, id);
    if (found === undefined) throw new LubartError('forward.not_found');
    return isOurs ? found : null;
  });
  if (row === null) return null;
  const { problem, ...turn } = await sendParts(deps, seals, row, { signal, isTry });
  await database.act(reach, async (tx) => {
    const now = clock.now();
    const nextAt = problem === null ? now : nextTryAt(now, row.failures);
    await releaseForward(tx, organizationId, id, { problem, now, nextAt, changedAt: row.changed_at });
    await noteTurn(deps, tx, seals, row, problem);
  });
  return turn;
}

const later = (at: Date, millis: number) => new Date(at.getTime() + millis);

/** Once when it begins and once when it is over; the row says how long it lasts. */
async function noteTurn(
  { auditLog }: ForwardDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  row: ForwardRow,
  problem: ForwardProblem | null,
): Promise<void> {
  if ((row.problem === null) === (problem === null)) return;
  await auditLog.record(tx, seals, systemDoer(seals.organizationId), {
    event: problem === null ? 'forward.recovered' : 'forward.failed',
    subjectKind: 'forward',
    subjectIds: [row.id],
    facts: { kind: row.kind, ...(problem === null ? {} : { reason: problem }) },
  });
}

type Sent = Turn & { problem: ForwardProblem | null };

async function sendParts(
  deps: ForwardDeps,
  seals: OrganizationSeals,
  row: ForwardRow,
  { signal, isTry = false }: Given,
): Promise<Sent> {
  const { database, clock } = deps;
  const { organizationId } = seals;
  const reach = systemReach(organizationId);
  const closed = seals.open<ClosedFacts>(forwardPlace(row.id), row.sealed);
  const read = async (from: number) => {
    const part = await database.read(reach, (tx) => readPart(tx, organizationId, from, clock.now()));
    const nameOf = (entry: EntryBody) => (row.with_names ? findName(seals, entry) : null);
    return writeLines(part, { form: row.form, version: deps.version, nameOf });
  };
  const begin = Number(row.next_index);
  const until = later(clock.now(), (isTry ? trySeconds : turnSeconds) * 1000);
  let from = begin;
  const ended = (problem: ForwardProblem | null): Sent => ({ problem, sent: from - begin, again: false });
  while (clock.now() < until && signal?.aborted !== true) {
    const lines = await read(from);
    if (lines.length === 0) break;
    const problem = await deliver(deps, row, closed, lines);
    if (problem !== null) return ended(problem);
    const to = from + lines.length;
    const confirmed = {
      from,
      to,
      ...countAbout(lines),
      changedAt: row.changed_at,
      now: clock.now(),
      busyUntil: later(clock.now(), busyMillis),
    };
    const goesOn = await database.act(reach, (tx) => saveDelivered(tx, organizationId, row.id, confirmed));
    from = to;
    if (!goesOn) break;
  }
  if (!isTry || from > begin || begin === 0) return ended(null);
  const [newest] = await read(begin - 1);
  return { problem: newest === undefined ? null : await deliver(deps, row, closed, [newest]), sent: 1, again: true };
}

const countAbout = (lines: readonly Line[]) => ({
  gone: lines.filter(({ about }) => about === 'gone').length,
  changed: lines.filter(({ about }) => about === 'changed').length,
});

function deliver(
  { clock, folder }: ForwardDeps,
  row: ForwardRow,
  { secret, address, clientKey: key }: ClosedFacts,
  lines: readonly Line[],
): Promise<ForwardProblem | null> {
  switch (row.kind) {
    case 'syslog':
      return sendSyslog({ ...row, client: key === undefined ? null : { certificate: row.certificate!, key } }, lines);
    case 'webhook':
      return sendWebhook({ ...row, secret, address }, lines, clock.now());
    case 'file':
      return appendLines({ folder, id: row.id, form: row.form }, lines);
  }
}

/** Entries with a place from `from` on, and the hashes of their leaves and of the leaf before. */
export async function readPart(tx: Transaction, organizationId: string, from: number, now: Date): Promise<Part> {
  const found = await entriesAt(tx, organizationId, from, from + partEntries);
  let bytes = 0;
  const entries = found.filter((one, nth) => {
    bytes += one.bytes?.length ?? 0;
    return nth === 0 || bytes <= partBytesMax;
  });
  const first = Math.floor(Math.max(0, from - 1) / tileWidth);
  const last = Math.floor((from + partEntries) / tileWidth);
  const at = Array.from({ length: last - first + 1 }, (_, nth) => ({ level: 0, index: first + nth }));
  const hashes = new Map<number, Buffer>();
  for (const tile of await findTiles(tx, organizationId, at)) {
    for (let nth = 0; nth < tile.hashes.length / 32; nth += 1)
      hashes.set(tile.index * tileWidth + nth, tile.hashes.subarray(nth * 32, nth * 32 + 32));
  }
  return { organizationId, entries: entries.filter(({ position }) => hashes.has(position)), hashes, now };
}

/** null where nobody acted, or the name can no longer be opened. */
function findName(seals: OrganizationSeals, entry: EntryBody): string | null {
  try {
    return openName(seals, entry);
  } catch {
    return null;
  }
}
