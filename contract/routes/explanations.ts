/** Why somebody sees something: of a record, of a person, and of a role before it is changed. */
import Type from 'typebox';
import { shareRights } from '../permissions.ts';
import type { RouteTable } from './route.ts';
import { FieldRightTable, GrantTable } from './roles.ts';
import { Instant, Nullable, oneOf, PermissionName, RoleMark, ScopeName, Uuid } from './shapes.ts';

const Id = Type.Object({ id: Uuid });
const recordKind = oneOf(['contact', 'company'] as const);
const openness = oneOf(['open', 'masked', 'hidden'] as const);

/** How many records; counted no further than a thousand. `about`: rounded to tens, for whoever does not see them. */
const Rows = Type.Object({ count: Type.Integer(), more: Type.Boolean(), about: Type.Optional(Type.Literal(true)) });
const BeforeAfter = Type.Object({ before: Rows, after: Rows });

const PersonChange = Type.Object({
  id: Uuid,
  name: Type.String(),
  grants: Type.Array(Type.Object({ permission: PermissionName, before: ScopeName, after: ScopeName })),
  fields: Type.Array(Type.Object({ record: recordKind, field: Type.String(), before: openness, after: openness })),
  /** Null when the person sees the same records as before. */
  contacts: Nullable(BeforeAfter),
  companies: Nullable(BeforeAfter),
});

export const RolePreview = Type.Object({
  /** Everybody who has the role. */
  peopleCount: Type.Integer(),
  /** How many of them get something more, and something less; other roles of theirs were counted in. */
  widerCount: Type.Integer(),
  narrowerCount: Type.Integer(),
  /** For whom anything changes; no more than two hundred. */
  people: Type.Array(PersonChange),
});

const Viewer = Type.Object({
  id: Uuid,
  name: Type.String(),
  reasons: Type.Array(
    Type.Object({
      /** Own record; of the own department; of one below; of a head who is away; all records are open; a colleague shared it. */
      why: oneOf(['owner', 'department', 'below', 'deputy', 'all', 'shared'] as const),
      roles: Type.Array(RoleMark),
      /** Who shared it, for what, and until when. */
      shared: Type.Optional(Type.Object({ byName: Type.String(), right: oneOf(shareRights), until: Instant })),
    }),
  ),
  /** What more the person may do with this record. */
  may: Type.Array(PermissionName),
});
export const Viewers = Type.Object({ viewers: Type.Array(Viewer) });

export const PersonAccess = Type.Object({
  id: Uuid,
  name: Type.String(),
  active: Type.Boolean(),
  roles: Type.Array(Type.Object({ ...RoleMark.properties, until: Nullable(Instant) })),
  permissions: Type.Array(
    Type.Object({
      permission: PermissionName,
      scope: ScopeName,
      /** Roles that give exactly this much. */
      by: Type.Array(RoleMark),
      /** Roles that say “never”; then the scope is none whatever others give. */
      stoppedBy: Type.Array(RoleMark),
    }),
  ),
  fields: Type.Array(
    Type.Object({ record: recordKind, field: Type.String(), right: oneOf(['masked', 'hidden'] as const) }),
  ),
  contacts: Rows,
  companies: Rows,
});

const Colleagues = Type.Array(Type.Object({ id: Uuid, name: Type.String() }));
/** Whose clients go along, and who sees them then and did not before, or no more. */
const Moved = {
  contacts: Rows,
  companies: Rows,
  gain: Colleagues,
  lose: Colleagues,
  /** Named heads who would lead no more. */
  headsLost: Colleagues,
};
export const DepartmentMove = Type.Object({ people: Type.Integer({ minimum: 0 }), ...Moved });
export const PersonMove = Type.Object({
  ...Moved,
  /** How many clients the person sees now and then. */
  sees: Type.Object({ contacts: BeforeAfter, companies: BeforeAfter }),
});

export const explanationRoutes = {
  'POST /api/v1/departments/:id/preview': {
    permission: 'department.update',
    summary: 'What would change if the department stood under another',
    params: Id,
    body: Type.Object({ parentId: Uuid }, { additionalProperties: false }),
    response: DepartmentMove,
  },
  'POST /api/v1/people/:id/preview-move': {
    permission: 'person.leave',
    summary: 'What would change if the person worked in another department',
    params: Id,
    body: Type.Object({ departmentId: Uuid }, { additionalProperties: false }),
    response: PersonMove,
  },
  'POST /api/v1/roles/:id/preview': {
    permission: 'role.update',
    summary: 'What would change for whom, if the role gave this',
    params: Id,
    body: Type.Object({ grants: GrantTable, fieldRights: FieldRightTable }, { additionalProperties: false }),
    response: RolePreview,
  },
  'GET /api/v1/contacts/:id/viewers': {
    permission: 'contact.read',
    summary: 'Who can see this contact, and why',
    params: Id,
    response: Viewers,
  },
  'GET /api/v1/companies/:id/viewers': {
    permission: 'company.read',
    summary: 'Who can see this company, and why',
    params: Id,
    response: Viewers,
  },
  'GET /api/v1/people/:id/access': {
    permission: 'role.read',
    summary: 'What a person can see and do, and by which role',
    params: Id,
    response: PersonAccess,
  },
  'GET /api/v1/profile/access': {
    permission: 'signed-in',
    summary: 'What I can see and do, and by which role',
    response: PersonAccess,
  },
} as const satisfies RouteTable;

export type DepartmentMoveView = Type.Static<typeof DepartmentMove>;
export type PersonMoveView = Type.Static<typeof PersonMove>;
export type RolePreviewView = Type.Static<typeof RolePreview>;
export type ViewersView = Type.Static<typeof Viewers>;
export type PersonAccessView = Type.Static<typeof PersonAccess>;
