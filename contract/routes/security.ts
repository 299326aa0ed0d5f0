/** Rules of sign-in: networks, hours, sessions, factors; and ending the sessions of others. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf, Uuid } from './shapes.ts';
import {
  approvalsNeededMax,
  deviceDaysMax,
  factorLevels,
  recoveryWaitingHoursMax,
  sessionLimitsMax,
} from '../sign-in-rules.ts';

const closed = { additionalProperties: false };
const RoleKey = Type.String({ minLength: 1, maxLength: 80 });
const allowed = {
  anywhere: Type.Boolean(),
  places: Type.Array(Uuid, { maxItems: 100, description: 'Ids of places; none when `anywhere`' }),
};
const Clock = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'HH:MM in Europe/Kyiv' });
const Hours = Nullable(
  Type.Object(
    {
      days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }),
      from: Clock,
      to: Clock,
    },
    closed,
  ),
);
const limits = {
  idleHours: Type.Integer({ minimum: 1, maximum: sessionLimitsMax.idleHours }),
  days: Type.Integer({ minimum: 1, maximum: sessionLimitsMax.days }),
};

const deviceRule = {
  demanded: Type.Boolean({ description: 'Whether a new browser has to be approved' }),
  days: Type.Integer({ minimum: 1, maximum: deviceDaysMax, description: 'Days without use after which it expires' }),
};

const demand = {
  level: oneOf(factorLevels),
  since: Nullable(Type.Unsafe<string>({ ...Instant, description: 'Written by the server; what is sent is not read' })),
};

const sections = {
  networks: Type.Object(
    {
      places: Type.Array(
        Type.Object(
          {
            id: Uuid,
            name: Type.String({ minLength: 1, maxLength: 80 }),
            ranges: Type.Array(Type.String({ minLength: 2, maxLength: 60 }), { minItems: 1, maxItems: 50 }),
          },
          closed,
        ),
        { maxItems: 100 },
      ),
      organization: Type.Object(allowed, closed),
      roles: Type.Array(Type.Object({ role: RoleKey, ...allowed }, closed), { maxItems: 100 }),
      people: Type.Array(Type.Object({ personId: Uuid, ...allowed }, closed), { maxItems: 500 }),
    },
    closed,
  ),
  hours: Type.Object(
    {
      organization: Hours,
      roles: Type.Array(Type.Object({ role: RoleKey, hours: Hours }, closed), { maxItems: 100 }),
      people: Type.Array(Type.Object({ personId: Uuid, hours: Hours }, closed), { maxItems: 500 }),
    },
    closed,
  ),
  sessions: Type.Object(
    {
      organization: Type.Object(limits, closed),
      roles: Type.Array(Type.Object({ role: RoleKey, ...limits }, closed), { maxItems: 100 }),
    },
    closed,
  ),
  devices: Type.Object(
    {
      organization: Type.Object(deviceRule, closed),
      roles: Type.Array(Type.Object({ role: RoleKey, ...deviceRule }, closed), { maxItems: 100 }),
    },
    closed,
  ),
  factors: Type.Object(
    {
      organization: Type.Object(demand, closed),
      roles: Type.Array(Type.Object({ role: RoleKey, ...demand }, closed), { maxItems: 100 }),
      graceDays: Type.Integer({ minimum: 0, maximum: 90 }),
      attested: Type.Object(
        {
          models: Type.Array(Type.Unsafe<string>({ ...Uuid, description: 'AAGUID' }), { maxItems: 200 }),
          roots: Type.Array(Type.String({ minLength: 1, maxLength: 8_000, description: 'PEM' }), { maxItems: 20 }),
        },
        closed,
      ),
      sms: Type.Object(
        {
          allowed: Type.Boolean(),
          prefixes: Type.Array(Type.String({ pattern: '^\\+[1-9]\\d{0,4}$' }), { minItems: 1, maxItems: 50 }),
          dayMax: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Messages a day' }),
          prefixDayMax: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 10_000, description: 'Of them to one prefix; as many, when not set' }),
          ),
        },
        closed,
      ),
    },
    closed,
  ),
  recovery: Type.Object(
    {
      approvers: Type.Object(
        { roles: Type.Array(RoleKey, { maxItems: 100 }), people: Type.Array(Uuid, { maxItems: 100 }) },
        closed,
      ),
      needed: Type.Integer({ minimum: 1, maximum: approvalsNeededMax }),
      waitingHours: Type.Integer({ minimum: 0, maximum: recoveryWaitingHoursMax }),
    },
    closed,
  ),
};

const Change = Type.Object(
  {
    networks: Type.Optional(sections.networks),
    hours: Type.Optional(sections.hours),
    sessions: Type.Optional(sections.sessions),
    devices: Type.Optional(sections.devices),
    factors: Type.Optional(sections.factors),
    recovery: Type.Optional(sections.recovery),
  },
  closed,
);
const Rules = Type.Object({
  version: Type.Integer({ description: '0: nothing was ever set' }),
  ...sections,
  address: Type.String({ description: 'Where this request came from' }),
  smsConfigured: Type.Boolean({ description: 'A provider of SMS is set' }),
});

const Few = Type.Object({ count: Type.Integer(), names: Type.Array(Type.String(), { description: 'The first five' }) });

export const securityRoutes = {
  'GET /api/v1/security/rules': {
    permission: 'security.read',
    summary: 'The rules of sign-in as they hold now',
    response: Rules,
  },
  'PUT /api/v1/security/rules': {
    permission: 'security.update',
    summary: 'Set sections of the rules; locking oneself out is refused',
    body: Type.Object({ version: Type.Integer({ minimum: 0 }), change: Change }, closed),
    response: Rules,
  },
  'POST /api/v1/security/rules/preview': {
    permission: 'security.update',
    summary: 'Who would be locked out now, by the address of last use, were these rules saved',
    body: Type.Object({ change: Change }, closed),
    response: Type.Object({
      self: Type.Boolean(),
      people: Type.Array(
        Type.Object({
          personId: Uuid,
          name: Type.String(),
          address: Type.String(),
          byNetwork: Type.Boolean(),
          byHours: Type.Boolean(),
        }),
      ),
      openSessions: Type.Integer(),
      /** Whom the rules of factors would concern: who lacks what is demanded, and who has nothing but SMS. */
      factors: Type.Object({ lacking: Type.Integer(), smsOnly: Type.Integer() }),
    }),
  },
  'POST /api/v1/security/recovery/preview': {
    permission: 'security.read',
    summary: 'Whom somebody who lost the phone would ask by these rules, and who has too few to ask',
    body: sections.recovery,
    response: Type.Object({
      people: Type.Array(
        Type.Object({
          personId: Uuid,
          name: Type.String(),
          owner: Type.Boolean({ description: 'Only owners vouch for owners' }),
          mayApprove: Type.Boolean({ description: 'False: named, but without the right to recover people' }),
        }),
      ),
      short: Type.Object({ ...Few.properties }, { description: 'Fewer than needed: all of them must, after 72 hours' }),
      nobody: Type.Object({ ...Few.properties }, { description: 'Nobody to ask: the sheet or the server' }),
    }),
  },
  'DELETE /api/v1/people/:id/sessions': {
    permission: 'security.update',
    summary: 'End every session of a person',
    params: Type.Object({ id: Uuid }),
    response: Type.Object({ ended: Type.Integer() }),
  },
} as const satisfies RouteTable;

export type RulesView = Type.Static<typeof Rules>;
export type RulesChange = Type.Static<typeof Change>;
