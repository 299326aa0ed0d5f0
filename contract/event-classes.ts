/**
 * What each event is in the vocabulary of OCSF, the Open Cybersecurity Schema Framework (https://schema.ocsf.io, version 1.4.0): a class and
 * an activity in it. Its level stands in events.ts. An event without a line here does not compile. `other` is an activity that
 * OCSF has no number for: it goes as 99, called by the event’s own name.
 */
import type { EventName } from './events.ts';
import type { eventLevels } from './events.ts';
import type { Permission } from './permissions.ts';
import { permissions } from './permissions.ts';

export const ocsfVersion = '1.4.0';

/** Classes in use. A class says its category: the thousands of its number. */
export const ocsfClasses = {
  account: 3001,
  authentication: 3002,
  entity: 3004,
  records: 6001,
  lifecycle: 6002,
  api: 6003,
  fault: 6008,
} as const;
export type OcsfClass = keyof typeof ocsfClasses;

export const other = 99;
/** Activities by their names in OCSF: 3001 Account Change, 3002 Authentication, 3004 Entity Management and so on. */
export const ocsfActivities = {
  account: {
    create: 1,
    enable: 2,
    passwordChange: 3,
    passwordReset: 4,
    disable: 5,
    delete: 6,
    attachPolicy: 7,
    detachPolicy: 8,
    lock: 9,
    factorEnable: 10,
    factorDisable: 11,
    other,
  },
  authentication: { logon: 1, logoff: 2, other },
  entity: { create: 1, read: 2, update: 3, delete: 4, other },
  records: { create: 1, read: 2, update: 3, delete: 4, search: 5, import: 6, export: 7, share: 8, other },
  lifecycle: { install: 1, remove: 2, start: 3, stop: 4, update: 8, other },
  api: { create: 1, read: 2, update: 3, delete: 4, other },
  fault: { general: 1, other },
} as const satisfies Record<OcsfClass, Record<string, number>>;

/** informational, low, medium, high, critical. */
export type OcsfSeverity = 1 | 2 | 3 | 4 | 5;
export type OcsfActivity = { class: OcsfClass; activity: number; severity: OcsfSeverity };

function named<Name extends OcsfClass>(name: Name) {
  const activities: Readonly<Record<string, number>> = ocsfActivities[name];
  return (activity: keyof (typeof ocsfActivities)[Name] & string, severity: OcsfSeverity = 1): OcsfActivity => ({
    class: name,
    activity: activities[activity]!,
    severity,
  });
}
const account = named('account');
const authentication = named('authentication');
const entity = named('entity');
const records = named('records');
const lifecycle = named('lifecycle');
const api = named('api');
const fault = named('fault');

type KnownEvent = keyof typeof eventLevels;

