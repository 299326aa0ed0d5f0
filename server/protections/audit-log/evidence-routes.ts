/** What of the log is given to others, who verify it without us: one entry with its proof, the head, the log as a file. */
import type { auditRoutes } from '#contract';
import type { Handlers } from '#http';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import { beginPieces } from './begin-pieces.ts';
import { doerOf } from './entry.ts';
import type { AuditLog } from './record-entry.ts';

export type EvidenceDeps = {
  auditLog: AuditLog;
  clock: Clock;
  /** The tree over the log, which knows bytes and places and asks nobody what they mean. */
  tree: {
    prove(organizationId: string, entryId: string): Promise<{ proof: string; bytes: Buffer; position: number }>;
    head(organizationId: string): Promise<{ key: string; checkpoint: string | null; size: number }>;
    evidence(organizationId: string, part: { from?: number; to?: number }): AsyncIterable<Uint8Array>;
  };
};

type EvidenceRoutes =
  | 'GET /api/v1/audit-entries/:id/proof'
  | 'GET /api/v1/audit-log/head'
  | 'GET /api/v1/audit-log/evidence';

export function evidenceHandlers({
  auditLog,
  clock,
  tree,
}: EvidenceDeps): Pick<Handlers<typeof auditRoutes>, EvidenceRoutes> {
  return {
    'GET /api/v1/audit-entries/:id/proof': async ({ actor, params: { id } }) => {
      const { proof, bytes, position } = await tree.prove(actor.organizationId, id);
      await auditLog.recordAlone(doerOf(actor), { event: 'audit.proved', subjectKind: 'audit', subjectIds: [id] });
      return { proof, position, bytes: bytes.toString('base64') };
    },
    'GET /api/v1/audit-log/head': ({ actor }) => tree.head(actor.organizationId),
    'GET /api/v1/audit-log/evidence': async ({ actor, query }) => {
      const { from = 0, to } = query;
      if (to !== undefined && to <= from) throw new LubartError('request.invalid', { field: 'to' });
      const { size } = await tree.head(actor.organizationId);
      if (from >= size) throw new LubartError('audit.not_sealed');
      const facts = { from, to: Math.min(to ?? size, size) };
      const bytes = await beginPieces(tree.evidence(actor.organizationId, query));
      await auditLog.recordAlone(doerOf(actor), { event: 'audit.evidence_taken', facts });
      return {
        fileName: `audit-log-${clock.now().toISOString().slice(0, 10)}.lubart-log`,
        contentType: 'text/plain; charset=utf-8',
        bytes,
      };
    },
  };
}
