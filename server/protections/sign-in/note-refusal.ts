/**
 * Refusals at the door are entries of their own, also those of nobody known. A flood of tries must not become a flood of writing:
 * beyond the limit they are counted, and one entry says how many there were.
 */
import type { ErrorCode, EventName } from '#contract';
import type { AuditLog, Doer } from '#protections/audit-log';

/** Entries a minute about one person, and about nobody known. */
export const refusalsPerMinuteMax = 60;

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
  defaultOrganization: () => Promise<string | null>;
  failed: (error: unknown) => void;
}): NoteRefusal {
  return async ({ event, code, visitor, organizationId, actor, facts = {} }) => {
    const { address, device, requestId } = visitor;
    try {
      const where = organizationId ?? (await deps.defaultOrganization());
      if (where === null) return;
      await deps.auditLog.refuse(
        { organizationId: where, actor, address, device, requestId },
        {
          event,
          refused: code,
          facts,
          ...(actor === null ? {} : { subjectKind: 'person', subjectIds: [actor.personId] }),
        },
        { key: `${event} ${actor?.personId ?? 'nobody'}`, perMinuteMax: refusalsPerMinuteMax },
      );
    } catch (error) {
      deps.failed(error); // the refusal stands, whether or not it could be written
    }
  };
}
