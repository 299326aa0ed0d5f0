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
  'client_refused',
  'address_forbidden',
  'refused',
  'not_confirmed',
  'not_written',
] as const;
export type ForwardProblem = (typeof forwardProblems)[number];

/** How much time a client certificate has left. */
export const clientTimes = ['enough', 'ends_soon', 'over'] as const;

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
  /** For how long it has been behind; 0 when nothing waits. */
  lagSeconds: Type.Integer(),
  triedAt: Nullable(Instant),
  problem: Nullable(oneOf(forwardProblems)),
  lastFailure: Nullable(Type.Object({ at: Instant, problem: oneOf(forwardProblems) })),
  /** Entries of which its lines said that they are gone, or are not what was sealed. */
  gone: Type.Integer(),
  changed: Type.Integer(),
  pausedAt: Nullable(Instant),
  /** Who we are to a syslog server that asks; the key is never given out. */
  client: Nullable(
    Type.Object({
      subject: Type.String(),
      validUntil: Instant,
      fingerprint: Type.String(),
      time: oneOf(clientTimes),
    }),
  ),
});
export type ForwardView = Type.Static<typeof Forward>;

const Pem = Type.String({ maxLength: 20_000 });
const Client = Type.Object({ certificate: Pem, key: Pem }, closed);
export type ForwardClient = Type.Static<typeof Client>;
const Secret = Nullable(
  Type.String({ description: 'What a webhook is signed with (Standard Webhooks); shown this once' }),
);

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
        client: Type.Optional(Client),
        withNames: Type.Optional(Type.Boolean()),
        from: Type.Optional(oneOf(['now', 'beginning'])),
      },
      closed,
    ),
    response: Type.Object({ forward: Forward, secret: Secret }),
  },
  'PATCH /api/v1/security/forwards/:id': {
    permission: 'security.update',
    summary:
      'Change where the log is sent, its form, who is believed and who we are; a webhook of another address has another secret',
    params: Id,
    body: Type.Object(
      {
        form: Type.Optional(oneOf(forwardForms)),
        address: Type.Optional(Type.String({ maxLength: 500 })),
        authority: Type.Optional(Nullable(Pem)),
        client: Type.Optional(Nullable(Client)),
        withNames: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    response: Type.Object({ forward: Forward, secret: Secret }),
  },
  'POST /api/v1/security/forwards/:id/pause': {
    permission: 'security.update',
    summary: 'Send nothing to a receiver until it is resumed; what it missed is sent then',
    params: Id,
    response: Forward,
  },
  'POST /api/v1/security/forwards/:id/resume': {
    permission: 'security.update',
    summary: 'Go on sending from where it was paused',
    params: Id,
    response: Forward,
  },
  'POST /api/v1/security/forwards/:id/try': {
    permission: 'security.update',
    summary: 'Send what waits now; where nothing waits, the newest entry again',
    params: Id,
    response: Type.Object({ ...Forward.properties, sent: Type.Integer(), again: Type.Boolean() }),
  },
  'DELETE /api/v1/security/forwards/:id': {
    permission: 'security.update',
    summary: 'Send nothing more to a receiver',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;
