/** Set-up, sign-in, sessions, people, departments, the organization. */
import Type from 'typebox';
import { LetterStateName } from './links.ts';
import { factorLevels } from '../sign-in-rules.ts';
import { walls } from '../wall.ts';
import type { RouteTable } from './route.ts';
import {
  Empty,
  FactorKindName,
  Instant,
  Nullable,
  PermissionName,
  RoleMark,
  RoleReferences,
  ScopeName,
  Uuid,
  oneOf,
} from './shapes.ts';

const Id = Type.Object({ id: Uuid });
const closed = { additionalProperties: false };
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Address = Type.String({ minLength: 3, maxLength: 254 });
const Password = Type.String({ minLength: 1, maxLength: 1000 });
const Secret = Type.String({ minLength: 1, maxLength: 4000 });
const Code = Type.String({
  minLength: 6,
  maxLength: 40,
  description: 'Six digits of the authenticator app, or a recovery code',
});

/** What the authenticator app needs; `ticket` carries the same, sealed, back to the server. */
export const Enrolment = Type.Object({
  otpauthUri: Type.String(),
  manualKey: Type.String({ description: 'Base32, in groups of four' }),
  ticket: Type.String(),
  expiresAt: Instant,
});

export const Session = Type.Object({
  organization: Type.Object({ id: Uuid, name: Type.String() }),
  person: Type.Object({
    id: Uuid,
    name: Type.String(),
    email: Type.String(),
    roles: Type.Array(RoleMark),
    department: Nullable(Type.Object({ id: Uuid, name: Type.String() })),
  }),
  language: oneOf(['uk', 'en'] as const),
  permissions: Type.Array(Type.Object({ permission: PermissionName, scope: ScopeName })),
  /** What is still demanded of this person’s sign-in: within days of grace, or behind the wall. null: nothing. */
  demand: Nullable(
    Type.Object({
      level: oneOf(factorLevels),
      wall: Nullable(oneOf(walls)),
      until: Nullable(Type.Unsafe<string>({ ...Instant, description: 'End of the days of grace' })),
      /** Names of the roles that demand it; none: it is demanded of everybody. */
      roles: Type.Array(Type.String()),
    }),
  ),
  /** Fields of clients that are not simply open to this person; all others are. */
  fields: Type.Array(
    Type.Object({
      record: oneOf(['contact', 'company'] as const),
      field: Type.String(),
      right: oneOf(['masked', 'hidden'] as const),
    }),
  ),
});

export const Joined = Type.Object({ session: Session, recoveryCodes: Type.Array(Type.String()) });

export const SessionRow = Type.Object({
  id: Uuid,
  current: Type.Boolean(),
  device: Type.String({ description: 'Browser and system in words' }),
  address: Type.String(),
  createdAt: Instant,
  lastSeenAt: Instant,
});

export const Person = Type.Object({
  id: Uuid,
  name: Type.String(),
  email: Nullable(Type.String({ description: 'Only for who may change people, and one’s own' })),
  roles: Type.Array(RoleMark),
  departmentId: Uuid,
  active: Type.Boolean(),
  lastSeenAt: Nullable(Instant),
});
export const Department = Type.Object({
  id: Uuid,
  name: Type.String(),
  parentId: Nullable(Uuid),
  peopleCount: Type.Integer(),
  version: Type.Integer({ minimum: 1, description: 'Grows by one with every change' }),
  /** Who leads it; `named` false: by the role of a head and the place of work. */
  heads: Type.Array(Type.Object({ personId: Uuid, named: Type.Boolean() })),
});
export const Invitation = Type.Object({
  id: Uuid,
  name: Type.String(),
  email: Type.String(),
  roles: Type.Array(RoleMark),
  departmentId: Uuid,
  expiresAt: Instant,
  createdAt: Instant,
  letter: LetterStateName,
});

