/** The log for those who follow it (C2SP tlog-tiles): its head, its tiles, single proofs. Only of one’s own organization. */
import type { logTileRoutes } from '#contract';
import type { FileAnswer, Handlers } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { doerOf } from './entry.ts';
import type { AuditLog } from './record-entry.ts';

export type LogTileDeps = {
  auditLog: AuditLog;
  /** The tree over the log. */
  tree: {
    checkpoint(organizationId: string): Promise<Uint8Array>;
    tile(organizationId: string, level: number, path: string): Promise<Uint8Array>;
    bundle(organizationId: string, path: string): Promise<{ from: number; to: number; bytes: Uint8Array }>;
    growth(organizationId: string, sizes: { from: number; to: number }): Promise<Uint8Array[]>;
    place(
      organizationId: string,
      place: { position: number; size: number },
    ): Promise<{ leaf: Uint8Array; hashes: Uint8Array[] }>;
  };
};

export function logTileHandlers({ auditLog, tree }: LogTileDeps): Handlers<typeof logTileRoutes> {
  return {
    'GET /api/v1/audit-logs/:id/checkpoint': async ({ actor, params: { id } }) => {
      requireOwnLog(actor, id);
      return piece('checkpoint', 'text/plain; charset=utf-8', await tree.checkpoint(id));
    },
    'GET /api/v1/audit-logs/:id/tile/:level/*': async ({ actor, params: { id, level, '*': path } }) => {
      requireOwnLog(actor, id);
      if (level !== 'entries') {
        const hashes = await tree.tile(id, Number(level), path);
        // A tile of one width never changes, and its hashes say nothing of anybody.
        return { ...piece('tile', 'application/octet-stream', hashes), cache: 'for ever' };
      }
      // Entries are read here as they are anywhere else: with an entry about it, and nothing of them stays in a cache.
      const { from, to, bytes } = await tree.bundle(id, path);
      await auditLog.recordAlone(doerOf(actor), { event: 'audit.evidence_taken', facts: { from, to } });
      return piece('entries', 'application/octet-stream', bytes);
    },
    'GET /api/v1/audit-logs/:id/consistency': async ({ actor, params: { id }, query }) => {
      requireOwnLog(actor, id);
      return { ...query, hashes: (await tree.growth(id, query)).map(base64) };
    },
    'GET /api/v1/audit-logs/:id/inclusion': async ({ actor, params: { id }, query }) => {
      requireOwnLog(actor, id);
      const { leaf, hashes } = await tree.place(id, query);
      return { ...query, leaf: base64(leaf), hashes: hashes.map(base64) };
    },
  };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Attack: the auditor of one company follows the log of another. @throws audit.not_found */
function requireOwnLog(actor: Actor, organizationId: string): void {
  if (actor.organizationId !== organizationId) throw new LubartError('audit.not_found');
}

function piece(fileName: string, contentType: string, bytes: Uint8Array): FileAnswer {
  return { fileName, contentType, bytes: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
