/** What the rooms of sign-in hand to one another. */
import type { Database } from '#database';
import type { Visitor } from '#http';
import type { Clock } from '#kernel';
import type { Mail } from '#mail';
import type { PeopleDirectory } from '#protections/access';
import type { AuditLog, Doer } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import type { Sms } from '#sms';
import type { Failures } from './failures.ts';
import type { Background } from './links/background.ts';
import type { ResetLimit } from './links/reset-limit.ts';
import type { NetworkLimit } from './network-limit.ts';
import type { NoteRefusal } from './note-refusal.ts';
import type { Rules } from './rules.ts';
import type { Sessions } from './session.ts';
import type { SetupToken } from './setup-token.ts';
import type { OpenId } from './sso/openid.ts';
import type { Tickets } from './tickets.ts';

export type SignInLog = { error(facts: object, text: string): void };

export type SignInDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  origin: () => string;
  mail: Mail;
  /** How often a network may ask for password letters, and bring emergency sheets. */
  resetLimit: ResetLimit;
  emergencyLimit: NetworkLimit;
  background: Background;
  directory: PeopleDirectory;
  failures: Failures;
  noteRefusal: NoteRefusal;
  rules: Rules;
  sessions: Sessions;
  tickets: Tickets;
  setupToken: SetupToken;
  defaultOrganization: () => Promise<string | null>;
  organizations: () => Promise<string[]>;
  openId: OpenId;
  sms: Sms;
};

/** The doer of what a visitor does who is not (yet) an actor. */
export function doerAt(
  organizationId: string,
  actor: Doer['actor'],
  visitor: Pick<Visitor, 'address' | 'device' | 'requestId'>,
): Doer {
  const { address, device, requestId } = visitor;
  return { organizationId, actor, address, device, requestId };
}
