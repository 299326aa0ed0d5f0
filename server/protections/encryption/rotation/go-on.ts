/**
 * Going on with a rotation, from wherever it stands: the rows say it, so a process that was killed is followed by any other.
 *
 * A key of an organization: it was announced; once every process has surely read it, it seals and the old one only opens. What the old one
 * sealed is sealed anew, column by column, compared and set. Once nobody can seal with the old one any more, the rest follows and
 * everything is counted by the marks in the data. Only a count of zero ends a rotation.
 *
 * The root key: keys of organizations and files are wrapped anew while both root keys lie in the key file; when nothing is wrapped by the
 * old one, it is forgotten. Killed at any moment, both are still there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Happening } from '#protections/audit-log';
import { findCause, systemDoer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { makeCurrent, markedHead, readKeys, rewrapKey, systemReach } from '#protections/encryption';
import { about, noteRoot, purposeOf } from './begin-rotation.ts';
import { destroyUnneeded } from './destroy-unneeded.ts';
import type { RotationDeps } from './rotation-deps.ts';
import type { RotationRow } from './rotation-store.ts';
import {
  addDone,
  countUnderOthers,
  endOfStretch,
  finish,
  listRotations,
  resealStretch,
  setTotal,
  takeStep,
  turnsOf,
} from './rotation-store.ts';
import type { SealedValue } from './sealed-values.ts';
import { sealedValues } from './sealed-values.ts';

/**
 * People who change one of these at that moment wait for the end of the step. Its batches are small, so that the database has its first one
 * to write while the next are being sealed.
 */
const stretchRows = 6_000;
const batchRows = 250;
const recordsPerStep = 500;
const firstId = '00000000-0000-0000-0000-000000000000';

/** Goes on with what runs in an organization, as far as it can now, and destroys keys that nothing needs. */
export async function goOnRotating(deps: RotationDeps, organizationId: string, signal: AbortSignal): Promise<void> {
  await adoptRoot(deps, organizationId);
  const known = await deps.database.read(systemReach(organizationId), (tx) => listRotations(tx, organizationId));
  for (const rotation of known) {
    if (rotation.finished_at !== null || rotation.paused_at !== null) continue;
    if (rotation.kind === 'root') await rotateRoot(deps, organizationId, rotation, signal);
    else await rotateKey(deps, organizationId, rotation, signal);
  }
  await destroyUnneeded(deps, organizationId);
}

/** The key file holds two root keys and no row says so: whoever began was killed in between. */
async function adoptRoot(deps: RotationDeps, organizationId: string): Promise<void> {
  await deps.rootFile.reload();
  const [to, from] = deps.rootFile.fingerprints;
  if (from !== undefined) await noteRoot(deps, organizationId, { from, to: to! });
}

async function rotateKey(deps: RotationDeps, organizationId: string, rotation: RotationRow, signal: AbortSignal) {
  const { database, keyring, clock } = deps;
  const reach = systemReach(organizationId, 'all');
  const purpose = purposeOf(rotation.kind);
  const target = async () => {
    const keys = await database.read(reach, (tx) => readKeys(tx, organizationId));
    return keys.find((key) => key.purpose === purpose && key.mark === Number.parseInt(rotation.to_key, 16))!;
  };
  const seals = await keyring.of(organizationId);
  let key = await target();
  if (key.current_at === null) {
    const announced = key;
    await settled(deps, key.created_at, signal);
    await database.act(reach, async (tx) => {
      if (!(await takeStep(tx, organizationId, rotation.id))) return;
      if (!(await makeCurrent(tx, organizationId, announced, clock.now()))) return;
      await note(deps, tx, seals, rotation, about('keys.taken_into_use', rotation.kind, { mark: rotation.to_key }));
    });
    await keyring.refresh();
    key = await target();
    if (key.current_at === null) return; // paused meanwhile
  }
  const walk = rotation.kind === 'index' ? reindexAll : resealAll;
  const left = () => database.read(reach, (tx) => countLeft(deps, tx, organizationId, rotation.kind, key.mark));
  const total = await left();
  await database.act(reach, (tx) => setTotal(tx, organizationId, rotation.id, total));
  if (!(await walk(deps, seals, rotation, key.mark, signal))) return;
  await settled(deps, key.current_at, signal);
  while ((await left()) > 0) {
    const before = await left();
    if (!(await walk(deps, seals, rotation, key.mark, signal))) return;
    if ((await left()) >= before) return; // what is left does not open or is being edited: it stays counted, and is tried again
  }
  await end(deps, organizationId, rotation, seals);
}

type Reading = Parameters<Parameters<RotationDeps['database']['read']>[1]>[0];

async function countLeft(
  deps: RotationDeps,
  tx: Reading,
  organizationId: string,
  kind: RotationRow['kind'],
  mark: number,
): Promise<number> {
  if (kind === 'organization') return countUnderOthers(tx, organizationId, mark);
  let sum = 0;
  for (const one of deps.indexed) sum += await one.countByOtherKeys(tx, organizationId, mark);
  return sum;
}

/** Once through everything. False when it was paused. */
async function resealAll(
  deps: RotationDeps,
  seals: OrganizationSeals,
  rotation: RotationRow,
  mark: number,
  signal: AbortSignal,
): Promise<boolean> {
  const head = markedHead(mark);
  for (const value of sealedValues)
    if (!(await walkSteps(deps, seals, rotation, stepsThrough(seals, value, head), signal))) return false;
  return true;
}

type InStretch = { from: string | undefined; to: string | undefined; nth: number };

