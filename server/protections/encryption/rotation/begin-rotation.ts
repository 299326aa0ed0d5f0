/**
 * Beginning, pausing and going on. One rotation of a kind runs in an organization at a time; the database decides it (a unique index), so
 * that two nodes asked at one moment begin one. A new root key is written into the key file while that decision is held.
 */
import type { Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import type { Doer, Happening } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import { currentOf } from './destroy-unneeded.ts';
import type { RotationDeps } from './rotation-deps.ts';
import type { RotationKind } from './rotation-store.ts';
import { insertRotation, pause, readKeyHistory, setTarget } from './rotation-store.ts';

/** Asked by the first statement of the act, whether its doer may still do it; an operator at the machine may. @throws access.denied */
export type RequireEntitled = (tx: Transaction) => Promise<unknown>;

/** @throws key.rotation_runs, access.denied */
export async function beginRotation(
  deps: RotationDeps,
  doer: Doer,
  kind: RotationKind,
  requireEntitled: RequireEntitled,
): Promise<void> {
  const { organizationId } = doer;
  const seals = await deps.keyring.of(organizationId);
  const others = kind === 'root' ? (await deps.organizations()).filter((id) => id !== organizationId) : [];
  const target = await deps.database.act(systemReach(organizationId), async (tx) => {
    await requireEntitled(tx);
    const made = await makeTarget(deps, tx, doer, kind);
    await deps.auditLog.record(tx, seals, doer, about('keys.rotation_started', kind, { from: made.from, to: made.to }));
    return made;
  });
  for (const other of others) await noteRoot(deps, other, target);
  await deps.keyring.refresh();
  await deps.ask(organizationId);
}

async function makeTarget(deps: RotationDeps, tx: Transaction, doer: Doer, kind: RotationKind) {
  const { organizationId } = doer;
  const at = deps.clock.now();
  const id = newId();
  const personId = doer.actor?.personId ?? null;
  const row = { id, kind, from_key: '', to_key: '', started_at: at, personId };
  if (!(await insertRotation(tx, organizationId, row))) throw new LubartError('key.rotation_runs');
  const target = kind === 'root' ? await beginRoot(deps) : await announce(deps, tx, organizationId, kind, at);
  await setTarget(tx, organizationId, id, target.from, target.to);
  return target;
}

/** A key file that already holds two was left by a start that was killed: that rotation goes on. */
async function beginRoot({ rootFile }: RotationDeps): Promise<{ from: string; to: string }> {
  await rootFile.reload();
  const [to, from] = rootFile.fingerprints;
  return from === undefined ? rootFile.begin() : { from, to: to! };
}

async function announce(deps: RotationDeps, tx: Transaction, organizationId: string, kind: RotationKind, at: Date) {
  const purpose = purposeOf(kind);
  const current = currentOf(await readKeyHistory(tx, organizationId), purpose);
  const { mark } = await deps.keyring.announce(tx, organizationId, purpose, at);
  return { from: nameOfMark(current.mark), to: nameOfMark(mark) };
}

/** The root key is one for all organizations: each of them remembers that it was replaced. */
export async function noteRoot(
  deps: RotationDeps,
  organizationId: string,
  target: { from: string; to: string },
): Promise<void> {
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const row = { id: newId(), kind: 'root' as const, from_key: target.from, to_key: target.to };
    if (await insertRotation(tx, organizationId, { ...row, started_at: deps.clock.now(), personId: null }))
      await deps.auditLog.record(tx, seals, systemDoer(organizationId), about('keys.rotation_started', 'root', target));
  });
}

/** @throws key.rotation_not_found, access.denied */
export async function pauseRotation(
  deps: RotationDeps,
  doer: Doer,
  kind: RotationKind,
  on: boolean,
  requireEntitled: RequireEntitled,
): Promise<void> {
  const { organizationId } = doer;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    await requireEntitled(tx);
    const changed = await pause(tx, organizationId, kind, on ? deps.clock.now() : null);
    if (!changed) throw new LubartError('key.rotation_not_found');
    await deps.auditLog.record(tx, seals, doer, about(on ? 'keys.rotation_paused' : 'keys.rotation_resumed', kind));
  });
  if (!on) await deps.ask(organizationId);
}

export const purposeOf = (kind: RotationKind) => (kind === 'index' ? 'index' : 'sealing');

/** How a key of an organization is called on the screen and in the log. */
export const nameOfMark = (mark: number): string => mark.toString(16).padStart(8, '0');

export const about = (
  event: Happening['event'],
  kind: RotationKind,
  facts: Record<string, unknown> = {},
): Happening => ({
  event,
  facts: { key: kind, ...facts },
});
