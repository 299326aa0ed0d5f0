/**
 * The newest head of our log goes to a witness outside (C2SP tlog-witness), with the proof that it continues what the witness knows.
 * What the witness answers is believed only under its key, and only when its clock says that it was now. A witness that remembers a
 * head which is not ours is the alarm for which all this is: the log was cut, rewritten or brought back from a copy.
 */
import type { WitnessProblem } from '#contract';
import { readKey, readNote, signersOf, writeAddCheckpoint, writeNote } from '#contract/tlog';
import type { NoteKey } from '#contract/tlog';
import type { Database, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import { askOutside, saveProblem } from '#outside';
import type { AuditLog } from '#protections/audit-log';
import { logHash, newestHead, proveGrowth } from '#protections/audit-log/tree';
import { systemDoer } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { ed25519Verify, systemReach } from '#protections/encryption';
import type { WitnessRow } from './witness-store.ts';
import { cosignCheckpoint, findWitness, listWitnesses, noteAt, saveConfirmed } from './witness-store.ts';

export type SendDeps = { database: Database; keyring: Keyring; auditLog: AuditLog; clock: Clock };

/** Seconds between two confirmations; what can still be changed unseen while everything works. */
const confirmEvery = 60;
const waitMillisMax = 10_000;
const answerBytesMax = 16_384;
/** Seconds by which the clock of a witness may differ from ours. */
export const clockSecondsMax = 300;

type Outcome = { size: number; note: string; confirmedAt: Date } | { problem: WitnessProblem };

/** Sends to every witness that is due. What fails is kept with the witness. */
export async function sendDue(deps: SendDeps, organizationId: string, signal?: AbortSignal): Promise<void> {
  const witnesses = await deps.database.read(systemReach(organizationId), (tx) => listWitnesses(tx, organizationId));
  for (const { id, next_at: nextAt } of witnesses) {
    if (signal?.aborted === true) return;
    if (nextAt <= deps.clock.now()) await sendHead(deps, organizationId, id);
  }
}

/** Sends to one witness now. @throws witness.not_found */
export async function sendHead(deps: SendDeps, organizationId: string, id: string): Promise<void> {
  const { known, newest } = await deps.database.read(systemReach(organizationId), async (tx) => ({
    known: await findWitness(tx, organizationId, id),
    newest: await newestHead(tx, organizationId),
  }));
  if (known === undefined) throw new LubartError('witness.not_found');
  if (newest === undefined) return;
  await keep(deps, organizationId, known, await askWitness(deps, organizationId, known, newest));
}

async function askWitness(
  deps: SendDeps,
  organizationId: string,
  known: WitnessRow,
  newest: { size: number; note: string },
): Promise<Outcome> {
  let old = Number(known.size);
  // Attack: our own database was cut, so that the head is behind what the witness confirmed.
  if (old > newest.size) return { problem: 'forked' };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const proof = await proveGrowth(deps.database, organizationId, { from: old, to: newest.size });
    const answer = await addCheckpoint(known.address, writeAddCheckpoint({ old, proof, checkpoint: newest.note }));
    if (answer === 'unreachable') return { problem: 'unreachable' };
    if (answer.status === 200) return readCosignature(deps, known, newest, answer.text);
    // The proof from the size that it named itself does not lead from its head to ours.
    if (answer.status === 422) return { problem: 'forked' };
    if (answer.status !== 409) return { problem: 'refused' };
    const size = Number(/^(0|[1-9]\d{0,15})\n$/.exec(answer.text)?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) return { problem: 'answer_wrong' };
    if (size > newest.size || size === old) return { problem: 'forked' };
    old = size;
  }
  return { problem: 'refused' };
}

async function addCheckpoint(address: string, body: string): Promise<{ status: number; text: string } | 'unreachable'> {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  const limits = { waitMillisMax, answerBytesMax };
  const answer = await askOutside(`${address}/add-checkpoint`, { method: 'POST', headers, body }, limits);
  return answer === 'unreachable' ? answer : { status: answer.status, text: answer.bytes.toString('utf8') };
}

