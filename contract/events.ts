/**
 * What the audit log can say happened. Past tense for what was done; a refused attempt is the permission (or the
 * door) with `.denied`.
 */
import type { Permission } from './permissions.ts';

export const auditLevels = ['security', 'data', 'administration', 'system'] as const;
export type AuditLevel = (typeof auditLevels)[number];

/** Each event and its level. */
export const eventLevels = {
  'session.signed_in': 'security',
  'session.signed_out': 'security',
  'session.ended': 'security',
  'session.denied': 'security',
  'sign-in.password_accepted': 'security',
  'sign-in.denied': 'security',
  'sign-in.recovery_code_used': 'security',
  'person.password_changed': 'security',
  'person.factor_enrolled': 'security',
  'request.cross_site_denied': 'security',
  'setup.denied': 'security',
  'invitation.denied': 'security',
  'organization.created': 'administration',
  'organization.updated': 'administration',
  'person.invited': 'administration',
  'person.joined': 'administration',
  'person.updated': 'administration',
  'person.role_changed': 'administration',
  'person.deactivated': 'administration',
  'person.reactivated': 'administration',
  'invitation.withdrawn': 'administration',
  'department.created': 'administration',
  'department.updated': 'administration',
  'department.deleted': 'administration',
  'contact.listed': 'data',
  'contact.found': 'data',
  'contact.opened': 'data',
  'contact.created': 'data',
  'contact.updated': 'data',
  'contact.archived': 'data',
  'contact.restored': 'data',
  'contact.exported': 'data',
  'contact.missed': 'data',
  'company.listed': 'data',
  'company.found': 'data',
  'company.opened': 'data',
  'company.created': 'data',
  'company.updated': 'data',
  'company.archived': 'data',
  'company.restored': 'data',
  'company.exported': 'data',
  'company.missed': 'data',
  'import.uploaded': 'data',
  'import.previewed': 'data',
  'import.started': 'data',
  'import.batch_created': 'data',
  'import.finished': 'data',
  'import.cancelled': 'data',
  'import.failed': 'data',
  'import.batch_reverted': 'data',
  'import.reverted': 'data',
  'import.rejected_downloaded': 'data',
  'import.missed': 'data',
  'audit.missed': 'data',
  'person.missed': 'administration',
  'department.missed': 'administration',
  'audit.listed': 'data',
  'audit.opened': 'data',
  'system.started': 'system',
  'system.stopped': 'system',
  'system.migrated': 'system',
  'letter.given_up': 'system',
} as const satisfies Record<string, AuditLevel>;

export type DeniedEvent = `${Permission}.denied`;
export type EventName = keyof typeof eventLevels | DeniedEvent;
