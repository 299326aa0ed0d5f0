/**
 * Refusals at the door are entries of their own, also those of nobody known. A flood of tries must not become a flood of writing:
 * beyond the limit the counts go on, and the next entry says how many were not written one by one.
 */
import type { ErrorCode, EventName } from '#contract';
import type { Clock } from '#kernel';
import type { AuditLog, Doer } from '#protections/audit-log';

/** Entries a minute about one person, and about nobody known. */
export const refusalsPerMinuteMax = 60;
const keptMax = 10_000;

export type RefusedVisitor = { address: string; device: string; requestId: string };

export type NoteRefusal = (refusal: {
  event: EventName;
  code: ErrorCode;
  visitor: RefusedVisitor;
  /** null: written to the first organization of the installation, if there is one. */
  organizationId: string | null;
  actor: Doer['actor'];
  facts?: Record<string, unknown>;
}) => Promise<void>;

export function openNoteRefusal(deps: {
  auditLog: AuditLog;
  clock: Clock;
  defaultOrganization: () => Promise<string | null>;
  failed: (error: unknown) => void;
}): NoteRefusal {
  const windows = new Map<string, { startedAt: number; written: number; unwritten: number }>();
  const admit = (key: string): number | null => {
    const now = deps.clock.now().getTime();
    const window = windows.get(key);
    if (window !== undefined && now - window.startedAt < 60_000) {
      if (window.written >= refusalsPerMinuteMax) {
        window.unwritten += 1;
        return null;
      }
      window.written += 1;
      return 0;
    }
    windows.delete(key);
    if (windows.size >= keptMax) windows.delete(windows.keys().next().value!);
    windows.set(key, { startedAt: now, written: 1, unwritten: 0 });
    return window?.unwritten ?? 0;
  };
  return async ({ event, code, visitor, organizationId, actor, facts = {} }) => {
    const unwritten = admit(`${event} ${actor?.personId ?? 'nobody'}`);
    if (unwritten === null) return;
    const { address, device, requestId } = visitor;
    try {
      const where = organizationId ?? (await deps.defaultOrganization());
      if (where === null) return;
      await deps.auditLog.recordAlone(
        { organizationId: where, actor, address, device, requestId },
        {
          event,
          refused: code,
          facts: { ...facts, ...(unwritten > 0 ? { unwritten } : {}) },
          ...(actor === null ? {} : { subjectKind: 'person', subjectIds: [actor.personId] }),
        },
      );
    } catch (error) {
      deps.failed(error); // the refusal stands, whether or not it could be written
    }
  };
}
