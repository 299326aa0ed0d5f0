/** Imports over HTTP. An import is seen by who started it, and by who may import for the whole organization. */
import type { importRoutes, ImportViewValue } from '#contract';
import type { Reach, Transaction } from '#database';
import { allSent } from '#database';
import type { Handlers } from '#http';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';
import type { Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import { keepFile, openFile } from './file-bytes.ts';
import type { ImportDeps } from './import-deps.ts';
import { viewOfImport } from './import-state.ts';
import type { Import, ImportChange } from './import-store.ts';
import { changeImport, deleteChunks, findImport, insertImport, listImports } from './import-store.ts';
import { lookAtImport, previewImport } from './look-and-preview.ts';
import { makeRowMapper } from './map-row.ts';
import { requireOpenPlan } from './open-plan.ts';
import { lookAtFile } from './read-rows.ts';
import { rejectedFile } from './rejected-file.ts';

export type ImportHandlers = Handlers<typeof importRoutes>;

export function importHandlers(deps: ImportDeps): ImportHandlers {
  const { database } = deps;
  const get = async (tx: Transaction, reach: Reach, id: string, lock = false): Promise<Import> => {
    const found = await findImport(tx, await deps.keyring.of(reach.organizationId), id, lock);
    const visible = found !== undefined && (reach.scope === 'all' || found.personId === reach.personId);
    if (!visible) throw new LubartError('import.not_found');
    return found;
  };
  const read = async (reach: Reach, id: string) => {
    await deps.keyring.of(reach.organizationId); // not inside: reading a key needs a connection of its own
    return database.read(reach, (tx) => get(tx, reach, id));
  };
  const change = async (
    actor: Actor,
    reach: Reach,
    id: string,
    states: readonly Import['state'][],
    made: (found: Import) => ImportChange,
    what: Happening,
  ): Promise<ImportViewValue> => {
    const seals = await deps.keyring.of(reach.organizationId);
    return database.act(reach, async (tx) => {
      const found = await get(tx, reach, id, true);
      requireState(found, states);
      await changeImport(tx, reach.organizationId, found, made(found));
      await deps.auditLog.record(tx, seals, doerOf(actor), { subjectKind: 'import', subjectIds: [id], ...what });
      return viewOfImport(tx, seals, (await findImport(tx, seals, id))!);
    });
  };
  return {
    'GET /api/v1/imports': async ({ reach }) => {
      const seals = await deps.keyring.of(reach.organizationId);
      return database.read(reach, async (tx) => {
        const found = await listImports(tx, seals, reach.scope === 'all' ? null : reach.personId);
        return { imports: await allSent(found.map((one) => viewOfImport(tx, seals, one))) };
      });
    },
    'POST /api/v1/imports': async ({ actor, reach, body }) => {
      if (body.kind === 'companies') reachOf(actor, 'company.import');
      const seals = await deps.keyring.of(reach.organizationId);
      const id = newId();
      return database.act(reach, async (tx) => {
        await insertImport(tx, seals, {
          id,
          personId: actor.personId,
          kind: body.kind,
          fileName: body.fileName,
          sizeBytes: body.sizeBytes,
          at: deps.clock.now(),
        });
        await deps.auditLog.record(tx, seals, doerOf(actor), {
          event: 'import.created',
          subjectKind: 'import',
          subjectIds: [id],
          facts: { kind: body.kind, sizeBytes: body.sizeBytes },
        });
        return viewOfImport(tx, seals, (await findImport(tx, seals, id))!);
      });
    },
    'PUT /api/v1/imports/:id/file': async ({ actor, reach, params, stream }) => {
      const found = await read(reach, params.id);
      requireState(found, ['uploading']);
      await database.act(reach, (tx) => deleteChunks(tx, reach.organizationId, found.id)); // of an upload that was cut
      const sizeBytes = await keepFile(database, reach, found, stream);
      if (sizeBytes === 0) throw new LubartError('import.file_empty');
      return change(actor, reach, params.id, ['uploading'], () => ({ state: 'ready', sizeBytes }), {
        event: 'import.uploaded',
        facts: { sizeBytes },
      });
    },
    'GET /api/v1/imports/:id': async ({ reach, params }) => {
      const seals = await deps.keyring.of(reach.organizationId);
      return database.read(reach, async (tx) => viewOfImport(tx, seals, await get(tx, reach, params.id)));
    },
    'GET /api/v1/imports/:id/look': async ({ actor, reach, params, query }) => {
      const found = await read(reach, params.id);
      requireState(found, ['ready']);
      await deps.auditLog.noteRead(doerOf(actor), {
        event: 'import.previewed',
        subjectKind: 'import',
        subjectIds: [found.id],
      });
      return lookAtImport(deps, reach, found, query as never);
    },
    'POST /api/v1/imports/:id/preview': async ({ actor, reach, params, body, visitor }) => {
      const found = await read(reach, params.id);
      requireState(found, ['ready']);
      await deps.auditLog.noteRead(doerOf(actor), {
        event: 'import.previewed',
        subjectKind: 'import',
        subjectIds: [found.id],
      });
      return { rows: await previewImport(deps, actor, reach, found, body, visitor.language) };
    },
    'POST /api/v1/imports/:id/start': async ({ actor, reach, params, body }) => {
      const found = await read(reach, params.id);
      requireState(found, ['ready']);
      const room = found.kind === 'contacts' ? deps.contacts : deps.companies;
      requireOpenPlan(room.kind, actor, body);
      await lookAtFile(openFile(database, reach, found), found.secret.fileName, body);
      makeRowMapper(room.kind, found.kind, body, [], await deps.directory(reach.organizationId)); // refuses a plan that cannot work
      const facts = { kind: found.kind, duplicates: body.duplicates, columns: Object.values(body.mapping) };
      const view = await change(
        actor,
        reach,
        params.id,
        ['ready'],
        (now) => ({
          state: 'running',
          startedAt: deps.clock.now(),
          secret: { ...now.secret, plan: body, request: actor.requestId },
        }),
        { event: 'import.started', facts },
      );
      await deps.ask('run', reach.organizationId, params.id, actor.requestId);
      return view;
    },
    'POST /api/v1/imports/:id/cancel': async ({ actor, reach, params }) => {
      const view = await change(actor, reach, params.id, ['running'], () => ({ cancelAskedAt: deps.clock.now() }), {
        event: 'import.cancelled',
        facts: { asked: true },
      });
      await deps.ask('run', reach.organizationId, params.id); // so that somebody notices, should nobody be running it
      return view;
    },
    'POST /api/v1/imports/:id/revert': async ({ actor, reach, params }) => {
      const states = ['finished', 'cancelled', 'failed'] as const;
      const view = await change(
        actor,
        reach,
        params.id,
        states,
        (now) => ({ state: 'reverting', secret: { ...now.secret, request: actor.requestId } }),
        {
          event: 'import.reverted',
          facts: { asked: true },
        },
      );
      await deps.ask('revert', reach.organizationId, params.id, actor.requestId);
      return view;
    },
    'GET /api/v1/imports/:id/rejected': async ({ actor, reach, params, visitor }) => {
      const found = await read(reach, params.id);
      await deps.auditLog.recordAlone(doerOf(actor), {
        event: 'import.rejected_downloaded',
        subjectKind: 'import',
        subjectIds: [found.id],
      });
      return rejectedFile(deps, reach, found, visitor.language);
    },
  };
}

function requireState(found: Import, states: readonly Import['state'][]): void {
  if (!states.includes(found.state)) throw new LubartError('import.wrong_state', { details: { state: found.state } });
}
