/** Access reviews: campaigns, the rights that somebody is asked about, answers, and the signed result. */
import Type from 'typebox';
import { escalations, reviewAnswers, reviewIntervals, reviewKinds, reviewOutcomes, reviewReasons } from '../reviews.ts';
import type { ReviewRules } from '../reviews.ts';
import { errorStatus } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { FieldRightTable, GrantTable } from './roles.ts';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, PermissionName, RoleMark, Uuid, oneOf } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const Count = Type.Integer({ minimum: 0 });
const Days = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const Person = Type.Object({ id: Uuid, name: Type.String() });

const Rules = Type.Unsafe<ReviewRules>(
  Type.Object(
    {
      calendar: Type.Boolean(),
      intervalMonths: Type.Union(reviewIntervals.map((months) => Type.Literal(months))),
      deadlineDays: Days(3, 60),
      reminderDays: Type.Array(Days(1, 59), { maxItems: 5 }),
      escalateDays: Days(0, 59),
      escalateTo: oneOf(escalations),
      keepYears: Days(1, 10),
    },
    closed,
  ),
);

/** What helps to answer: read once, when the campaign started. */
const Hints = Type.Object({
  lastUsedAt: Nullable(Instant),
  lastSeenAt: Nullable(Instant),
  /** The person has not been here for a month. */
  sleeping: Type.Boolean(),
  /** Colleagues of the same department, and how many of them have the same. */
  peers: Count,
  peersWith: Count,
  /** None or few of them have it. */
  unusual: Type.Boolean(),
  /** Rights that reach further than anybody’s in the department. */
  wider: Type.Array(PermissionName),
  givenBy: Nullable(Type.String()),
  givenAt: Instant,
  previous: Nullable(Type.Object({ outcome: oneOf(reviewOutcomes), at: Instant })),
});
const Right = Type.Object({
  id: Uuid,
  person: Person,
  department: Type.String(),
  kind: oneOf(reviewKinds),
  /** Of roles: which; null of other kinds. */
  role: Nullable(RoleMark),
  name: Type.String(),
  grants: GrantTable,
  fieldRights: FieldRightTable,
  until: Nullable(Instant),
  hints: Hints,
  reviewer: Nullable(Person),
  escalatedTo: Nullable(Type.String({ description: 'Name; empty: whoever runs reviews' })),
  answer: Nullable(oneOf(reviewAnswers)),
  answeredBy: Nullable(Type.String()),
  answeredAt: Nullable(Instant),
  note: Nullable(Type.String()),
  outcome: Nullable(oneOf(reviewOutcomes)),
  refused: Nullable(oneOf(Object.keys(errorStatus) as ErrorCode[])),
});
const Numbers = { total: Count, answered: Count, kept: Count, withdrawn: Count, refused: Count };
const Campaign = Type.Object({
  id: Uuid,
  reason: oneOf(reviewReasons),
  person: Nullable(Person),
  startedBy: Nullable(Type.String()),
  startedAt: Instant,
  deadlineAt: Instant,
  closing: Type.Boolean(),
  closedAt: Nullable(Instant),
  ...Numbers,
});
/** What will happen to a right that nobody answers for. */
const Fate = Type.Object({
  id: Uuid,
  person: Person,
  name: Type.String(),
  reviewer: Nullable(Person),
  /** Why it will stay after all. */
  held: Nullable(oneOf(Object.keys(errorStatus) as ErrorCode[])),
});
const Verification = Type.Object({
  valid: Type.Boolean(),
  keyId: Uuid,
  publicKey: Type.String(),
  signature: Type.String(),
  sha256: Type.String(),
  signedAt: Instant,
});

