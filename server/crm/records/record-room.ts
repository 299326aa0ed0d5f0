/**
 * What can be done with one kind of record: look, find, open, create, change, trash. Whoever is shown a record, in whatever way,
 * leaves a note in the audit log.
 */
import type { AbilitiesView, RecordHead } from '#contract';
import type { Reach } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import type { BulkAsked } from './bulk-change.ts';
import { changeMany } from './bulk-change.ts';
import type { Act, ActDeps, Outcome } from './change-record.ts';
import { changeRecord, createRecord, moveRecord, VersionConflict } from './change-record.ts';
import type { Hits } from './find-hits.ts';
import type { ClosedFields } from './field-rights.ts';
import { closedFields, requireOpenFilters, requireOpenSort, shownFields } from './field-rights.ts';
import { findHits } from './find-hits.ts';
import type { Fields, RecordKind } from './kind.ts';
import type { Page, PageQuery } from './list-page.ts';
import { countRecords, listPage } from './list-page.ts';
import type { NameOrder } from './name-order.ts';
import { readNameOrder } from './name-order.ts';
import { abilitiesOf } from './record-rules.ts';
import type { OpenedRecord } from './record-row.ts';
import { openRow, viewOf } from './record-row.ts';
import { markShared, requireReached } from './shared-records.ts';
import { findRow } from './record-store.ts';
import { revealField } from './reveal-field.ts';

export type RecordDeps = ActDeps & { keyring: Keyring };

export type View = RecordHead & Fields & { abilities: AbilitiesView; closed: ClosedFields };

export type RecordRoom = {
  readonly kind: RecordKind;
  /** Records as the actor is shown them. @throws access.denied when a filter or the order would tell of a closed field */
  list(actor: Actor, reach: Reach, query: PageQuery): Promise<Page>;
  count(actor: Actor, reach: Reach, filters: PageQuery['filters']): Promise<number>;
  find(actor: Actor, reach: Reach, asked: { text: string; archived: boolean; limit: number }): Promise<Hits>;
  open(actor: Actor, reach: Reach, id: string): Promise<View>;
  create(actor: Actor, reach: Reach, given: Fields): Promise<View>;
  /** @throws *.version_conflict, with what stands now in `current` */
  change(
    actor: Actor,
    reach: Reach,
    id: string,
    version: number,
    given: Fields,
    facts?: Record<string, unknown>,
  ): Promise<View>;
  /** One act on many, all or none. @throws bulk.refused, bulk.selection_changed */
  changeMany(actor: Actor, reach: Reach, asked: BulkAsked): Promise<{ changed: number; unchanged: number }>;
  archive(actor: Actor, reach: Reach, id: string): Promise<View>;
  restore(actor: Actor, reach: Reach, id: string): Promise<View>;
  /** Shows one masked value. @throws access.denied, reveal.too_many, *.not_found */
  reveal(
    actor: Actor,
    reach: Reach,
    id: string,
    asked: { field: string; reason: string },
  ): Promise<{ field: string; value: unknown }>;
  nameOrder(seals: OrganizationSeals): Promise<NameOrder>;
  /** Forgets the name order of an organization after it changed. */
  forgetNameOrder(organizationId: string): void;
};