/** Attack: a signature of another key, over another head, or one of before that is shown again. */
function readCosignature(
  { clock }: SendDeps,
  known: WitnessRow,
  newest: { size: number; note: string },
  lines: string,
): Outcome {
  const key = readKey(logHash, known.key);
  const { text } = readNote(newest.note)!;
  const given = readNote(writeNote(text, [lines]));
  if (key === undefined || given === undefined) return { problem: 'answer_wrong' };
  const at = timeOf(given, key);
  if (at === undefined) return { problem: 'answer_wrong' };
  const isNow = Math.abs(at * 1000 - clock.now().getTime()) <= clockSecondsMax * 1000;
  const isLater = known.confirmed_at === null || at * 1000 >= known.confirmed_at.getTime();
  if (!isNow || !isLater) return { problem: 'clock_wrong' };
  return { size: newest.size, note: joinCosignatures(newest.note, lines, key), confirmedAt: new Date(at * 1000) };
}

function timeOf(note: NonNullable<ReturnType<typeof readNote>>, key: NoteKey): number | undefined {
  try {
    return signersOf(note, [key], ed25519Verify).find(({ at }) => at !== null)?.at ?? undefined;
  } catch {
    return undefined;
  }
}

/** The newest line of each witness under the head. */
function joinCosignatures(note: string, lines: string, key: NoteKey): string {
  const own = (line: string) => line.startsWith(`\u2014 ${key.name} `);
  const cut = note.lastIndexOf('\n\n') + 2;
  const kept = note
    .slice(cut)
    .split('\n')
    .filter((line) => line !== '' && !own(line));
  const added = lines.split('\n').filter(own);
  return note.slice(0, cut) + [...kept, ...added].map((line) => `${line}\n`).join('');
}

async function keep(deps: SendDeps, organizationId: string, known: WitnessRow, outcome: Outcome): Promise<void> {
  const now = deps.clock.now();
  const seals = await deps.keyring.of(organizationId);
  const doer = systemDoer(organizationId);
  const record = (tx: Transaction, event: 'witness.failed' | 'witness.forked' | 'witness.recovered') =>
    deps.auditLog.record(tx, seals, doer, {
      event,
      subjectKind: 'witness',
      subjectIds: [known.id],
      facts: { witness: nameOfKey(known.key), ...('problem' in outcome ? { reason: outcome.problem } : {}) },
    });
  await deps.database.act(systemReach(organizationId), async (tx) => {
    if (!('problem' in outcome)) {
      const nextAt = new Date(now.getTime() + confirmEvery * 1000);
      await saveConfirmed(tx, organizationId, known.id, { ...outcome, now, nextAt });
      const stored = await noteAt(tx, organizationId, outcome.size);
      const cosigned = stored === undefined ? undefined : underStored(stored, outcome.note, known.key);
      if (cosigned !== undefined) await cosignCheckpoint(tx, organizationId, outcome.size, cosigned);
      if (known.problem !== null) await record(tx, 'witness.recovered');
      return;
    }
    await saveProblem(tx, 'audit_witnesses', organizationId, known, { problem: outcome.problem, now });
    // Once when it begins; the row says how long it lasts.
    if (outcome.problem === 'forked' && known.problem !== 'forked') await record(tx, 'witness.forked');
    else if (known.problem === null) await record(tx, 'witness.failed');
  });
}

/** Another witness may have signed the same head meanwhile: its line stays. */
function underStored(stored: string, cosigned: string, keyLine: string): string | undefined {
  const key = readKey(logHash, keyLine);
  const [before, after] = [readNote(stored), readNote(cosigned)];
  if (key === undefined || before === undefined || before.text !== after?.text) return undefined;
  return joinCosignatures(stored, cosigned.slice(cosigned.lastIndexOf('\n\n') + 2), key);
}

export const nameOfKey = (line: string): string => readKey(logHash, line)?.name ?? '';