/** Stretch by stretch, each as often as the values of this kind take turns. */
function stepsThrough(seals: OrganizationSeals, value: SealedValue, head: Buffer): Step<InStretch> {
  const turns = turnsOf(value);
  return async (tx, { from, to: known, nth } = { from: undefined, to: undefined, nth: 0 }) => {
    const to = known ?? (await endOfStretch(tx, seals, value, head, from, stretchRows));
    if (to === undefined) return { done: 0, next: undefined };
    const done = await resealStretch(tx, seals, value, head, { from, to, turn: turns[nth] }, batchRows);
    const goesOn = nth + 1 < turns.length;
    return { done, next: goesOn ? { from, to, nth: nth + 1 } : { from: to, to: undefined, nth: 0 } };
  };
}

async function reindexAll(
  deps: RotationDeps,
  seals: OrganizationSeals,
  rotation: RotationRow,
  _mark: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (const one of deps.indexed) {
    const step: Step<string> = async (tx, from = firstId) => {
      const { done, last } = await one.reindex(tx, seals, from, recordsPerStep);
      return { done, next: last };
    };
    if (!(await walkSteps(deps, seals, rotation, step, signal))) return false;
  }
  return true;
}

/** From a place, or the beginning, to the next one; undefined at the end. */
type Step<Place> = (tx: Reading, from: Place | undefined) => Promise<{ done: number; next: Place | undefined }>;

async function walkSteps<Place>(
  deps: RotationDeps,
  seals: OrganizationSeals,
  rotation: RotationRow,
  step: Step<Place>,
  signal: AbortSignal,
): Promise<boolean> {
  const { organizationId } = seals;
  const { id, kind } = rotation;
  let from: Place | undefined;
  for (;;) {
    signal.throwIfAborted();
    const at = await deps.database.act(systemReach(organizationId, 'all'), async (tx) => {
      if (!(await takeStep(tx, organizationId, id))) return null;
      const { done, next } = await step(tx, from);
      if (done > 0) await addDone(tx, organizationId, id, done);
      if (done > 0) await note(deps, tx, seals, rotation, about('keys.resealed', kind, { values: done }));
      return next;
    });
    if (at === null) return false;
    if (at === undefined) return true;
    from = at;
  }
}

/** What was done follows from what began the rotation; in the log of another organization nothing did. */
async function note(deps: RotationDeps, tx: Reading, seals: OrganizationSeals, rotation: RotationRow, what: Happening) {
  const { organizationId } = seals;
  const cause = await findCause(tx, organizationId, 'keys.rotate', rotation);
  await deps.auditLog.record(tx, seals, systemDoer(organizationId, cause), what);
}

async function rotateRoot(deps: RotationDeps, organizationId: string, rotation: RotationRow, signal: AbortSignal) {
  const { database, keyring, rootFile } = deps;
  const organizations = await deps.organizations();
  await settled(deps, rotation.started_at, signal); // every process wraps by the new one by now
  await rootFile.reload();
  // Attack: an older key file put back in the middle. What it would wrap and forget is not what was begun.
  if (rootFile.fingerprint !== rotation.to_key) return;
  for (const id of organizations) {
    const seals = await keyring.of(id);
    const wrapped = await database.act(systemReach(id), async (tx) => {
      if (id === organizationId && !(await takeStep(tx, id, rotation.id))) return null;
      const old = (await readKeys(tx, id)).filter((row) => !rootFile.isCurrent(row.wrapped));
      for (const row of old) await rewrapKey(tx, id, row, keyring.wrapAnew(id, row));
      if (old.length > 0) await note(deps, tx, seals, rotation, about('keys.resealed', 'root', { values: old.length }));
      return old.length;
    });
    if (wrapped === null) return;
    if (wrapped > 0)
      await database.act(systemReach(organizationId), (tx) => addDone(tx, organizationId, rotation.id, wrapped));
  }
  for (const file of deps.files) if (!(await file.isCurrent())) await file.wrapAnew();
  if ((await countWrappedByOld(deps)) > 0) return;
  await rootFile.forgetOld();
  for (const id of organizations) {
    const running = await database.read(systemReach(id), (tx) => listRotations(tx, id));
    const mine = running.find((row) => row.kind === 'root' && row.finished_at === null);
    if (mine !== undefined) await end(deps, id, mine, await keyring.of(id));
  }
}

/** Keys and files that another root key than the one in use wraps. */
export async function countWrappedByOld(deps: RotationDeps): Promise<number> {
  let sum = 0;
  for (const id of await deps.organizations()) {
    const keys = await deps.database.read(systemReach(id), (tx) => readKeys(tx, id));
    sum += keys.filter((row) => !deps.rootFile.isCurrent(row.wrapped)).length;
  }
  for (const file of deps.files) if (!(await file.isCurrent())) sum += 1;
  return sum;
}

async function end(deps: RotationDeps, organizationId: string, rotation: RotationRow, seals: OrganizationSeals) {
  const { id, kind, from_key: from, to_key: to } = rotation;
  await deps.database.act(systemReach(organizationId), async (tx) => {
    if (await finish(tx, organizationId, id, deps.clock.now()))
      await note(deps, tx, seals, rotation, about('keys.rotated', kind, { from, to, remaining: 0 }));
  });
}

/** Waits until every process reads keys that are at least as new as this moment; who could not read them seals nothing. */
async function settled({ keyring, clock }: RotationDeps, since: Date, signal: AbortSignal): Promise<void> {
  const millis = since.getTime() + keyring.pace.leaseMillis - clock.now().getTime();
  if (millis > 0) await sleep(Math.min(millis, keyring.pace.leaseMillis), undefined, { signal });
}
