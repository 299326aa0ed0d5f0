/**
 * What two sets of rights have in common: the smaller scope of each permission, the stricter right of each field. An API key acts with
 * its roles and with what its person has at this moment, and so never with more than either.
 */
import { permissions, scopes } from '#contract';
import type { Permission, Scope } from '#contract';
import type { Actor } from './actor.ts';
import type { FieldRights, RecordKindName, RoleRow } from './role.ts';
import { combineRights, rightsOf } from './role.ts';

type Rights = Pick<Actor, 'grants' | 'fieldRights'>;

export function narrowRights(person: Rights, keyRoles: readonly RoleRow[]): Rights {
  const key = combineRights(keyRoles.map(rightsOf));
  const grants: Partial<Record<Permission, Scope>> = {};
  for (const permission of permissions) {
    const [one, other] = [person.grants[permission], key.grants[permission]];
    if (one === undefined || other === undefined) continue;
    grants[permission] = scopes.indexOf(one) < scopes.indexOf(other) ? one : other;
  }
  const of = (kind: RecordKindName) => stricter(person.fieldRights[kind], key.fieldRights[kind]);
  return { grants, fieldRights: { contact: of('contact'), company: of('company') } };
}

function stricter(one: FieldRights[RecordKindName], other: FieldRights[RecordKindName]): FieldRights[RecordKindName] {
  const both: Record<string, 'masked' | 'hidden'> = { ...one };
  for (const [field, right] of Object.entries(other)) if (both[field] !== 'hidden') both[field] = right;
  return both;
}
