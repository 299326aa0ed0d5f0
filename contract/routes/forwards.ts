/** Receivers of the log: those outside to whom every entry is sent, in order and with its place. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });

export const forwardKinds = ['syslog', 'webhook', 'file'] as const;
export type ForwardKind = (typeof forwardKinds)[number];
export const forwardForms = ['ocsf', 'cef'] as const;
export type ForwardForm = (typeof forwardForms)[number];

/** Why the newest entries have not arrived. */
export const forwardProblems = [
  'unreachable',
  'certificate_wrong',
  'address_forbidden',
  'refused',
  'not_confirmed',
  'not_written',
] as const;
export type ForwardProblem = (typeof forwardProblems)[number];

export const Forward = Type.Object({
  id: Uuid,
  kind: oneOf(forwardKinds),
  form: oneOf(forwardForms),
  /** host:port; of a webhook only its host, for the rest may hold a token; or where the file lies. */
  address: Type.String(),
  /** Names of who acted go along in plain. */
  withNames: Type.Boolean(),
  /** Only servers of the given authority are believed. */
  ownAuthority: Type.Boolean(),
  addedAt: Instant,
  /** The index of the entry that is sent next. */
  next: Type.Integer(),
  deliveredAt: Nullable(Instant),
  /** Entries that wait, and since when the oldest of them does. */
  waiting: Type.Integer(),
  waitsSince: Nullable(Instant),
  triedAt: Nullable(Instant),
  problem: Nullable(oneOf(forwardProblems)),
});
export type ForwardView = Type.Static<typeof Forward>;

export const forwardRoutes = {
  'GET /api/v1/security/forwards': {
    permission: 'security.read',
    summary: 'Where the log is sent, and how far each receiver is',
    response: Type.Object({ forwards: Type.Array(Forward) }),
  },
  'POST /api/v1/security/forwards': {
    permission: 'security.update',
    summary: 'Send the log to syslog over TLS (RFC 5425), a webhook or a file, as OCSF or CEF',
    body: Type.Object(
      {
        kind: oneOf(forwardKinds),
        form: oneOf(forwardForms),
        address: Type.Optional(
          Type.String({ maxLength: 500, description: 'host:port of syslog, https:// of a webhook' }),
        ),
        authority: Type.Optional(Type.String({ maxLength: 20_000, description: 'PEM; only its servers are believed' })),
        withNames: Type.Optional(Type.Boolean()),
        from: Type.Optional(oneOf(['now', 'beginning'])),
      },
      closed,
    ),
    response: Type.Object({
      forward: Forward,
      /** What a webhook is signed with (Standard Webhooks); shown this once. */
      secret: Nullable(Type.String()),
    }),
  },
  'POST /api/v1/security/forwards/:id/try': {
    permission: 'security.update',
    summary: 'Send what waits now',
    params: Id,
    response: Forward,
  },
  'DELETE /api/v1/security/forwards/:id': {
    permission: 'security.update',
    summary: 'Send nothing more to a receiver',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;