export const peopleRoutes = {
  'GET /api/v1/setup': {
    permission: 'anyone',
    summary: 'Whether the first organization is still to be made',
    response: Type.Object({ needed: Type.Boolean() }),
  },
  'POST /api/v1/setup/begin': {
    permission: 'anyone',
    summary: 'Check the one-time link and get the authenticator secret',
    body: Type.Object({ token: Secret, email: Address, organizationName: Name }, closed),
    response: Enrolment,
  },
  'POST /api/v1/setup': {
    permission: 'anyone',
    summary: 'Make the organization and its owner, and sign the owner in',
    body: Type.Object(
      {
        token: Secret,
        ticket: Secret,
        code: Code,
        organization: Type.Object({ name: Name }, closed),
        owner: Type.Object({ name: Name, email: Address }, closed),
        password: Password,
        language: Type.Optional(oneOf(['uk', 'en'] as const)),
      },
      closed,
    ),
    response: Joined,
  },
  'POST /api/v1/sign-in': {
    permission: 'anyone',
    summary: 'First step: e-mail and password; answers with a ticket for the second',
    body: Type.Object({ email: Address, password: Password }, closed),
    response: Type.Object({
      ticket: Type.String(),
      expiresAt: Instant,
      ways: Type.Array(FactorKindName, { description: 'Factors that the door will accept' }),
      /** The level for the sake of which other factors of the person are left out. */
      demanded: Nullable(oneOf(factorLevels)),
    }),
  },
  'POST /api/v1/sign-in/code': {
    permission: 'anyone',
    summary: 'Second step: the code; sets the session cookie',
    body: Type.Object({ ticket: Secret, code: Code }, closed),
    response: Session,
  },
  'POST /api/v1/sign-out': { permission: 'signed-in', summary: 'End this session', response: Empty },
  'GET /api/v1/session': { permission: 'signed-in', summary: 'Who I am and what I may do', response: Session },
  'GET /api/v1/sessions': {
    permission: 'signed-in',
    summary: 'My sessions',
    response: Type.Object({ sessions: Type.Array(SessionRow) }),
  },
  'DELETE /api/v1/sessions/:id': {
    permission: 'signed-in',
    summary: 'End one of my sessions',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/sessions/end-others': {
    permission: 'signed-in',
    summary: 'End all my sessions but this one',
    response: Type.Object({ ended: Type.Integer() }),
  },
  'PATCH /api/v1/profile': {
    permission: 'signed-in',
    summary: 'Change my own name or language',
    body: Type.Object({ name: Type.Optional(Name), language: Type.Optional(oneOf(['uk', 'en'] as const)) }, closed),
    response: Session,
  },
  'POST /api/v1/profile/password': {
    permission: 'signed-in',
    summary: 'Change my password; ends my other sessions',
    body: Type.Object({ current: Password, password: Password }, closed),
    response: Empty,
  },
  'GET /api/v1/people': {
    permission: 'person.read',
    summary: 'Colleagues',
    response: Type.Object({ people: Type.Array(Person) }),
  },
  'PATCH /api/v1/people/:id': {
    permission: 'person.update',
    summary: 'Change a person’s name, roles, department, or whether the person may sign in',
    params: Id,
    body: Type.Object(
      {
        name: Type.Optional(Name),
        roles: Type.Optional(RoleReferences),
        departmentId: Type.Optional(Uuid),
        active: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    response: Person,
  },
  'GET /api/v1/invitations': {
    permission: 'person.invite',
    summary: 'Invitations that wait',
    response: Type.Object({ invitations: Type.Array(Invitation) }),
  },
  'POST /api/v1/invitations': {
    permission: 'person.invite',
    summary: 'Invite a person; the link is shown once',
    body: Type.Object({ name: Name, email: Address, roles: RoleReferences, departmentId: Uuid }, closed),
    response: Type.Object({ invitation: Invitation, link: Type.String() }),
  },
  'POST /api/v1/invitations/:id/send-again': {
    permission: 'person.invite',
    summary: 'A new link for an invitation that waits, by letter and once on the screen; the old link dies',
    params: Id,
    response: Type.Object({ invitation: Invitation, link: Type.String() }),
  },
  'DELETE /api/v1/invitations/:id': {
    permission: 'person.invite',
    summary: 'Withdraw an invitation',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/invitations/open': {
    permission: 'anyone',
    summary: 'What an invitation link is for; gives the authenticator secret',
    body: Type.Object({ token: Secret }, closed),
    response: Type.Object({
      organizationName: Type.String(),
      name: Type.String(),
      email: Type.String(),
      roles: Type.Array(RoleMark),
      enrolment: Enrolment,
    }),
  },
  'POST /api/v1/invitations/accept': {
    permission: 'anyone',
    summary: 'Join: password and the first code; signs in',
    body: Type.Object({ token: Secret, ticket: Secret, code: Code, password: Password }, closed),
    response: Joined,
  },
  'GET /api/v1/departments': {
    permission: 'department.read',
    summary: 'The department tree, flat',
    response: Type.Object({ departments: Type.Array(Department) }),
  },
  'POST /api/v1/departments': {
    permission: 'department.update',
    summary: 'Make a department',
    body: Type.Object({ name: Name, parentId: Type.Optional(Nullable(Uuid)) }, closed),
    response: Department,
  },
  'PATCH /api/v1/departments/:id': {
    permission: 'department.update',
    summary: 'Rename or move a department',
    params: Id,
    body: Type.Object(
      {
        name: Type.Optional(Name),
        parentId: Type.Optional(Nullable(Uuid)),
        /** The version that was seen; without it the change is made in any case. */
        version: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      closed,
    ),
    response: Department,
  },
  'DELETE /api/v1/departments/:id': {
    permission: 'department.update',
    summary: 'Delete an empty department',
    params: Id,
    response: Empty,
  },
  'GET /api/v1/organization': {
    permission: 'organization.read',
    summary: 'The organization',
    response: Type.Object({ id: Uuid, name: Type.String(), createdAt: Instant }),
  },
  'PATCH /api/v1/organization': {
    permission: 'organization.update',
    summary: 'Rename the organization',
    body: Type.Object({ name: Name }, closed),
    response: Type.Object({ id: Uuid, name: Type.String(), createdAt: Instant }),
  },
} as const satisfies RouteTable;

export type EnrolmentView = Type.Static<typeof Enrolment>;
export type SessionView = Type.Static<typeof Session>;
export type SessionRowView = Type.Static<typeof SessionRow>;
export type PersonView = Type.Static<typeof Person>;
export type DepartmentView = Type.Static<typeof Department>;
export type InvitationView = Type.Static<typeof Invitation>;
