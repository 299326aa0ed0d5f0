/** Clients that are shared with a person. Which client it is the review does not say: the reviewer may not see it. */
import { LubartError } from '#kernel';
import { endShare, listSharesOfPeople, lockOpenShare } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import type { RightKind } from './kind.ts';

export function shareKind({ auditLog }: { auditLog: AuditLog }): RightKind {
  return {
    name: 'share',
    list: async (tx, organizationId, _now, personId) =>
      (await listSharesOfPeople(tx, organizationId, personId)).map((share) => ({
        kind: 'share',
        personId: share.person_id,
        subjectId: share.id,
        snapshot: {
          roleKey: null,
          name: share.record_kind,
          grants: {
            [`${share.record_kind}.read`]: 'own',
            ...(share.may_edit && { [`${share.record_kind}.update`]: 'own' }),
          },
          fieldRights: {},
          until: share.until.toISOString(),
          givenBy: share.shared_by,
          givenAt: share.created_at.toISOString(),
          version: 1,
        },
      })),
    withdraw: async (tx, seals, { subjectId, doer, facts }) => {
      const share = await lockOpenShare(tx, seals.organizationId, subjectId);
      if (share === undefined) return false;
      await endShare(tx, seals.organizationId, [subjectId], 'withdrawn');
      await auditLog.record(tx, seals, doer, {
        event: share.record_kind === 'contact' ? 'contact.share_ended' : 'company.share_ended',
        subjectKind: share.record_kind,
        subjectIds: [share.record_id],
        facts: { share: subjectId, why: 'withdrawn', person: share.person_id, ...facts },
      });
      return true;
    },
    // Whoever shared it may share it again: a review opens no client to anybody.
    giveBack: () => Promise.reject(new LubartError('review.changed_since')),
  };
}
