/** Roles: what each gives, changed in a matrix. */
import Type from 'typebox';
import { company } from '../records/company.ts';
import { contact } from '../records/contact.ts';
import { fieldRights, grantLevels, permissions, readyRoles } from '../permissions.ts';
import type { FieldRight, GrantLevel, Permission } from '../permissions.ts';
import type { RouteTable } from './route.ts';
import { Empty, Nullable, oneOf, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const optional = <T extends Type.TSchema>(names: readonly string[], schema: T) =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(schema)]));

export type GrantTable = { [P in Permission]?: GrantLevel };
export type FieldRightTable = { contact?: Record<string, FieldRight>; company?: Record<string, FieldRight> };

/** What a role says of each permission; one that is not named is not given. */
export const GrantTable = Type.Unsafe<GrantTable>(Type.Object(optional(permissions, oneOf(grantLevels)), closed));
/** How a role sees fields of clients it may read; one that is not named is open. */
export const FieldRightTable = Type.Unsafe<FieldRightTable>(
  Type.Object(
    {
      contact: Type.Optional(Type.Object(optional(Object.keys(contact.fields), oneOf(fieldRights)), closed)),
      company: Type.Optional(Type.Object(optional(Object.keys(company.fields), oneOf(fieldRights)), closed)),
    },
    closed,
  ),
);

export const RoleDetail = Type.Object({
  id: Uuid,
  key: Nullable(oneOf(readyRoles)),
  name: Type.String(),
  grants: GrantTable,
  fieldRights: FieldRightTable,
  /** A ready role that was never edited follows what a new version of Lubart says. */
  edited: Type.Boolean(),
  peopleCount: Type.Integer(),
  version: Type.Integer(),
  /** Whether the asker may change it; the owner’s role nobody may. */
  mayChange: Type.Boolean(),
});
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Id = Type.Object({ id: Uuid });

export const roleRoutes = {
  'GET /api/v1/roles': {
    permission: 'role.read',
    summary: 'Roles with everything they give',
    response: Type.Object({ roles: Type.Array(RoleDetail) }),
  },
  'POST /api/v1/roles': {
    permission: 'role.update',
    summary: 'Make a role',
    body: Type.Object({ name: Name, grants: GrantTable, fieldRights: Type.Optional(FieldRightTable) }, closed),
    response: RoleDetail,
  },
  'PATCH /api/v1/roles/:id': {
    permission: 'role.update',
    summary: 'Change a role: its name and what it gives',
    params: Id,
    body: Type.Object(
      {
        version: Type.Integer({ minimum: 1 }),
        name: Type.Optional(Name),
        grants: Type.Optional(GrantTable),
        fieldRights: Type.Optional(FieldRightTable),
      },
      closed,
    ),
    response: RoleDetail,
  },
  'POST /api/v1/roles/:id/reset': {
    permission: 'role.update',
    summary: 'Give a ready role back what it was made with',
    params: Id,
    response: RoleDetail,
  },
  'DELETE /api/v1/roles/:id': {
    permission: 'role.update',
    summary: 'Delete a role that nobody has',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;

export type RoleView = Type.Static<typeof RoleDetail>;
