/**
 * The roles that stand ready in every organization. A ready role gives what is written here until somebody edits it; from then on
 * it gives what its row says. Read from top to bottom: what a role does not name it does not give.
 */
import type { FieldRightTable, GrantTable, Permission, ReadyRole, Scope } from '#contract';
import { permissions } from '#contract';

export type RoleRights = { readonly grants: GrantTable; readonly fieldRights: FieldRightTable };

const everything = Object.fromEntries(permissions.map((permission) => [permission, 'all'])) as GrantTable;

type Verb = Permission extends `${string}.${infer V}` ? V : never;
type ClientVerb = Extract<Permission, `contact.${string}`> extends `contact.${infer V}` ? V : never;

/** The same verbs on contacts and on companies. */
function clients(scope: Scope, ...verbs: ClientVerb[]): GrantTable {
  const both = verbs.flatMap((verb) => [`contact.${verb}`, `company.${verb}`] as const);
  return Object.fromEntries(both.map((permission) => [permission, scope]));
}

const all = (noun: string, ...verbs: Verb[]): GrantTable =>
  Object.fromEntries(verbs.map((verb) => [`${noun}.${verb}`, 'all']));

/** Ways to reach a client are half hidden, what is private stays hidden. */
const reachable = { phones: 'masked', emails: 'masked', address: 'hidden', notes: 'hidden' } as const;

export const readyRights: Readonly<Record<ReadyRole, RoleRights>> = {
  owner: { grants: everything, fieldRights: {} },
  /** Watches over everybody’s doors and sees no client. */
  'security-officer': {
    grants: {
      ...all('security', 'read', 'update'),
      ...all('device', 'approve'),
      ...all('person', 'leave', 'recover'),
      ...all('role', 'read'),
      ...all('review', 'read', 'answer', 'run'),
      ...all('elevation', 'approve'),
      ...all('api-key', 'update'),
      ...all('audit', 'read'),
    },
    fieldRights: {},
  },
  head: {
    grants: {
      ...clients('department', 'read', 'create', 'update', 'archive', 'reassign', 'import', 'export'),
      ...clients('department', 'reveal', 'bulk', 'share', 'statistics'),
      'role.read': 'all',
      'review.read': 'department',
      'review.answer': 'department',
      'elevation.approve': 'department',
      'device.approve': 'department',
    },
    fieldRights: {},
  },
  manager: {
    grants: clients('own', 'read', 'create', 'update', 'archive', 'import', 'reveal', 'bulk', 'share', 'statistics'),
    fieldRights: {},
  },
  /** Answers whoever calls: finds every client, changes those of the department, sees the rest of a phone when it is needed. */
  support: {
    grants: { ...clients('all', 'read', 'reveal'), ...clients('department', 'update') },
    fieldRights: {
      contact: { phones: 'masked', emails: 'masked', address: 'hidden', birthday: 'hidden' },
      company: { phones: 'masked', emails: 'masked' },
    },
  },
  marketer: {
    grants: clients('all', 'read', 'statistics'),
    fieldRights: { contact: { ...reachable, birthday: 'hidden' }, company: reachable },
  },
  accountant: {
    grants: { ...clients('all', 'read'), 'company.update': 'all' },
    fieldRights: { contact: { ...reachable, birthday: 'hidden' }, company: { notes: 'hidden' } },
  },
  auditor: {
    grants: { ...all('audit', 'read'), ...all('role', 'read'), ...all('review', 'read'), ...all('security', 'read') },
    fieldRights: {},
  },
  baseline: {
    grants: { ...all('person', 'read'), ...all('department', 'read'), ...all('organization', 'read') },
    fieldRights: {},
  },
};
