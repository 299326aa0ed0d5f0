/**
 * The newest head of our log goes to every place outside that is due: it is stamped, written, told or stored there. Before that, what is
 * known to be kept there is held against the log: a head that our log does not continue is the alarm for which all this is.
 * What fails is tried again with growing pauses, is recorded once, and stays visible until it works.
 */
import type { AnchorProblem } from '#contract';
import type { NoteKey } from '#contract/tlog';
import type { Database, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { Mail } from '#mail';
import { saveProblem } from '#outside';
import type { AuditLog } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import { newestHead } from '#protections/audit-log/tree';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { AnchorRow } from './anchor-store.ts';
import { findAnchor, forgetLetter, listAnchors, saveKept, settingsOf } from './anchor-store.ts';
import { checkHead } from './check-head.ts';
import { writeHeadText } from './head-text.ts';
import type { Outcome } from './outcome.ts';
import { lookAfterLetters, queueLetters } from './send-letters.ts';
import { stampHead } from './stamp-head.ts';
import { storeHead } from './store-head.ts';
import { insertStamp } from './stamp-store.ts';
import { tellTelegram } from './tell-telegram.ts';

export type AnchorDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  mail: Mail;
  logKeyOf(organizationId: string): NoteKey;
};

type Head = { size: number; note: string };

/** Sends to every place that is due. What fails is kept with the place. */
export async function anchorDue(deps: AnchorDeps, organizationId: string, signal?: AbortSignal): Promise<void> {
  const rows = await deps.database.read(systemReach(organizationId), (tx) => listAnchors(tx, organizationId));
  for (const row of rows) {
    if (signal?.aborted === true) return;
    if (row.letter_note !== null) await lookAfter(deps, organizationId, row);
    if (row.next_at <= deps.clock.now()) await anchorHead(deps, organizationId, row.id);
  }
}

/** Sends to one place now. @throws anchor.not_found */
export async function anchorHead(deps: AnchorDeps, organizationId: string, id: string): Promise<void> {
  const { row, newest } = await deps.database.read(systemReach(organizationId), async (tx) => ({
    row: await findAnchor(tx, organizationId, id),
    newest: await newestHead(tx, organizationId),
  }));
  if (row === undefined) throw new LubartError('anchor.not_found');
  if (newest === undefined) return;
  // A letter that is on its way is looked after first.
  if (row.letter_note !== null) return lookAfter(deps, organizationId, row);
  const holds = holdsOf(deps, organizationId);
  // Attack: our own log was cut or rewritten since.
  if (row.note !== null && !(await holds(row.note)))
    return saveOutcome(deps, organizationId, row, { problem: 'forked' });
  if (row.kind === 'letter') return sendLetters(deps, organizationId, row, newest);
  await saveOutcome(deps, organizationId, row, await send(deps, organizationId, row, newest), newest);
}

async function send(deps: AnchorDeps, organizationId: string, row: AnchorRow, newest: Head): Promise<Outcome> {
  const settings = settingsOf(await deps.keyring.of(organizationId), row);
  const now = () => deps.clock.now();
  if (settings.stamp !== undefined) return stampHead(settings.stamp, newest.note, now);
  if (settings.telegram !== undefined)
    return tellTelegram(settings.telegram, writeHeadText(newest.note, now()).text, now);
  if (settings.bucket !== undefined)
    return storeHead(settings.bucket, { ...newest, organizationId }, now, holdsOf(deps, organizationId));
  return { problem: 'refused' };
}

const holdsOf =
  ({ database, logKeyOf }: AnchorDeps, organizationId: string) =>
  async (note: string) =>
    (await checkHead({ database, key: logKeyOf(organizationId) }, organizationId, note)).verdict === 'holds';

async function sendLetters(deps: AnchorDeps, organizationId: string, row: AnchorRow, { note }: Head): Promise<void> {
  const now = deps.clock.now();
  const { to } = settingsOf(await deps.keyring.of(organizationId), row).letter!;
  const nextAt = new Date(now.getTime() + row.every_minutes * 60_000);
  const queued = await deps.database.act(systemReach(organizationId), (tx) =>
    queueLetters(deps, tx, organizationId, { id: row.id, to, note, now, nextAt }),
  );
  if (!queued) await saveOutcome(deps, organizationId, row, { problem: 'not_delivered' });
}

async function lookAfter(deps: AnchorDeps, organizationId: string, row: AnchorRow): Promise<void> {
  const became = await deps.database.read(systemReach(organizationId), (tx) =>
    lookAfterLetters(deps, tx, organizationId, row),
  );
  if (became === 'waits') return;
  const head = { note: row.letter_note!, size: sizeOf(row.letter_note!) };
  await saveOutcome(
    deps,
    organizationId,
    row,
    became === 'lost' ? { problem: 'not_delivered' } : became,
    head,
    row.next_at,
  );
}

const sizeOf = (note: string): number => Number(note.split('\n', 2)[1]);

async function saveOutcome(
  deps: AnchorDeps,
  organizationId: string,
  row: AnchorRow,
  outcome: Outcome,
  head?: Head,
  due?: Date,
): Promise<void> {
  const now = deps.clock.now();
  const seals = await deps.keyring.of(organizationId);
  const record = (
    tx: Transaction,
    event: 'anchor.failed' | 'anchor.forked' | 'anchor.recovered',
    reason?: AnchorProblem,
  ) =>
    deps.auditLog.record(tx, seals, systemDoer(organizationId), {
      event,
      subjectKind: 'anchor',
      subjectIds: [row.id],
      facts: { kind: row.kind, ...(reason === undefined ? {} : { reason }) },
    });
  await deps.database.act(systemReach(organizationId), async (tx) => {
    if (!('problem' in outcome)) {
      const nextAt = due ?? new Date(now.getTime() + row.every_minutes * 60_000);
      const { at, stamp } = outcome;
      await saveKept(tx, organizationId, row.id, { ...head!, at, now, nextAt });
      if (stamp !== null) await insertStamp(tx, organizationId, { ...head!, anchorId: row.id, stamp, at });
      if (row.problem !== null) await record(tx, 'anchor.recovered');
      return;
    }
    const { problem } = outcome;
    await saveProblem(tx, 'audit_anchors', organizationId, row, { problem, now });
    if (row.letter_note !== null) await forgetLetter(tx, organizationId, row.id);
    // Once when it begins; the row says how long it lasts.
    if (problem === 'forked' && row.problem !== 'forked') await record(tx, 'anchor.forked', problem);
    else if (row.problem === null) await record(tx, 'anchor.failed', problem);
  });
}
