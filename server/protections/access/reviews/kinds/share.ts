/**
 * Clients that are shared: with a person, which is that person’s right; with a department, which is the responsibility of whoever
 * shared it. Which client it is the review does not say: the reviewer may not see it.
 */
import { LubartError } from '#kernel';
import { endShare, listSharesOfPeople, listSharesWithDepartments, lockOpenShare } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import type { RightKind } from './kind.ts';

type Share = Awaited<ReturnType<typeof listSharesWithDepartments>>[number];

export function shareKinds({ auditLog }: { auditLog: AuditLog }): RightKind[] {
  const withdraw: RightKind['withdraw'] = async (tx, seals, { subjectId, doer, facts }) => {
    const share = await lockOpenShare(tx, seals.organizationId, subjectId);
    if (share === undefined) return false;
    await endShare(tx, seals.organizationId, [subjectId], 'withdrawn');
    const receiver = share.person_id === null ? { department: share.department_id } : { person: share.person_id };
    await auditLog.record(tx, seals, doer, {
      event: share.record_kind === 'contact' ? 'contact.share_ended' : 'company.share_ended',
      subjectKind: share.record_kind,
      subjectIds: [share.record_id],
      facts: { share: subjectId, why: 'withdrawn', ...receiver, ...facts },
    });
    return true;
  };
  // Whoever shared it may share it again: a review opens no client to anybody.
  const giveBack = () => Promise.reject(new LubartError('review.changed_since'));
  return [
    {
      name: 'share',
      list: async (tx, organizationId, _now, personId) =>
        (await listSharesOfPeople(tx, organizationId, personId)).map((share) => ({
          kind: 'share',
          personId: share.person_id,
          subjectId: share.id,
          snapshot: snapshotOf(share),
        })),
      withdraw,
      giveBack,
    },
    {
      name: 'department-share',
      list: async (tx, organizationId, _now, personId) =>
        (await listSharesWithDepartments(tx, organizationId, personId)).map((share) => ({
          kind: 'department-share',
          personId: share.shared_by,
          subjectId: share.id,
          // Whether the people of a department use what they got, the log of the one who shared does not tell.
          lastUsedAt: null,
          snapshot: {
            ...snapshotOf(share),
            ...(share.department_id !== null && { departmentId: share.department_id }),
          },
        })),
      withdraw,
      giveBack,
    },
  ];
}

const snapshotOf = (share: Share) => ({
  roleKey: null,
  name: share.record_kind,
  grants: {
    [`${share.record_kind}.read`]: 'own' as const,
    ...(share.may_edit && { [`${share.record_kind}.update`]: 'own' as const }),
  },
  fieldRights: {},
  until: share.until.toISOString(),
  givenBy: share.shared_by,
  givenAt: share.created_at.toISOString(),
  version: 1,
});
