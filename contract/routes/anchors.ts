/** Where heads of the log are kept outside, besides witnesses: time stamps, letters, Telegram, an object that nobody can overwrite. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const Text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });

export const anchorKinds = ['stamp', 'letter', 'telegram', 'bucket'] as const;
export type AnchorKind = (typeof anchorKinds)[number];

/** Why the newest head is not kept outside. */
export const anchorProblems = [
  'unreachable',
  'refused',
  'answer_wrong',
  'clock_wrong',
  'not_delivered',
  'not_locked',
  'forked',
] as const;
export type AnchorProblem = (typeof anchorProblems)[number];

/** What became of a head that somebody kept, held against the log as it is now. */
export const headVerdicts = ['holds', 'cut', 'forked', 'not_signed', 'other_log', 'unreadable'] as const;
export type HeadVerdict = (typeof headVerdicts)[number];

export const Anchor = Type.Object({
  id: Uuid,
  kind: oneOf(anchorKinds),
  /** Where to, without secrets. */
  name: Type.String(),
  everyMinutes: Type.Integer(),
  addedAt: Instant,
  /** Entries under the head that is kept there. */
  size: Type.Integer(),
  anchoredAt: Nullable(Instant),
  triedAt: Nullable(Instant),
  nextAt: Instant,
  problem: Nullable(oneOf(anchorProblems)),
});
export type AnchorView = Type.Static<typeof Anchor>;

export const AnchorSettings = Type.Object(
  {
    stamp: Type.Optional(
      Type.Object(
        {
          address: Text(500, 'Address of the time stamping authority (RFC 3161 over HTTP)'),
          roots: Text(50_000, 'Its root certificate, PEM'),
        },
        closed,
      ),
    ),
    letter: Type.Optional(Type.Object({ to: Type.Array(Text(254, 'E-mail'), { minItems: 1, maxItems: 5 }) }, closed)),
    telegram: Type.Optional(
      Type.Object(
        {
          address: Type.Optional(Text(500, 'Address of the Bot API; api.telegram.org when not given')),
          token: Text(200, 'Token of the bot'),
          chat: Text(64, 'Id of the chat'),
        },
        closed,
      ),
    ),
    bucket: Type.Optional(
      Type.Object(
        {
          address: Text(500, 'Address of the S3 service'),
          region: Text(64, 'Region'),
          bucket: Text(63, 'Bucket with object lock'),
          prefix: Type.Optional(Text(200, 'Folder in the bucket')),
          accessKey: Text(128, 'Access key id'),
          secretKey: Text(256, 'Secret access key'),
          keepDays: Type.Integer({ minimum: 1, maximum: 3650, description: 'Days for which nobody can delete it' }),
        },
        closed,
      ),
    ),
  },
  { ...closed, minProperties: 1, maxProperties: 1 },
);
export type AnchorSettingsValue = Type.Static<typeof AnchorSettings>;

export const anchorRoutes = {
  'GET /api/v1/security/anchors': {
    permission: 'security.read',
    summary: 'Where heads of the log are kept outside, and since when',
    response: Type.Object({
      anchors: Type.Array(Anchor),
      size: Type.Integer(),
      /** Without a mail server there are no letters. */
      letters: Type.Boolean(),
    }),
  },
  'POST /api/v1/security/anchors': {
    permission: 'security.update',
    summary: 'Keep the heads of the log in one more place outside',
    body: Type.Object(
      {
        everyMinutes: Type.Integer({ minimum: 15, maximum: 10_080 }),
        settings: AnchorSettings,
      },
      closed,
    ),
    response: Anchor,
  },
  'POST /api/v1/security/anchors/:id/try': {
    permission: 'security.update',
    summary: 'Send the newest head there now',
    params: Id,
    response: Anchor,
  },
  'DELETE /api/v1/security/anchors/:id': {
    permission: 'security.update',
    summary: 'Send nothing more there; what is kept there stays',
    params: Id,
    response: Empty,
  },
  'GET /api/v1/security/anchors/:id/kept': {
    permission: 'security.read',
    summary: 'The head that was kept there last, and its time stamp',
    params: Id,
    response: Type.Object({
      head: Nullable(Type.String()),
      stamp: Nullable(Type.String({ description: 'TimeStampResp of RFC 3161, base64' })),
    }),
  },
  'POST /api/v1/security/heads/check': {
    permission: 'security.read',
    summary: 'Hold a head that was kept outside against the log as it is now',
    body: Type.Object({ head: Text(20_000, 'The text of a letter, a message or a file') }, closed),
    response: Type.Object({
      verdict: oneOf(headVerdicts),
      /** Entries under the kept head and under the newest one. */
      size: Nullable(Type.Integer()),
      newestSize: Type.Integer(),
    }),
  },
} as const satisfies RouteTable;
