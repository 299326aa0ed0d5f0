/** Who asks. Made once per request from the session, handed on as an argument, never ambient. */
import type { Role } from '#contract';

/** What a person can have proved in a session: it stands in the session and in the audit log. */
export const provenFactors = [
  'password',
  'totp',
  /** The key was there. */
  'passkey',
  /** The key was there and asked for finger, face or PIN: two factors in one. */
  'passkey-verified',
  'sms',
  'recovery',
  'sso',
  // A second factor at the provider, proved by its token.
  'sso-proved',
  'link',
  'break-glass',
] as const;
export type ProvenFactor = (typeof provenFactors)[number];

export type Actor = {
  readonly organizationId: string;
  readonly personId: string;
  readonly sessionId: string | null;
  readonly name: string;
  readonly role: Role;
  readonly departmentId: string;
  /** The person’s department with all departments below it. */
  readonly departmentIds: readonly string[];
  /** What was proved in this session; nothing for a local operator or a job. */
  readonly factors: readonly ProvenFactor[];
  /** When a factor was proved the last time; null when none was. */
  readonly provedAt: Date | null;
  readonly language: 'uk' | 'en';
  /** Where the request came from, for the audit log. */
  readonly address: string;
  readonly device: string;
  readonly requestId: string;
};
