/** Routes of places outside, and the check of a head that was kept there. */
import type { anchorRoutes, AnchorView } from '#contract';
import type { Transaction } from '#database';
import type { Handlers } from '#http';
import { LubartError, newId } from '#kernel';
import { deletePlace } from '#outside';
import type { Actor } from '#protections/access';
import { requireEntitledNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { newestHead } from '#protections/audit-log/tree';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { AnchorRow } from './anchor-store.ts';
import { findAnchor, insertAnchor, listAnchors, settingsOf } from './anchor-store.ts';
import { checkHead } from './check-head.ts';
import { kindOf, nameOf, readSettings } from './read-settings.ts';
import type { AnchorDeps } from './send-due.ts';
import { anchorHead } from './send-due.ts';
import { newestStamp } from './stamp-store.ts';

/** Places outside of one organization. */
const anchorsMax = 20;

export function anchorHandlers(deps: AnchorDeps): Handlers<typeof anchorRoutes> {
  const { database, keyring, auditLog, clock } = deps;
  const note = (
    tx: Transaction,
    seals: OrganizationSeals,
    actor: Actor,
    event: 'anchor.added' | 'anchor.removed',
    row: Pick<AnchorRow, 'id' | 'kind'>,
  ) =>
    auditLog.record(tx, seals, doerOf(actor), {
      event,
      subjectKind: 'anchor',
      subjectIds: [row.id],
      facts: { kind: row.kind },
    });
  const requireAnchor = async (organizationId: string, id: string): Promise<AnchorRow> => {
    const row = await database.read(systemReach(organizationId), (tx) => findAnchor(tx, organizationId, id));
    if (row === undefined) throw new LubartError('anchor.not_found');
    return row;
  };
  return {
    'GET /api/v1/security/anchors': async ({ actor: { organizationId } }) => {
      const seals = await keyring.of(organizationId);
      return database.read(systemReach(organizationId), async (tx) => ({
        anchors: (await listAnchors(tx, organizationId)).map((row) => viewOf(seals, row)),
        size: (await newestHead(tx, organizationId))?.size ?? 0,
        letters: deps.mail.configured,
      }));
    },
    'POST /api/v1/security/anchors': async ({ actor, body }) => {
      const { organizationId } = actor;
      const settings = readSettings(body.settings);
      const one = { id: newId(), kind: kindOf(settings), settings, everyMinutes: body.everyMinutes, at: clock.now() };
      const seals = await keyring.of(organizationId);
      return database.act(systemReach(organizationId), async (tx) => {
        await requireEntitledNow(tx, actor, 'security.update', clock.now());
        if ((await listAnchors(tx, organizationId)).length >= anchorsMax) throw new LubartError('anchor.too_many');
        await insertAnchor(tx, seals, one);
        await note(tx, seals, actor, 'anchor.added', one);
        return viewOf(seals, (await findAnchor(tx, organizationId, one.id))!);
      });
    },
    'POST /api/v1/security/anchors/:id/try': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      await anchorHead(deps, organizationId, id);
      const row = await requireAnchor(organizationId, id);
      await auditLog.recordAlone(doerOf(actor), {
        event: 'anchor.tried',
        subjectKind: 'anchor',
        subjectIds: [id],
        facts: { kind: row.kind, ...(row.problem === null ? {} : { reason: row.problem }) },
      });
      return viewOf(await keyring.of(organizationId), row);
    },
    'DELETE /api/v1/security/anchors/:id': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      const seals = await keyring.of(organizationId);
      await database.act(systemReach(organizationId), async (tx) => {
        // Attack: who was dismissed or lost the right a moment ago takes away what would show another history.
        await requireEntitledNow(tx, actor, 'security.update', clock.now());
        const row = await findAnchor(tx, organizationId, id);
        const isDeleted = await deletePlace(tx, 'audit_anchors', organizationId, id);
        if (row === undefined || !isDeleted) throw new LubartError('anchor.not_found');
        await note(tx, seals, actor, 'anchor.removed', row);
      });
      return {};
    },
    'GET /api/v1/security/anchors/:id/kept': async ({ actor: { organizationId }, params: { id } }) => {
      const row = await requireAnchor(organizationId, id);
      const stamped = await database.read(systemReach(organizationId), (tx) => newestStamp(tx, organizationId, row.id));
      return { head: stamped?.note ?? row.note, stamp: stamped?.stamp.toString('base64') ?? null };
    },
    'POST /api/v1/security/heads/check': async ({ actor, body }) => {
      const { organizationId } = actor;
      const checked = await checkHead({ database, key: deps.logKeyOf(organizationId) }, organizationId, body.head);
      await auditLog.recordAlone(doerOf(actor), {
        event: 'audit.head_checked',
        subjectKind: 'audit-log',
        subjectIds: [],
        facts: { verdict: checked.verdict, ...(checked.size === null ? {} : { size: checked.size }) },
      });
      return checked;
    },
  };
}

const viewOf = (seals: OrganizationSeals, row: AnchorRow): AnchorView => ({
  id: row.id,
  kind: row.kind,
  name: nameOf(settingsOf(seals, row)),
  everyMinutes: row.every_minutes,
  addedAt: row.added_at.toISOString(),
  size: Number(row.size),
  anchoredAt: row.anchored_at?.toISOString() ?? null,
  triedAt: row.tried_at?.toISOString() ?? null,
  nextAt: row.next_at.toISOString(),
  problem: row.problem,
});