export function openRecordRoom(kind: RecordKind, deps: RecordDeps): RecordRoom {
  const { database, keyring, auditLog } = deps;
  const { nameOrder, forgetNameOrder } = openNameOrders(kind, deps);
  /** What was read by a share is noted apart, and the note says so. */
  const shown = async (actor: Actor, event: 'listed' | 'found' | 'opened', records: OpenedRecord[]) => {
    const note = (seen: OpenedRecord[], facts: Record<string, unknown>) =>
      auditLog.noteRead(doerOf(actor), {
        event: kind.event(event),
        subjectKind: kind.name,
        subjectIds: seen.map(({ row }) => row.id),
        facts,
      });
    const byShare = records.filter(({ shared }) => shared !== undefined);
    if (byShare.length > 0) await note(byShare, { shared: true });
    const others = byShare.length === 0 ? records : records.filter(({ shared }) => shared === undefined);
    if (others.length > 0 || byShare.length === 0) await note(others, {});
  };
  const showing = (actor: Actor, record: OpenedRecord) => ({
    ...record,
    fields: shownFields(kind, actor, record.fields),
  });
  const view = (actor: Actor, record: OpenedRecord): View => ({
    ...viewOf(showing(actor, record), abilitiesOf(kind, actor, record.fields, record.shared?.right)),
    closed: closedFields(kind, actor),
  });
  /** Attack: a change that changes nothing, or of an old version, as a way to read without being seen. */
  const answer = async (actor: Actor, { record, written }: Outcome): Promise<View> => {
    if (!written) await shown(actor, 'opened', [record]);
    return view(actor, record);
  };
  const actOf = async (actor: Actor, reach: Reach): Promise<Act> => {
    const seals = await keyring.of(reach.organizationId);
    return { kind, deps, actor, reach, seals, order: await nameOrder(seals) };
  };
  return {
    kind,
    nameOrder,
    forgetNameOrder,
    list: async (actor, reach, query) => {
      requireOpenFilters(kind, actor, query.filters);
      requireOpenSort(kind, actor, query.sort);
      const seals = await keyring.of(reach.organizationId);
      const page = await database.read(reach, async (tx) => {
        const found = await listPage(tx, kind, seals, reach, query);
        return { ...found, records: await markShared(tx, kind, actor, reach, found.records) };
      });
      await shown(actor, 'listed', page.records);
      return { ...page, records: page.records.map((record) => showing(actor, record)) };
    },
    count: async (actor, reach, filters) => {
      requireOpenFilters(kind, actor, filters);
      return database.read(reach, (tx) => countRecords(tx, kind, reach, filters));
    },
    find: async (actor, reach, asked) => {
      const seals = await keyring.of(reach.organizationId);
      const hits = await database.read(reach, async (tx) => {
        const found = await findHits(tx, kind, seals, actor, asked);
        return { ...found, records: await markShared(tx, kind, actor, reach, found.records) };
      });
      await shown(actor, 'found', hits.records);
      return { ...hits, records: hits.records.map((record) => showing(actor, record)) };
    },
    open: async (actor, reach, id) => {
      const seals = await keyring.of(reach.organizationId);
      const record = await database.read(reach, async (tx) => {
        const row = await findRow(tx, kind, reach.organizationId, id);
        if (row === undefined) throw new LubartError(kind.error('not_found'));
        return requireReached(tx, kind, actor, reach, openRow(kind, seals, row));
      });
      return answer(actor, { record, written: false });
    },
    create: async (actor, reach, given) => answer(actor, await createRecord(await actOf(actor, reach), given)),
    change: async (actor, reach, id, version, given, facts = {}) => {
      try {
        const act = { ...(await actOf(actor, reach)), facts };
        return await answer(actor, await changeRecord(act, { id, version, given }));
      } catch (error) {
        if (!(error instanceof VersionConflict)) throw error;
        const current = await answer(actor, { record: error.standing, written: false });
        throw new LubartError(kind.error('version_conflict'), { details: { version: current.version }, current });
      }
    },
    reveal: async (actor, reach, id, asked) => ({
      field: asked.field,
      value: await revealField(await actOf(actor, reach), id, asked),
    }),
    changeMany: async (actor, reach, asked) => changeMany(await actOf(actor, reach), asked),
    archive: async (actor, reach, id) => answer(actor, await moveRecord(await actOf(actor, reach), id, true)),
    restore: async (actor, reach, id) => answer(actor, await moveRecord(await actOf(actor, reach), id, false)),
  };
}

/** The organizations’ alphabets, read once each. */
function openNameOrders(kind: RecordKind, { database }: RecordDeps) {
  const orders = new Map<string, Promise<NameOrder>>();
  return {
    nameOrder: (seals: OrganizationSeals): Promise<NameOrder> => {
      const { organizationId } = seals;
      const known = orders.get(organizationId);
      if (known !== undefined) return known;
      const reach: Reach = { organizationId, personId: null, departmentIds: [], scope: 'none' };
      const reading = database.read(reach, (tx) => readNameOrder(tx, seals, kind.name));
      orders.set(organizationId, reading);
      reading.catch(() => orders.delete(organizationId));
      return reading;
    },
    forgetNameOrder: (organizationId: string) => {
      orders.delete(organizationId);
    },
  };
}
