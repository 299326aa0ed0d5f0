/** API keys as reviews see them: with what their roles give, told apart by the beginning of the secret. */
import { LubartError } from '#kernel';
import { combineRights, listRoles, rightsOf } from '#protections/access';
import type { RightKind } from '#protections/access/reviews';
import type { AuditLog } from '#protections/audit-log';
import { listLiveKeys, revokeKeys } from './key-store.ts';

export function apiKeyKind({ auditLog }: { auditLog: AuditLog }): RightKind {
  return {
    name: 'api-key',
    list: async (tx, organizationId, now, personId) => {
      const keys = await listLiveKeys(tx, organizationId, now, personId);
      const roles = keys.length === 0 ? [] : await listRoles(tx, organizationId);
      return keys.map((key) => ({
        kind: 'api-key',
        personId: key.person_id,
        subjectId: key.id,
        lastUsedAt: key.last_used_at,
        snapshot: {
          roleKey: null,
          name: `${key.hint}…`,
          ...combineRights(roles.filter(({ id }) => key.role_ids.includes(id)).map(rightsOf)),
          until: key.expires_at.toISOString(),
          givenBy: key.person_id,
          givenAt: key.created_at.toISOString(),
          version: 1,
        },
      }));
    },
    withdraw: async (tx, seals, { personId, subjectId, at, doer, facts }) => {
      const { organizationId } = seals;
      if ((await revokeKeys(tx, { organizationId, personId, at, only: subjectId })).length === 0) return false;
      await auditLog.record(tx, seals, doer, {
        event: 'api-key.revoked',
        subjectKind: 'api-key',
        subjectIds: [subjectId],
        facts: { owner: personId, ...facts },
      });
      return true;
    },
    // What was revoked stays revoked: its owner makes another.
    giveBack: () => Promise.reject(new LubartError('review.changed_since')),
  };
}