export const reviewRoutes = {
  'GET /api/v1/reviews': {
    permission: 'review.read',
    summary: 'Campaigns, the newest first, as far as the asker’s departments go',
    response: Type.Object({ campaigns: Type.Array(Campaign) }),
  },
  'POST /api/v1/reviews': {
    permission: 'review.run',
    summary: 'Start a campaign now; with dryRun: how many people, rights and reviewers there would be',
    body: Type.Object({ dryRun: Type.Boolean(), deadlineDays: Type.Optional(Days(3, 60)) }, closed),
    response: Type.Object({ id: Nullable(Uuid), people: Count, rights: Count, reviewers: Count, withoutHead: Count }),
  },
  'GET /api/v1/reviews/waiting': {
    permission: 'signed-in',
    summary: 'How many rights wait for the asker’s answer, and until when',
    response: Type.Object({ rights: Count, until: Nullable(Instant) }),
  },
  'GET /api/v1/reviews/mine': {
    permission: 'review.answer',
    summary: 'The rights that the asker is asked about in open campaigns, answered ones too',
    response: Type.Object({
      campaigns: Type.Array(
        Type.Object({ id: Uuid, reason: oneOf(reviewReasons), deadlineAt: Instant, rights: Type.Array(Right) }),
      ),
    }),
  },
  'GET /api/v1/reviews/rules': {
    permission: 'review.read',
    summary: 'How the organization reviews',
    response: Type.Object({ version: Type.Integer(), rules: Rules }),
  },
  'PUT /api/v1/reviews/rules': {
    permission: 'review.run',
    summary: 'Change how the organization reviews; open campaigns keep the rules they started with',
    body: Type.Object({ version: Type.Integer({ minimum: 0 }), rules: Rules }, closed),
    response: Type.Object({ version: Type.Integer(), rules: Rules }),
  },
  'GET /api/v1/reviews/:id': {
    permission: 'review.read',
    summary: 'One campaign: progress by reviewer, every right, and what happens to those nobody answers for',
    params: Id,
    response: Type.Object({
      campaign: Campaign,
      escalateAt: Instant,
      reviewers: Type.Array(
        Type.Object({ reviewer: Nullable(Person), total: Count, answered: Count, escalated: Count }),
      ),
      rights: Type.Array(Right),
      unanswered: Type.Array(Fate),
    }),
  },
  'POST /api/v1/reviews/:id/answers': {
    permission: 'review.answer',
    summary:
      'Confirm or withdraw rights; a withdrawal takes effect at once, one that a guard holds is reported as refused',
    params: Id,
    body: Type.Object(
      {
        answers: Type.Array(
          Type.Object(
            { itemId: Uuid, answer: oneOf(reviewAnswers), note: Type.Optional(Type.String({ maxLength: 500 })) },
            closed,
          ),
          { minItems: 1, maxItems: 200 },
        ),
      },
      closed,
    ),
    response: Type.Object({
      answers: Type.Array(
        Type.Object({
          itemId: Uuid,
          outcome: oneOf(reviewOutcomes),
          refused: Nullable(oneOf(Object.keys(errorStatus) as ErrorCode[])),
        }),
      ),
    }),
  },
  'POST /api/v1/reviews/:id/close': {
    permission: 'review.run',
    summary: 'Close before the deadline: what is unanswered is withdrawn, the result is signed',
    params: Id,
    body: Empty,
    response: Campaign,
  },
  'GET /api/v1/reviews/:id/result': {
    permission: 'review.read',
    summary: 'The signed result of a closed campaign, and whether its signature holds',
    params: Id,
    response: Type.Object({
      campaign: Campaign,
      organization: Type.String(),
      rights: Type.Array(Right),
      verification: Verification,
    }),
  },
  'GET /api/v1/reviews/:id/file': {
    permission: 'review.read',
    summary: 'The signed result as a file: canonical JSON (RFC 8785) under Ed25519 (RFC 8032)',
    params: Id,
    stream: 'response',
  },
} as const satisfies RouteTable;

export type ReviewCampaignView = Type.Static<typeof Campaign>;
export type ReviewRightView = Type.Static<typeof Right>;
export type ReviewFateView = Type.Static<typeof Fate>;
export type ReviewVerificationView = Type.Static<typeof Verification>;
