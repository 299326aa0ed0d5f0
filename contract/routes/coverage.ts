/** Who is not covered: what each person proves herself with, against what is demanded of her. */
import Type from 'typebox';
import { factorLevels } from '../sign-in-rules.ts';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf, RoleMark, Uuid } from './shapes.ts';

/** `grace`: the factor is missing and there is time left; `walled`: it is missing and the time is over. */
export const coverageStates = ['met', 'grace', 'walled'] as const;
export const coverageFilters = ['all', 'lacking', 'grace', 'walled', 'sms-only', 'few-codes'] as const;
export type CoverageFilter = (typeof coverageFilters)[number];

const CoverageRow = Type.Object({
  personId: Uuid,
  name: Type.String(),
  roles: Type.Array(RoleMark),
  has: Type.Object({
    authenticators: Type.Integer(),
    passkeys: Type.Integer(),
    attestedKeys: Type.Integer({ description: 'Of the passkeys, those that the rule of attested keys accepts' }),
    sms: Type.Boolean(),
  }),
  codesLeft: Type.Integer(),
  smsOnly: Type.Boolean(),
  demanded: oneOf(factorLevels),
  demandedBy: Type.Array(Type.String(), { description: 'Names of roles; none: of everybody' }),
  state: oneOf(coverageStates),
  graceUntil: Nullable(Instant),
  lastSeenAt: Nullable(Instant),
});

export const coverageRoutes = {
  'GET /api/v1/security/coverage': {
    permission: 'security.read',
    summary: 'Who has which factor, what is demanded, and who lacks it',
    query: Type.Object({ show: Type.Optional(oneOf(coverageFilters)) }, { additionalProperties: false }),
    response: Type.Object({
      people: Type.Array(CoverageRow),
      counts: Type.Object({
        people: Type.Integer(),
        met: Type.Integer(),
        grace: Type.Integer(),
        walled: Type.Integer(),
        smsOnly: Type.Integer(),
        fewCodes: Type.Integer(),
      }),
    }),
  },
} as const satisfies RouteTable;

export type CoverageRowView = Type.Static<typeof CoverageRow>;