const classes: Readonly<Record<KnownEvent, OcsfActivity>> = {
  'device.added': entity('create'),
  'device.asked': entity('other'),
  'device.approved': entity('update'),
  'device.refused': entity('update', 3),
  'device.denied': authentication('logon', 3),
  'device.revoked': entity('delete'),
  'device.expired': entity('delete'),
  'device.renamed': entity('update'),
  'device.missed': entity('read', 2),
  'session.signed_in': authentication('logon'),
  'session.signed_out': authentication('logoff'),
  'session.ended': authentication('logoff'),
  'sso.accepted': authentication('other'),
  'sso.denied': authentication('logon', 3),
  'sso.groups_applied': account('attachPolicy'),
  'sso.provider_created': entity('create', 2),
  'sso.provider_updated': entity('update', 2),
  'sso.provider_deleted': entity('delete', 2),
  'session.denied': authentication('other', 2),
  'api-key.created': entity('create', 2),
  'api-key.rotated': entity('update'),
  'api-key.revoked': entity('delete'),
  'api-key.denied': authentication('logon', 3),
  'api-key.missed': entity('read', 2),
  'session.proved_anew': authentication('other'),
  'session.step_up_denied': authentication('other', 2),
  'session.wall_denied': authentication('other', 2),
  'session.wall_lifted': authentication('other'),
  'session.network_denied': authentication('logon', 3),
  'session.hours_denied': authentication('logon', 3),
  'security.rules_changed': entity('update', 3),
  'sign-in.password_accepted': authentication('other'),
  'sign-in.denied': authentication('logon', 3),
  'sign-in.sms_sent': authentication('other'),
  'sign-in.recovery_code_used': authentication('other', 2),
  'sign-in.passkey_copy_denied': authentication('logon', 4),
  'person.password_changed': account('passwordChange'),
  'person.factor_enrolled': account('factorEnable'),
  'person.factor_renamed': account('other'),
  'person.factor_removed': account('factorDisable', 2),
  'person.recovery_codes_renewed': account('other'),
  'request.cross_site_denied': api('other', 3),
  'setup.denied': api('create', 3),
  'invitation.denied': authentication('logon', 3),
  'link.denied': authentication('logon', 3),
  'recovery.asked': account('other', 3),
  'recovery.approved': account('other', 3),
  'recovery.cancelled': account('other', 2),
  'recovery.finished': account('passwordReset', 3),
  'recovery.made_by_operator': account('passwordReset', 4),
  'recovery.denied': account('other', 3),
  'emergency.signed_in': authentication('logon', 4),
  'emergency.sheet_made': entity('create', 2),
  'emergency.sheet_withdrawn': entity('delete', 2),
  'emergency.half_checked': entity('read'),
  'emergency.acknowledged': entity('update'),
  'emergency.denied': authentication('logon', 4),
  'person.password_reset_asked': account('other'),
  'person.password_reset': account('passwordReset'),
  'person.email_change_asked': account('other'),
  'person.email_changed': account('other', 2),
  'person.email_change_cancelled': account('other', 2),
  'organization.created': entity('create'),
  'organization.updated': entity('update'),
  'person.invited': account('other'),
  'person.joined': account('create'),
  'person.updated': account('other'),
  'person.role_changed': account('attachPolicy', 2),
  'role.created': entity('create'),
  'role.updated': entity('update', 2),
  'role.deleted': entity('delete'),
  'role.missed': entity('read', 2),
  'review.started': entity('create'),
  'review.answered': entity('update'),
  'review.withdrawal_refused': entity('update', 3),
  'review.reminded': entity('other'),
  'review.escalated': entity('other'),
  'review.reassigned': entity('update'),
  'review.closed': entity('update'),
  'review.result_downloaded': entity('read'),
  'review.forgotten': entity('delete'),
  'review.rules_changed': entity('update', 2),
  'review.missed': entity('read', 2),
  'person.deactivated': account('disable'),
  'person.reactivated': account('enable'),
  'person.left': account('disable'),
  'person.moved': account('other'),
  'elevation.asked': entity('create'),
  'elevation.approved': account('attachPolicy', 2),
  'elevation.refused': entity('update'),
  'elevation.withdrawn': account('detachPolicy'),
  'elevation.ended': account('detachPolicy'),
  'elevation.missed': entity('read', 2),
  'leaving.missed': entity('read', 2),
  'contact.handed_over': records('update'),
  'company.handed_over': records('update'),
  'invitation.withdrawn': entity('delete'),
  'invitation.sent_again': entity('update'),
  'department.created': entity('create'),
  'department.updated': entity('update'),
  'department.deleted': entity('delete'),
  'department.heads_changed': entity('update'),
  'deputy.named': account('attachPolicy'),
  'deputy.ended': account('detachPolicy'),
  'deputy.denied': account('attachPolicy', 2),
  'deputy.missed': entity('read', 2),
  'contact.listed': records('read'),
  'contact.found': records('search'),
  'contact.opened': records('read'),
  'contact.created': records('create'),
  'contact.updated': records('update'),
  'contact.archived': records('update'),
  'contact.restored': records('update'),
  'contact.erased': records('delete', 3),
  'contact.exported': records('export', 2),
  'contact.revealed': records('read', 2),
  'contact.shared': records('share'),
  'contact.share_ended': records('other'),
  'contact.counted': records('read'),
  'contact.bulk_changed': records('update'),
  'contact.viewers_read': records('read'),
  'contact.missed': records('read', 2),
  'company.listed': records('read'),
  'company.found': records('search'),
  'company.opened': records('read'),
  'company.created': records('create'),
  'company.updated': records('update'),
  'company.archived': records('update'),
  'company.restored': records('update'),
  'company.erased': records('delete', 3),
  'company.exported': records('export', 2),
  'company.revealed': records('read', 2),
  'company.shared': records('share'),
  'company.share_ended': records('other'),
  'company.counted': records('read'),
  'company.bulk_changed': records('update'),
  'company.viewers_read': records('read'),
  'company.missed': records('read', 2),
  'export.begun': records('export', 2),
  'export.failed': records('export', 2),
  'retention.changed': entity('update', 3),
  'hold.placed': entity('create'),
  'hold.lifted': entity('delete', 3),
  'hold.missed': entity('read', 2),
  'audit.pruned': entity('delete'),
  'decoy.planted': entity('create'),
  'decoy.removed': entity('delete', 2),
  'decoy.touched': entity('read', 4),
  'decoy.missed': entity('read', 2),
  'export.prepared': records('export', 2),
  'export.fetched': records('export', 2),
  'export.given_up': records('delete'),
  'export.missed': records('read', 2),
  'export.rules_changed': entity('update', 2),
  'import.listed': records('read'),
  'import.created': records('create'),
  'import.uploaded': records('import'),
  'import.previewed': records('read'),
  'import.started': records('import'),
  'import.batch_created': records('import'),
  'import.finished': records('import'),
  'import.cancelled': records('other'),
  'import.failed': records('import', 2),
  'import.batch_reverted': records('delete'),
  'import.reverted': records('delete'),
  'import.rejected_downloaded': records('export'),
  'import.missed': records('read', 2),
  'audit.missed': entity('read', 2),
  'person.access_read': entity('read'),
  'security.looked_at': entity('read'),
  'person.missed': entity('read', 2),
  'department.missed': entity('read', 2),
  'audit.verified': entity('read'),
  'audit.proved': records('export'),
  'audit.evidence_taken': records('export', 2),
  'audit.continued': entity('other'),
  'audit.listed': entity('read'),
  'audit.opened': entity('read'),
  'witness.added': entity('create', 2),
  'witness.removed': entity('delete', 3),
  'witness.log_added': entity('create'),
  'witness.log_removed': entity('delete', 2),
  'witness.tried': entity('other'),
  'witness.missed': entity('read', 2),
  'witness.denied': api('create', 2),
  'witness.fork_seen': entity('other', 5),
  'witness.forked': entity('other', 5),
  'witness.failed': fault('general', 2),
  'witness.recovered': fault('other'),
  'keys.rotation_started': entity('update', 2),
  'keys.rotation_paused': entity('update', 2),
  'keys.rotation_resumed': entity('update'),
  'keys.taken_into_use': entity('update', 2),
  'keys.resealed': entity('update'),
  'keys.rotated': entity('update', 2),
  'keys.destroyed': entity('delete', 2),
  'keys.moved': entity('update', 2),
  'keys.kit_made': entity('create', 2),
  'keys.kit_proven': entity('read', 2),
  'keys.kit_not_proven': entity('read', 3),
  'system.started': lifecycle('start'),
  'system.stopped': lifecycle('stop'),
  'system.migrated': lifecycle('update'),
  'letter.given_up': fault('general', 2),
  'system.updated': lifecycle('update'),
  'system.swept': entity('delete'),
  'system.failed': fault('general', 3),
  'system.certificate_changed': lifecycle('update'),
  'system.certificate_refused': fault('general', 3),
  'job.finished': lifecycle('other'),
  'job.failed': fault('general', 2),
  'plugin.installed': lifecycle('install', 2),
  'plugin.removed': lifecycle('remove'),
  'plugin.called': api('other'),
  'plugin.denied': api('other', 3),
  'plugin.failed': fault('general', 2),
};

/** A refused attempt at what a permission gives is the activity it would have been. */
const verbs: Readonly<Record<string, 'create' | 'read' | 'update' | 'delete' | 'other'>> = {
  read: 'read',
  create: 'create',
  update: 'update',
  archive: 'update',
  reassign: 'update',
  reveal: 'read',
  bulk: 'update',
  statistics: 'read',
  invite: 'create',
};

function deniedActivity(permission: Permission): OcsfActivity {
  const [kind, verb] = permission.split('.') as [string, string];
  if (kind !== 'contact' && kind !== 'company') return entity(verbs[verb] ?? 'other', 3);
  const special = { import: 'import', export: 'export', share: 'share' } as const;
  return records(special[verb as keyof typeof special] ?? verbs[verb] ?? 'other', verb === 'export' ? 4 : 3);
}

const denied = new Map<string, OcsfActivity>(
  permissions.map((permission) => [`${permission}.denied`, deniedActivity(permission)]),
);

/** Class, activity and severity of an event; undefined for a name that is none. */
export function ocsfActivityOf(event: EventName | (string & {})): OcsfActivity | undefined {
  return Object.hasOwn(classes, event) ? classes[event as KnownEvent] : denied.get(event);
}
