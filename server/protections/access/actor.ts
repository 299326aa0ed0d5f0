/** Who asks. Made once per request from the session, handed on as an argument, never ambient. */
import type { Role } from '#contract';

export type Actor = {
  readonly organizationId: string;
  readonly personId: string;
  readonly sessionId: string | null;
  readonly name: string;
  readonly role: Role;
  readonly departmentId: string;
  /** The person’s department with all departments below it. */
  readonly departmentIds: readonly string[];
  readonly language: 'uk' | 'en';
  /** Where the request came from, for the audit log. */
  readonly address: string;
  readonly device: string;
  readonly requestId: string;
};
