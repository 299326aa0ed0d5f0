/** Witnesses of the log: those outside to whom its heads are sent, and the logs of others that this installation watches. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const Key = Type.String({ minLength: 1, maxLength: 400, description: 'A verifier key of C2SP signed-note' });

/** Why the newest head is not confirmed by a witness. */
export const witnessProblems = ['unreachable', 'refused', 'answer_wrong', 'clock_wrong', 'forked'] as const;
export type WitnessProblem = (typeof witnessProblems)[number];

export const Witness = Type.Object({
  id: Uuid,
  name: Type.String(),
  address: Type.String(),
  key: Type.String(),
  addedAt: Instant,
  /** Entries under the head that it confirmed last. */
  size: Type.Integer(),
  /** When it confirmed, by its own clock. */
  confirmedAt: Nullable(Instant),
  triedAt: Nullable(Instant),
  nextAt: Instant,
  problem: Nullable(oneOf(witnessProblems)),
});
export type WitnessView = Type.Static<typeof Witness>;

const WitnessedLog = Type.Object({
  id: Uuid,
  origin: Type.String(),
  size: Type.Integer(),
  cosignedAt: Nullable(Instant),
});
export type WitnessedLogView = Type.Static<typeof WitnessedLog>;

export const witnessRoutes = {
  'GET /api/v1/security/witnesses': {
    permission: 'security.read',
    summary: 'Who confirms the log outside, and how far back it could still be changed unseen',
    response: Type.Object({
      witnesses: Type.Array(Witness),
      logs: Type.Array(WitnessedLog),
      /** Entries under the newest head. */
      size: Type.Integer(),
      /** Seconds since the newest confirmation from outside; null: there is none, and everything could be changed. */
      secondsBack: Nullable(Type.Integer()),
      /** What others enter to have their logs watched here. */
      own: Type.Object({ address: Type.String(), key: Type.String(), logKey: Type.String() }),
    }),
  },
  'POST /api/v1/security/witnesses': {
    permission: 'security.update',
    summary: 'Send the heads of the log to a witness (C2SP tlog-witness)',
    body: Type.Object({ address: Type.String({ minLength: 1, maxLength: 500 }), key: Key }, closed),
    response: Witness,
  },
  'POST /api/v1/security/witnesses/:id/try': {
    permission: 'security.update',
    summary: 'Send the newest head to a witness now',
    params: Id,
    response: Witness,
  },
  'DELETE /api/v1/security/witnesses/:id': {
    permission: 'security.update',
    summary: 'Send nothing more to a witness',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/security/witnessed-logs': {
    permission: 'security.update',
    summary: 'Be the witness of somebody else’s log, known by its key',
    body: Type.Object({ key: Key }, closed),
    response: WitnessedLog,
  },
  'DELETE /api/v1/security/witnessed-logs/:id': {
    permission: 'security.update',
    summary: 'Confirm nothing more of a log; what was confirmed stays remembered',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/witness/:id/add-checkpoint': {
    permission: 'anyone',
    summary: 'Another log asks for a cosignature (C2SP tlog-witness)',
    params: Id,
    takes: 'text',
    body: Type.String({ maxLength: 20_000 }),
    stream: 'response',
  },
} as const satisfies RouteTable;
