/**
 * What a person may do. A permission is a verb on a kind of record; a scope says on whose records. Routes name one
 * permission each; roles grant scopes (`server/protections/access`).
 */
export const permissions = [
  'contact.read',
  'contact.create',
  'contact.update',
  'contact.archive',
  'contact.reassign',
  'contact.erase',
  'contact.import',
  'contact.export',
  'contact.export-plain',
  'contact.reveal',
  'contact.bulk',
  'contact.share',
  'contact.statistics',
  'company.read',
  'company.create',
  'company.update',
  'company.archive',
  'company.reassign',
  'company.erase',
  'company.import',
  'company.export',
  'company.export-plain',
  'company.reveal',
  'company.bulk',
  'company.share',
  'company.statistics',
  'person.read',
  'person.invite',
  'person.update',
  'person.leave',
  'person.recover',
  'role.read',
  'role.update',
  'elevation.approve',
  'review.read',
  'review.answer',
  'review.run',
  'department.read',
  'department.update',
  'organization.read',
  'organization.update',
  'security.read',
  'security.update',
  'device.approve',
  'api-key.update',
  'audit.read',
] as const;

export type Permission = (typeof permissions)[number];

/** What sharing widens: reading a client, and changing it when it is shared for editing. Nothing else is ever shared. */
export const sharedPermissions = ['contact.read', 'contact.update', 'company.read', 'company.update'] as const;
export type SharedPermission = (typeof sharedPermissions)[number];
export const shareRights = ['read', 'edit'] as const;
export type ShareRight = (typeof shareRights)[number];

/** Whose records: nobody's, own, those of the person's department with its sub-departments, all of the organization. */
export const scopes = ['none', 'own', 'department', 'all'] as const;
export type Scope = (typeof scopes)[number];

/** What a role can say of a permission. `never` is stronger than anything another role of the same person gives. */
export const grantLevels = ['never', ...scopes] as const;
export type GrantLevel = (typeof grantLevels)[number];

/** Roles that stand ready in every organization; each may be edited but the owner’s. `baseline` is what everybody has. */
export const readyRoles = [
  'owner',
  'security-officer',
  'head',
  'manager',
  'support',
  'marketer',
  'accountant',
  'auditor',
  'baseline',
] as const;
export type ReadyRole = (typeof readyRoles)[number];

/** How a role sees a field of clients: as it is, partly hidden, not at all; `never` is stronger than any other role’s openness. */
export const fieldRights = ['open', 'masked', 'hidden', 'never'] as const;
export type FieldRight = (typeof fieldRights)[number];

/** What has no part that could be one’s own or a department’s: given for all, or not at all. */
export const wholePermissions: readonly Permission[] = [
  'person.read',
  'person.invite',
  'person.update',
  'role.read',
  'role.update',
  'review.run',
  'department.read',
  'department.update',
  'organization.read',
  'organization.update',
  'security.read',
  'security.update',
  'audit.read',
];

/** Loud opt-outs from permission: the route is for anybody at all, or for anybody who is signed in (own things only). */
export const openRoutes = ['anyone', 'signed-in'] as const;
export type RoutePermission = Permission | (typeof openRoutes)[number];
