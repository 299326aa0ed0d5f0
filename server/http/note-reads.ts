/** Reads that the contract wants recorded (read-events.ts), noted when the answer is ready: without the note there is no answer. */
import type { Routes } from '#contract';
import { readEvents } from '#contract';
import type { Actor } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';

export type ReadNotes = { note(routeKey: string, actor: Actor | null, subjectId: string | null): Promise<void> };

export function openReadNotes(auditLog: AuditLog): ReadNotes {
  return {
    note: async (routeKey, actor, subjectId) => {
      const event = readEvents[routeKey as keyof Routes];
      if (event === undefined || actor === null) return;
      const about = subjectId === null ? {} : { subjectKind: event.split('.')[0]!, subjectIds: [subjectId] };
      await auditLog.noteRead(doerOf(actor), { event, facts: { route: routeKey }, ...about });
    },
  };
}
