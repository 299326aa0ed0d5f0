/**
 * Every refused attempt leaves an entry of its own. A flood of refusals must not become a flood of writing: beyond the limit
 * they are counted, and one entry says how many there were.
 */
import type { EventName, Permission, Route } from '#contract';
import type { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import type { AuditLog, Happening } from '#protections/audit-log';
import type { Visitor } from './visitor.ts';

export type Refusals = {
  note(
    route: Route | null,
    actor: Actor | null,
    visitor: Visitor,
    error: LubartError,
    subjectId: string | null,
  ): Promise<void>;
};

/** Entries a minute for refusals of nobody known, and of one person. */
const entriesPerMinuteMax = 120;

/** Which event a refusal is; null when it is not an attempt at something forbidden (a typing error, a conflict). */
export function refusalEvent(route: Route | null, error: LubartError): EventName | null {
  switch (error.code) {
    case 'access.denied':
      return `${(error.details?.['permission'] ?? route?.permission) as Permission}.denied`;
    case 'bulk.refused':
      // Attack: a list of guessed ids, to learn which of them are there. Versions that differ are a conflict and no attempt.
      return error.details?.['missing'] === 0 ? null : `${permissionOf(route)}.denied`;
    case 'reveal.too_many':
    case 'export.too_many':
    case 'export.too_many_rows':
      return `${route?.permission as Permission}.denied`;
    case 'role.beyond_own':
    case 'sso.owner_by_hand':
    case 'role.fixed':
    case 'leaving.own':
    case 'leaving.already':
    case 'leaving.no_heir':
    case 'leaving.heir_gone':
    case 'emergency.owner_only':
    case 'emergency.not_here':
    case 'key.kit_owner_only':
    case 'key.kit_several':
    case 'person.own_role':
    case 'review.own':
    case 'review.not_asked':
    case 'review.owner_only':
    case 'person.last_owner':
    case 'elevation.role_denied':
    case 'elevation.own':
    case 'elevation.led':
    case 'elevation.beyond_own':
    case 'share.longer_than_right':
      // Attack: raising one’s own rights, or leaving the house without an owner. It is an attempt, not a mistake of typing.
      return `${permissionOf(route)}.denied`;
    case 'deputy.not_head':
      return 'deputy.denied';
    case 'witness.log_unknown':
    case 'witness.not_signed':
    case 'witness.proof_wrong':
      return 'witness.denied';
    case 'sso.no_provider':
    case 'sso.provider_not_found':
      return 'sso.denied';
    case 'export.over':
      // Attack: a file that somebody fetched already, asked for once more.
      return 'export.missed';
    case 'session.missing':
    case 'session.expired':
      return 'session.denied';
    case 'api-key.refused':
    case 'api-key.with_cookie':
    case 'api-key.in_address':
    case 'api-key.route_closed':
    case 'api-key.no_step_up':
    case 'api-key.too_many':
      return 'api-key.denied';
    case 'session.step_up_needed':
      return 'session.step_up_denied';
    case 'device.number_wrong':
      return 'device.denied';
    case 'sign-in.factor_required':
      return 'session.wall_denied';
    case 'session.network_denied':
    case 'session.hours_denied':
      return error.code;
    case 'server.failed':
      return 'system.failed';
    case 'share.not_found':
      return route?.permission === 'company.share' ? 'company.missed' : 'contact.missed';
    case 'recovery.not_found':
      return 'recovery.denied';
    case 'request.cross_site':
      return 'request.cross_site_denied';
    case 'contact.not_found':
    case 'company.not_found':
    case 'import.not_found':
    case 'export.not_found':
    case 'decoy.not_found':
    case 'hold.not_found':
    case 'investigation.not_found':
    case 'audit.not_found':
    case 'audit.part_missing':
    case 'witness.not_found':
    case 'forward.not_found':
    case 'anchor.not_found':
    case 'person.not_found':
    case 'department.not_found':
    case 'role.not_found':
    case 'leaving.not_found':
    case 'api-key.not_found':
    case 'deputy.not_found':
    case 'elevation.not_found':
    case 'device.not_found':
    case 'review.not_found':
      return `${error.code.split('.')[0] as 'contact' | 'company' | 'import' | 'export' | 'decoy' | 'hold' | 'investigation' | 'audit' | 'witness' | 'forward' | 'anchor' | 'person' | 'department' | 'role' | 'leaving' | 'deputy' | 'elevation' | 'device' | 'review' | 'api-key'}.missed`;
    default:
      return null;
  }
}

const permissionOf = (route: Route | null): Permission =>
  route === null || route.permission === 'anyone' || route.permission === 'signed-in'
    ? 'role.update'
    : route.permission;

export function openRefusals(
  auditLog: AuditLog,
  /** Where refusals of nobody known are written: the only organization of this installation, if there is one. */
  defaultOrganization: () => Promise<string | null>,
): Refusals {
  return {
    note: async (route, actor, visitor, error, subjectId) => {
      const event = refusalEvent(route, error);
      if (event === null) return;
      const organizationId = actor?.organizationId ?? (await defaultOrganization());
      if (organizationId === null) return;
      const { address, device, requestId } = visitor;
      const happening: Happening = {
        event,
        refused: error.code,
        facts: route === null ? {} : { permission: route.permission },
        ...(subjectId === null ? {} : { subjectIds: [subjectId], subjectKind: String(event.split('.')[0]) }),
      };
      const limit = { key: actor?.personId ?? 'nobody', perMinuteMax: entriesPerMinuteMax };
      await auditLog.refuse({ organizationId, actor, address, device, requestId }, happening, limit);
    },
  };
}
