/**
 * Investigations over HTTP. Whoever may read the log may open one, see all of them and mark entries; renaming, closing and taking back the
 * marks of others is for who opened it and for who may turn protections. Each act is an entry of the log.
 */
import type { investigationRoutes } from '#contract';
import { investigationLimits } from '#contract';
import type { Database } from '#database';
import type { Handlers } from '#http';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import { readLine } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { beginPieces, doerOf, entryView, readCursorId } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { about, openActs, readText } from './act-in-investigation.ts';
import type { FilterRow, InvestigationRow } from './investigation-store.ts';
import * as store from './investigation-store.ts';
import { markEntries, unmarkEntry } from './mark-entries.ts';
import { ownActs } from './own-acts.ts';
import type { InvestigationText } from './view-investigation.ts';
import { leads, mayLead, viewFilter, viewInvestigation } from './view-investigation.ts';

export type InvestigationDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  nameOf(organizationId: string): Promise<(id: string) => string>;
  /** These entries as a file with the proofs of their places. */
  evidence(organizationId: string, entryIds: readonly string[]): AsyncIterable<Uint8Array>;
};

const perPage = 50;

export function investigationHandlers(deps: InvestigationDeps): Handlers<typeof investigationRoutes> {
  const { database, keyring, auditLog, clock } = deps;
  const act = openActs(deps);
  return {
    'GET /api/v1/investigations': async ({ actor, query }) => {
      const { organizationId } = actor;
      const [seals, nameOf] = [await keyring.of(organizationId), await deps.nameOf(organizationId)];
      const before = readCursorId(query.cursor);
      const rows = await database.read(systemReach(organizationId), (tx) =>
        store.listInvestigations(tx, organizationId, { state: query.state, before, limit: perPage + 1 }),
      );
      const shown = rows.slice(0, perPage).map((row) => viewInvestigation(seals, actor, row, nameOf));
      return { rows: shown, next: rows.length > perPage ? shown.at(-1)!.id : null };
    },
    'POST /api/v1/investigations': async ({ actor, body }) => {
      const { organizationId, personId } = actor;
      const text = { name: readLine(body.name, 'name'), purpose: readText(body.purpose, 'purpose'), conclusion: '' };
      const [seals, nameOf] = [await keyring.of(organizationId), await deps.nameOf(organizationId)];
      const id = newId();
      const row: InvestigationRow = {
        id,
        sealed: seals.seal(store.investigationPlace(id), text satisfies InvestigationText),
        opened_by: personId,
        opened_at: clock.now(),
        closed_by: null,
        closed_at: null,
        marks: 0,
      };
      await database.act(systemReach(organizationId), async (tx) => {
        if ((await store.countOpen(tx, organizationId)) >= investigationLimits.open)
          throw new LubartError('investigation.too_many');
        await store.insertInvestigation(tx, organizationId, row);
        await auditLog.record(tx, seals, doerOf(actor), { event: 'investigation.opened', ...about(id) });
      });
      return viewInvestigation(seals, actor, row, nameOf);
    },
    'GET /api/v1/investigations/:id': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      const [seals, nameOf] = [await keyring.of(organizationId), await deps.nameOf(organizationId)];
      return database.read(systemReach(organizationId), async (tx) => {
        const row = await store.findInvestigation(tx, organizationId, id);
        if (row === undefined) throw new LubartError('investigation.not_found');
        const filters = await store.listFilters(tx, organizationId, id);
        return {
          investigation: viewInvestigation(seals, actor, row, nameOf),
          filters: filters.map((filter) => viewFilter(seals, filter, nameOf)),
        };
      });
    },
    'PATCH /api/v1/investigations/:id': ({ actor, params: { id }, body }) => {
      const named = { name: readLine(body.name, 'name'), purpose: readText(body.purpose, 'purpose') };
      return act(actor, id, 'investigation.updated', async ({ tx, row, seals, text }) => {
        leads(actor, row);
        await store.saveInvestigation(tx, actor.organizationId, {
          ...row,
          sealed: seals.seal(store.investigationPlace(id), { ...text, ...named } satisfies InvestigationText),
        });
        return {};
      });
    },
    'POST /api/v1/investigations/:id/close': ({ actor, params: { id }, body }) => {
      const conclusion = readText(body.conclusion, 'conclusion');
      return act(actor, id, 'investigation.closed', async ({ tx, row, seals, text }) => {
        leads(actor, row);
        await store.saveInvestigation(tx, actor.organizationId, {
          id,
          sealed: seals.seal(store.investigationPlace(id), { ...text, conclusion } satisfies InvestigationText),
          closed_by: actor.personId,
          closed_at: clock.now(),
        });
        return { marks: row.marks };
      });
    },
    'POST /api/v1/investigations/:id/reopen': ({ actor, params: { id } }) =>
      act(actor, id, 'investigation.reopened', async ({ tx, row }) => {
        leads(actor, row);
        await store.saveInvestigation(tx, actor.organizationId, { ...row, closed_by: null, closed_at: null });
        return {};
      }),
    'GET /api/v1/investigations/:id/marks': async ({ actor, params: { id }, query }) => {
      const { organizationId, personId } = actor;
      const [seals, nameOf] = [await keyring.of(organizationId), await deps.nameOf(organizationId)];
      const after = readCursorId(query.cursor);
      const { row, marks } = await database.read(systemReach(organizationId), async (tx) => {
        const found = await store.findInvestigation(tx, organizationId, id);
        if (found === undefined) throw new LubartError('investigation.not_found');
        return { row: found, marks: await store.listMarks(tx, organizationId, id, { after, limit: perPage + 1 }) };
      });
      const lead = mayLead(actor, row);
      const shown = marks.slice(0, perPage).map((mark) => ({
        entryId: mark.entry_id,
        entry: mark.bytes === null ? null : entryView(seals, mark.bytes),
        note: seals.open<string>(store.markPlace(mark.id), mark.sealed),
        markedBy: { id: mark.marked_by, name: nameOf(mark.marked_by) },
        markedAt: mark.marked_at.toISOString(),
        abilities: { unmark: row.closed_at === null && (lead || mark.marked_by === personId) },
      }));
      return { rows: shown, next: marks.length > perPage ? shown.at(-1)!.entryId : null };
    },
    'POST /api/v1/investigations/:id/marks': ({ actor, params: { id }, body: { entryIds, note } }) => {
      const text = readText(note, 'note');
      return act(actor, id, 'investigation.marked', async ({ tx, row, seals }) => {
        const { personId } = actor;
        const requireLead = () => leads(actor, row);
        await markEntries(tx, seals, row, { entryIds, note: text, personId, at: clock.now(), requireLead });
        return { entries: entryIds };
      });
    },
    'DELETE /api/v1/investigations/:id/marks/:entryId': ({ actor, params: { id, entryId } }) =>
      act(actor, id, 'investigation.unmarked', async ({ tx, row }) => {
        const mark = await store.findMark(tx, actor.organizationId, id, entryId);
        if (mark === undefined) throw new LubartError('audit.not_found', { field: 'entryId' });
        // Attack: somebody who may read the log lets the marks of others go, and with them the entries.
        if (mark.marked_by !== actor.personId) leads(actor, row);
        const { organizationId, personId } = actor;
        await unmarkEntry(tx, organizationId, id, { entryId, personId, at: clock.now() });
        return { entries: [entryId] };
      }),
    'POST /api/v1/investigations/:id/filters': async ({ actor, params: { id }, body }) => {
      const title = readLine(body.title, 'title');
      const seals = await keyring.of(actor.organizationId);
      const nameOf = await deps.nameOf(actor.organizationId);
      const filterId = newId();
      const row: FilterRow = {
        id: filterId,
        sealed: seals.seal(store.filterPlace(filterId), { title, filter: body.filter }),
        saved_by: actor.personId,
        saved_at: clock.now(),
      };
      await act(actor, id, 'investigation.filter_kept', async ({ tx }) => {
        const kept = await store.listFilters(tx, actor.organizationId, id);
        if (kept.length >= investigationLimits.filters) throw new LubartError('investigation.full');
        await store.insertFilter(tx, actor.organizationId, id, row);
        return { filters: Object.keys(body.filter) };
      });
      return viewFilter(seals, row, nameOf);
    },
    'DELETE /api/v1/investigations/:id/filters/:filterId': async ({ actor, params: { id, filterId } }) => {
      await act(actor, id, 'investigation.filter_forgotten', async ({ tx, row }) => {
        const savedBy = await store.deleteFilter(tx, actor.organizationId, id, filterId);
        if (savedBy === undefined) throw new LubartError('investigation.not_found', { field: 'filterId' });
        if (savedBy !== actor.personId) leads(actor, row);
        return {};
      });
      return {};
    },
    'GET /api/v1/investigations/:id/evidence': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      const entryIds = await database.read(systemReach(organizationId), async (tx) => {
        if ((await store.findInvestigation(tx, organizationId, id)) === undefined)
          throw new LubartError('investigation.not_found');
        const marked = await store.markedEntries(tx, organizationId, id);
        return [...new Set([...marked, ...(await ownActs(tx, organizationId, id))])];
      });
      const bytes = await beginPieces(deps.evidence(organizationId, entryIds));
      const facts = { entries: entryIds.length };
      await auditLog.recordAlone(doerOf(actor), { event: 'investigation.evidence_taken', ...about(id), facts });
      return {
        fileName: `investigation-${clock.now().toISOString().slice(0, 10)}.lubart-log`,
        contentType: 'text/plain; charset=utf-8',
        bytes,
      };
    },
  };
}
