/**
 * What is done to the root key file stands in the log of every company, whatever happens in between. It is noted beside the key file first;
 * when its entry stands everywhere, the note goes. Whoever is killed in between, or brings the key back where no database answers, is
 * followed by the next command or start, which writes the entries before anybody is served. At least once: whoever is killed between an
 * entry and its mark gives it twice, with the same id of the act.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ErrorCode } from '#contract';
import { errorStatus } from '#contract';
import { LubartError, newId } from '#kernel';
import type { Doer } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import { replacePrivateFile, systemReach } from '#protections/encryption';
import type { RotationDeps } from './rotation-deps.ts';

export type KeyAct = {
  id: string;
  at: string;
  event: 'keys.moved' | 'keys.recovered';
  facts: Record<string, string>;
  /** Who did it, as far as a machine knows. */
  address: string | null;
  device: string | null;
  refused: ErrorCode | null;
  /** SHA-256 of the key file before; null when there was none. By it a later start sees whether anything came of the act. */
  before: string | null;
  /** Process that does it. */
  pid: number;
  /** Organizations whose log has it. */
  recorded: string[];
};
type RecordDeps = Pick<RotationDeps, 'database' | 'keyring' | 'auditLog' | 'organizations' | 'rootFile'>;

/** Somebody who mistypes the kit all night fills no disk. */
const notesMax = 100;
/** A move takes seconds; an older note is of a process that is gone, though its number was given to another. */
const actMillisMax = 600_000;

const notePath = (keyFile: string, id: string) => `${keyFile}.act-${id}`;

/** Before the act. */
export async function noteKeyAct(
  keyFile: string,
  { address, device }: Pick<Doer, 'address' | 'device'>,
  what: Pick<KeyAct, 'event' | 'facts'>,
): Promise<KeyAct> {
  const act: KeyAct = {
    id: newId(),
    at: new Date().toISOString(),
    ...what,
    address,
    device,
    refused: null,
    before: await hashOf(keyFile),
    pid: process.pid,
    recorded: [],
  };
  await writeNote(keyFile, act);
  return act;
}

/** More is known of it, still before anything is done. */
export const noteFacts = (keyFile: string, act: KeyAct, facts: KeyAct['facts']): Promise<void> =>
  writeNote(keyFile, { ...act, facts: { ...act.facts, ...facts } });

/** It came to nothing. */
export async function noteRefusal(keyFile: string, act: KeyAct, error: unknown): Promise<void> {
  const refused = error instanceof LubartError ? error.code : 'server.failed';
  if ((await countNotes(keyFile)) > notesMax) await unlink(notePath(keyFile, act.id)).catch(ignoreMissing);
  else await writeNote(keyFile, { ...act, refused });
}

/** Writes the entries of all that is noted, and takes the notes away. */
export async function recordKeyActs(deps: RecordDeps): Promise<void> {
  const keyFile = deps.rootFile.file;
  for (const act of await readKeyActs(keyFile)) {
    if (isGoingOn(act)) continue;
    for (const organizationId of await deps.organizations()) {
      if (act.recorded.includes(organizationId)) continue;
      await recordIn(deps, organizationId, act);
      act.recorded.push(organizationId);
      await writeNote(keyFile, act);
    }
    await unlink(notePath(keyFile, act.id)).catch(ignoreMissing);
  }
}

async function recordIn(
  { database, keyring, auditLog, rootFile }: RecordDeps,
  organizationId: string,
  { id, at, event, ...act }: KeyAct,
): Promise<void> {
  const unread = event === 'keys.recovered' && act.facts['key'] === undefined;
  const cut = unread || (await hashOf(rootFile.file)) === act.before;
  const refused = act.refused ?? (cut ? 'key.act_cut' : null);
  const seals = await keyring.of(organizationId);
  const facts = { ...act.facts, act: id, at };
  const doer = { ...systemDoer(organizationId), address: act.address, device: act.device };
  await database.act(systemReach(organizationId), (tx) =>
    auditLog.record(tx, seals, doer, { event, facts, ...(refused === null ? {} : { refused }) }),
  );
}

/** What cannot be read stays where it is: posture shows it. */
export async function readKeyActs(keyFile: string): Promise<KeyAct[]> {
  const acts: KeyAct[] = [];
  for (const name of await noteNames(keyFile)) {
    const text = await readFile(join(dirname(keyFile), name), 'utf8').catch(ignoreMissing);
    const act = text === undefined ? undefined : parse(text);
    if (act !== undefined && notePath(keyFile, act.id) === join(dirname(keyFile), name)) acts.push(act);
  }
  return acts;
}

export const countNotes = async (keyFile: string): Promise<number> => (await noteNames(keyFile)).length;

/** In the order in which it was done: ids carry their time. */
async function noteNames(keyFile: string): Promise<string[]> {
  const names = await readdir(dirname(keyFile)).catch(ignoreMissing);
  return (names ?? []).filter((name) => name.startsWith(`${basename(keyFile)}.act-`)).toSorted();
}

function parse(text: string): KeyAct | undefined {
  try {
    const act = JSON.parse(text) as KeyAct;
    const known = act.event === 'keys.moved' || act.event === 'keys.recovered';
    const refusedBy = act.refused === null || act.refused in errorStatus;
    return known && refusedBy && Array.isArray(act.recorded) && Number.isFinite(Date.parse(act.at)) ? act : undefined;
  } catch {
    return undefined;
  }
}

/** Several nodes of one installation share the folder of keys, and one may start while another is in the middle. */
function isGoingOn({ pid, at, refused }: KeyAct): boolean {
  if (refused !== null || pid === process.pid || Date.now() - Date.parse(at) > actMillisMax) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const writeNote = (keyFile: string, act: KeyAct) =>
  replacePrivateFile(notePath(keyFile, act.id), `${JSON.stringify(act)}\n`);

async function hashOf(file: string): Promise<string | null> {
  const bytes = await readFile(file).catch(ignoreMissing);
  return bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex');
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
