/**
 * What several roles give together: the widest of each right, except an explicit `never`, which is stronger than everything. A
 * right that a damaged or newer row names and this version does not know is not given.
 */
import type { FieldRight, FieldRightTable, GrantLevel, GrantTable, Permission, ReadyRole, Scope } from '#contract';
import { company, contact, fieldRights, grantLevels, permissions, wholePermissions, words } from '#contract';
import { LubartError } from '#kernel';
import type { RoleRights } from './ready-roles.ts';
import { readyRights } from './ready-roles.ts';

/** A role as its row says. */
export type RoleRow = {
  readonly id: string;
  readonly key: ReadyRole | null;
  readonly name: string | null;
  readonly grants: GrantTable | null;
  readonly fieldRights: FieldRightTable | null;
};

/** A role as people’s lists show it. */
export type RoleMark = { readonly id: string; readonly key: ReadyRole | null; readonly name: string };

/** Scopes that are given; what is not in it is not given. */
export type Grants = Readonly<Partial<Record<Permission, Scope>>>;

export const recordKinds = ['contact', 'company'] as const;
export type RecordKindName = (typeof recordKinds)[number];
/** Fields that are not simply open, by kind of record. */
export type FieldRights = Readonly<Record<RecordKindName, Readonly<Record<string, 'masked' | 'hidden'>>>>;

const isWhole: ReadonlySet<Permission> = new Set(wholePermissions);
const fieldsOf = { contact: Object.keys(contact.fields), company: Object.keys(company.fields) };

/** What a row gives: its own words, or those of the ready role that it is; the owner’s role always everything. */
export function rightsOf({ key, grants, fieldRights: fields }: RoleRow): RoleRights {
  if (key === 'owner') return readyRights.owner;
  const ready = key === null ? { grants: {}, fieldRights: {} } : readyRights[key];
  return {
    grants: grants === null ? ready.grants : knownGrants(grants),
    fieldRights: fields === null ? ready.fieldRights : knownFields(fields),
  };
}

/** How rules and requests name a role: a ready one by its key, others by id. */
export const referenceOf = ({ key, id }: Pick<RoleMark, 'key' | 'id'>): string => key ?? id;

export function markOf({ id, key, name }: RoleRow, language: 'uk' | 'en'): RoleMark {
  return { id, key, name: name ?? (key === null ? '' : words[language].roles[key]) };
}

function knownGrants(table: GrantTable): GrantTable {
  const known: GrantTable = {};
  for (const permission of permissions) {
    const level = table[permission];
    if (level !== undefined && grantLevels.includes(level)) known[permission] = level;
  }
  return known;
}

function knownFields(table: FieldRightTable): FieldRightTable {
  const known: Required<FieldRightTable> = { contact: {}, company: {} };
  for (const kind of recordKinds) {
    for (const field of fieldsOf[kind]) {
      const right = table[kind]?.[field];
      // What cannot be understood of a field is hidden, not open.
      if (right !== undefined) known[kind][field] = fieldRights.includes(right) ? right : 'hidden';
    }
  }
  return known;
}

/** The effective rights of somebody who has all of these roles. */
export function combineRights(roles: readonly RoleRights[]): { grants: Grants; fieldRights: FieldRights } {
  const grants: Partial<Record<Permission, Scope>> = {};
  for (const permission of permissions) {
    const level = widest(roles.map((role) => role.grants[permission] ?? 'none'));
    // Attack: “in the department only” of a right that nothing limits, taken for the whole.
    if (level === 'none' || (level !== 'all' && isWhole.has(permission))) continue;
    grants[permission] = level;
  }
  const of = (kind: RecordKindName) => combineFields(kind, roles);
  return { grants, fieldRights: { contact: of('contact'), company: of('company') } };
}

function widest(levels: readonly GrantLevel[]): Scope {
  if (levels.includes('never')) return 'none';
  return levels.reduce<Scope>(
    (best, level) => (grantLevels.indexOf(level) > grantLevels.indexOf(best) ? (level as Scope) : best),
    'none',
  );
}

/**
 * Only roles that let read such records say how open their fields are; `never` is heard from every role. Attack: a role that hides
 * phones and gives export without reading. Where no role lets read, what any of them closes is closed.
 */
function combineFields(kind: RecordKindName, roles: readonly RoleRights[]): Record<string, 'masked' | 'hidden'> {
  const reading = roles.filter((role) => !['none', 'never'].includes(role.grants[`${kind}.read`] ?? 'none'));
  const combined: Record<string, 'masked' | 'hidden'> = {};
  for (const field of fieldsOf[kind]) {
    const right = roles.some((role) => role.fieldRights[kind]?.[field] === 'never')
      ? 'hidden'
      : reading.length > 0
        ? mostOpen(reading.map((role) => role.fieldRights[kind]?.[field] ?? 'open'))
        : leastOpen(roles.map((role) => role.fieldRights[kind]?.[field] ?? 'open'));
    if (right !== 'open') combined[field] = right;
  }
  return combined;
}

function mostOpen(rights: readonly FieldRight[]): 'open' | 'masked' | 'hidden' {
  if (rights.includes('open')) return 'open';
  if (rights.includes('masked')) return 'masked';
  return 'hidden';
}

function leastOpen(rights: readonly FieldRight[]): 'open' | 'masked' | 'hidden' {
  if (rights.includes('hidden')) return 'hidden';
  return rights.includes('masked') ? 'masked' : 'open';
}

/** Of rules by role: each role has one. @throws request.invalid */
export function requireRolesOnce(rules: readonly { role: string }[], field: string): void {
  if (new Set(rules.map(({ role }) => role)).size === rules.length) return;
  throw new LubartError('request.invalid', { field, details: { reason: 'twice' } });
}
