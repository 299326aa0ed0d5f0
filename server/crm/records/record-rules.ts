/** What must hold of a record before it is written, whoever writes it; and what differs between two states of one. */
import type { AbilitiesView, ShareRight } from '#contract';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches } from '#protections/access';
import type { Change } from '#protections/audit-log';
import type { Fields, RecordKind } from './kind.ts';
import { isBlank } from './record-row.ts';

/** What a record may name: colleagues and departments. */
export type RecordReferences = {
  /** The person, when active in the organization. */
  findPerson(organizationId: string, personId: string): Promise<{ departmentId: string } | undefined>;
  hasDepartment(organizationId: string, departmentId: string): Promise<boolean>;
};

export const holderOf = (fields: Fields) => ({
  ownerId: fields['ownerId'] as string,
  departmentId: fields['departmentId'] as string,
});

/** What the actor may do with this very record; the screen obeys it, the server checks again. */
export function abilitiesOf(kind: RecordKind, actor: Actor, fields: Fields, shared?: ShareRight): AbilitiesView {
  const record = { ...holderOf(fields), shared };
  const able = (verb: 'update' | 'archive' | 'reassign' | 'share') => reaches(actor, kind.permission(verb), record);
  return { update: able('update'), archive: able('archive'), reassign: able('reassign'), share: able('share') };
}

/**
 * The owner must be an active colleague, the department must exist; a new owner brings the own department along.
 * @throws field.unknown_owner, field.unknown_department
 */
export async function requireHolder(
  references: RecordReferences,
  actor: Actor,
  fields: Fields,
  given: Fields,
  path: '' | 'changes',
): Promise<void> {
  const place = (name: string) => (path === '' ? name : `${path}.${name}`);
  const { organizationId } = actor;
  if ('ownerId' in fields) {
    const ownerId = fields['ownerId'] as string | null;
    const owner = ownerId === null ? undefined : await references.findPerson(organizationId, ownerId);
    if (owner === undefined) throw new LubartError('field.unknown_owner', { field: place('ownerId') });
    if (given['departmentId'] === undefined || given['departmentId'] === null) {
      fields['departmentId'] = owner.departmentId;
    }
  }
  if (!('departmentId' in fields)) return;
  const departmentId = fields['departmentId'] as string | null;
  const known = departmentId !== null && (await references.hasDepartment(organizationId, departmentId));
  if (!known) throw new LubartError('field.unknown_department', { field: place('departmentId') });
}

/** Handing a client to somebody else is a right of its own. @throws access.denied */
export function requireReassign(kind: RecordKind, actor: Actor, before: Fields, changes: readonly Change[]): void {
  if (!changes.some(({ field }) => field === 'ownerId' || field === 'departmentId')) return;
  const permission = kind.permission('reassign');
  if (!reaches(actor, permission, holderOf(before)))
    throw new LubartError('access.denied', { details: { permission } });
}

/** A record needs something to be known by: a name, or a phone, or an e-mail. @throws *.name_missing */
export function requireName(kind: RecordKind, fields: Fields): void {
  const named = kind.nameOf(fields) !== '';
  const known = named || !isBlank(fields['phones']) || !isBlank(fields['emails']);
  if (!known || (kind.name === 'company' && !named)) throw new LubartError(kind.error('name_missing'));
}

/** Fields whose values differ, in order of declaration. */
export function changesBetween(kind: RecordKind, before: Fields, after: Fields): Change[] {
  return kind.fields
    .filter(([name]) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
    .map(([field]) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}
