/**
 * Watches the audit log for decoys: every second it looks at the entries that got their place since the last look, whoever wrote them,
 * on whatever node or from the command line. So nothing on the way of a request knows what is a decoy, and no way past it is forgotten.
 */
import type { EventName } from '#contract';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { countTouch, findTouches, isBehind, lockWatch, moveWatch } from './decoy-store.ts';

export type WatchDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  organizations: () => Promise<string[]>;
};

/** What is done to one client for its own sake. A list that one scrolls through touches everybody. */
const touching = (['contact', 'company'] as const).flatMap((kind): EventName[] => [
  `${kind}.opened`,
  `${kind}.found`,
  `${kind}.exported`,
  `${kind}.updated`,
  `${kind}.history_read`,
  `${kind}.archived`,
]);

const lookEvery = 1_000;

/** Raises an alarm for each touch since the last look, once, whichever node looks. Returns how many there were. */
export async function watchDecoys(deps: WatchDeps, organizationId: string): Promise<number> {
  const { database, keyring, auditLog, clock } = deps;
  const reach = systemReach(organizationId);
  if (!(await database.read(reach, (tx) => isBehind(tx, organizationId)))) return 0;
  const seals = await keyring.of(organizationId);
  return database.act(reach, async (tx) => {
    const part = await lockWatch(tx, organizationId);
    if (part === undefined || part.from >= part.to) return 0;
    const touches = await findTouches(tx, organizationId, part, touching);
    for (const { entry, event, actorId, recordId, kind } of touches) {
      const doer = systemDoer(organizationId);
      await countTouch(tx, organizationId, recordId, clock.now());
      await auditLog.record(tx, seals, doer, {
        event: 'decoy.touched',
        subjectKind: kind,
        subjectIds: [recordId],
        facts: { by: event, entry, person: actorId },
      });
    }
    await moveWatch(tx, organizationId, part.to);
    return touches.length;
  });
}

export function openDecoyWatch(deps: WatchDeps, failed: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;
  const look = async (): Promise<void> => {
    try {
      for (const id of await deps.organizations()) if (!isClosed) await watchDecoys(deps, id);
    } catch (error) {
      failed(error);
    }
    if (!isClosed) next();
  };
  const next = () => {
    timer = setTimeout(() => {
      running = look();
    }, lookEvery);
  };
  return {
    start: next,
    close: (): Promise<void> => {
      isClosed = true;
      clearTimeout(timer);
      return running;
    },
  };
}
