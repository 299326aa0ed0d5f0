/** How long the log is kept, and holds, over HTTP. */
import type { LegalHoldView, RetentionView, retentionRoutes } from '#contract';
import { auditLevels } from '#contract';
import type { Database } from '#database';
import { allSent } from '#database';
import type { Handlers } from '#http';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import { readLine, requireEntitledNow } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { HoldRow } from './retention-store.ts';
import {
  countLevels,
  holdPlace,
  insertHold,
  liftHold,
  listHolds,
  readRetention,
  sayRetention,
} from './retention-store.ts';

export type RetentionDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  nameOf(organizationId: string): Promise<(id: string) => string>;
};

export function retentionHandlers(deps: RetentionDeps): Handlers<typeof retentionRoutes> {
  const { database, keyring, auditLog, clock } = deps;
  return {
    'GET /api/v1/security/retention': ({ actor }) => viewRetention(deps, actor.organizationId),
    'PUT /api/v1/security/retention': async ({ actor, body: { level, days } }) => {
      const { organizationId, personId } = actor;
      const seals = await keyring.of(organizationId);
      await database.act(systemReach(organizationId), async (tx) => {
        // Attack: who was dismissed or lost the right a moment ago lets the log forget what they did.
        await requireEntitledNow(tx, actor, 'security.update', clock.now());
        const { [level]: before } = await readRetention(tx, organizationId);
        if (before === days) return;
        await sayRetention(tx, organizationId, { level, days, personId });
        const facts = { about: level, before, after: days };
        await auditLog.record(tx, seals, doerOf(actor), { event: 'retention.changed', facts });
      });
      return viewRetention(deps, organizationId);
    },
    'POST /api/v1/security/holds': async ({ actor, body: { of, subjectId = null, reason } }) => {
      const { organizationId, personId } = actor;
      if ((subjectId === null) !== (of === 'all')) throw new LubartError('request.invalid', { field: 'subjectId' });
      const text = readLine(reason, 'reason');
      const seals = await keyring.of(organizationId);
      const id = newId();
      const row: HoldRow = {
        id,
        subject_kind: of,
        subject_id: subjectId,
        sealed: seals.seal(holdPlace(id), text),
        placed_by: personId,
        placed_at: clock.now(),
        lifted_by: null,
        lifted_at: null,
      };
      await database.act(systemReach(organizationId), async (tx) => {
        await requireEntitledNow(tx, actor, 'security.update', clock.now());
        await insertHold(tx, organizationId, row);
        await auditLog.record(tx, seals, doerOf(actor), {
          event: 'hold.placed',
          ...about(row),
          facts: { hold: id, of },
        });
      });
      return viewHold(seals, row, await deps.nameOf(organizationId));
    },
    'DELETE /api/v1/security/holds/:id': async ({ actor, params: { id } }) => {
      const { organizationId, personId } = actor;
      const seals = await keyring.of(organizationId);
      await database.act(systemReach(organizationId), async (tx) => {
        await requireEntitledNow(tx, actor, 'security.update', clock.now());
        const lifted = await liftHold(tx, organizationId, { id, personId, at: clock.now() });
        if (lifted === undefined) throw new LubartError('hold.not_found');
        const facts = { hold: id, of: lifted.subject_kind };
        await auditLog.record(tx, seals, doerOf(actor), { event: 'hold.lifted', ...about(lifted), facts });
      });
      return {};
    },
  };
}

const about = ({ subject_kind: kind, subject_id: id }: Pick<HoldRow, 'subject_kind' | 'subject_id'>) =>
  id === null ? {} : { subjectKind: kind, subjectIds: [id] };

async function viewRetention(deps: RetentionDeps, organizationId: string): Promise<RetentionView> {
  const seals = await deps.keyring.of(organizationId);
  const nameOf = await deps.nameOf(organizationId);
  return deps.database.read(systemReach(organizationId), async (tx) => {
    const [said, counted, holds] = await allSent([
      readRetention(tx, organizationId),
      countLevels(tx, organizationId),
      listHolds(tx, organizationId),
    ]);
    return {
      levels: auditLevels.map((level) => {
        return { days: said[level], ...counted.find((one) => one.level === level)! };
      }),
      holds: holds.map((row) => viewHold(seals, row, nameOf)),
    };
  });
}

function viewHold(seals: OrganizationSeals, row: HoldRow, nameOf: (id: string) => string): LegalHoldView {
  const person = (id: string) => ({ id, name: nameOf(id) });
  return {
    id: row.id,
    of: row.subject_kind,
    subjectId: row.subject_id,
    reason: seals.open<string>(holdPlace(row.id), row.sealed),
    placedBy: person(row.placed_by),
    placedAt: row.placed_at.toISOString(),
    liftedBy: row.lifted_by === null ? null : person(row.lifted_by),
    liftedAt: row.lifted_at?.toISOString() ?? null,
  };
}
