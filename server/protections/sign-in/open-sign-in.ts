/** Puts the rooms of sign-in and access together behind one door. */
import type { CertificateTrouble } from '#contract';
import type { Database, Transaction } from '#database';
import type { Visitor } from '#http';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { Mail } from '#mail';
import { openMail } from '#mail';
import type {
  Actor,
  LeavingStep,
  PeopleDirectory,
  PersonMoved,
  RecordHandOver,
  SharingDeps,
  SignInTies,
} from '#protections/access';
import {
  accessHandlers,
  elevationSteps,
  accessPosture,
  headSteps,
  openPeopleDirectory,
  roleSteps,
  sharingSteps,
} from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import type { Sms } from '#sms';
import { openSms } from '#sms';
import type { NewPersonInput } from './create-person.ts';
import { createPerson } from './create-person.ts';
import type { CoverageHandlers } from './demands/coverage.ts';
import { coverageHandlers } from './demands/coverage.ts';
import type { SignInDeps, SignInLog } from './deps.ts';
import { revokeDevices } from './devices/device-store.ts';
import { expireDevices } from './devices/expire-devices.ts';
import type { DeviceHandlers } from './devices/routes.ts';
import { deviceHandlers } from './devices/routes.ts';
import type { FactorHandlers } from './factor-routes.ts';
import { factorHandlers } from './factor-routes.ts';
import { openFailures } from './failures.ts';
import { actorByEmail, actorById } from './find-actor.ts';
import { unansweredInvitations, withdrawInvitationsBy } from './invitation-store.ts';
import { signInLeavingSteps } from './leaving-steps.ts';
import { openKeyActors } from './api-keys/key-actors.ts';
import { keyPosture } from './api-keys/key-posture.ts';
import { revokeKeys } from './api-keys/key-store.ts';
import type { ApiKeyHandlers } from './api-keys/routes.ts';
import { apiKeyHandlers } from './api-keys/routes.ts';
import { tellEndingKeys } from './api-keys/tell-ending.ts';
import { emergencyTriesMax } from './emergency/emergency-sign-in.ts';
import { emergencyPosture } from './emergency/posture.ts';
import type { EmergencyHandlers } from './emergency/routes.ts';
import { emergencyHandlers } from './emergency/routes.ts';
import { remindOfSheet } from './emergency/show-sheet.ts';
import { openResetLimit } from './links/reset-limit.ts';
import { openBackground } from './links/background.ts';
import { tellDeputy } from './links/tell-deputy.ts';
import type { LinkHandlers } from './links/routes.ts';
import { linkHandlers } from './links/routes.ts';
import { tellElevation, tellPeople } from './links/tell-people.ts';
import { tellWatchers } from './emergency/watchers.ts';
import { dayInWords, momentInWords } from './links/letters.ts';
import type { OperatorRecovery } from './recovery/operator-recovery.ts';
import { recoverByOperator } from './recovery/operator-recovery.ts';
import type { RecoveryHandlers } from './recovery/routes.ts';
import { recoveryHandlers } from './recovery/routes.ts';
import type { RefusedVisitor } from './note-refusal.ts';
import { openNetworkLimit } from './network-limit.ts';
import { openNoteRefusal } from './note-refusal.ts';
import type { SmsHandlers } from './sms-codes/routes.ts';
import { smsHandlers } from './sms-codes/routes.ts';
import { signInPosture } from './posture.ts';
import type { PeopleHandlers } from './routes.ts';
import { signInHandlers } from './routes.ts';
import { openRules } from './rules.ts';
import type { SecurityHandlers } from './rules-routes.ts';
import { securityHandlers } from './rules-routes.ts';
import { countOpenSessions, endSessions } from './session-store.ts';
import { sweepOver } from './sweep-over.ts';
import { openSessions } from './session.ts';
import { openSetupToken } from './setup-token.ts';
import { openOpenId } from './sso/openid.ts';
import type { SsoHandlers } from './sso/routes.ts';
import { ssoHandlers } from './sso/routes.ts';
import type { SetUpInput, SetUpResult } from './setup.ts';
import { setUp } from './setup.ts';
import { openTickets } from './tickets.ts';

export type SignInOptions = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  /** Letters; none are sent when it is not given. */
  mail?: Mail;
  /** The origin people use, without a slash at the end; links are made of it. */
  origin: () => string;
  /** Shared with whoever lists owners; one of its own when none is given. */
  directory?: PeopleDirectory;
  log?: SignInLog;
  /** How the clients of somebody who leaves go to others. Without it nobody leaves: clients must not be forgotten. */
  records?: RecordHandOver;
  /** What other rooms end when somebody leaves. */
  leavingSteps?: readonly LeavingStep[];
  /** What else happens when somebody works in another department from now on. */
  moved?: PersonMoved;
  /** None when not given. */
  sms?: Sms;
};

export type SignIn = {
  /** The actor of a session token. @throws session.missing, session.expired, session.network_denied, session.hours_denied */
  actorOf(token: string, visitor: Visitor): Promise<Actor>;
  /** The actor of an API key. @throws api-key.refused, api-key.too_many, session.network_denied, session.hours_denied */
  actorOfKey(secret: string, visitor: Visitor): Promise<Actor>;
  /** Letters to owners of keys that end soon. */
  tellEndingKeys(): Promise<void>;
  handlers: ApiKeyHandlers &
    DeviceHandlers &
    PeopleHandlers &
    LinkHandlers &
    FactorHandlers &
    SmsHandlers &
    RecoveryHandlers &
    EmergencyHandlers &
    SsoHandlers &
    SecurityHandlers &
    CoverageHandlers;
  directory: PeopleDirectory;
  /** Tells people by letter that a client was shared with them. */
  tellShared: SharingDeps['tell'];
  /** Tells all owners, and everybody who may change protections, that the root key went onto paper. */
  tellKitMade(
    tx: Transaction,
    seals: OrganizationSeals,
    notice: { person: string; device: string; address: string; at: Date },
  ): Promise<number>;
  /** Tells the same people that the certificate of the connection is in trouble. */
  tellCertificateTrouble(
    tx: Transaction,
    seals: OrganizationSeals,
    notice: { trouble: CertificateTrouble; host: string; until: Date },
  ): Promise<number>;
  /** Tells them that a certificate by which a receiver of the log knows us ends. */
  tellClientEnding(
    tx: Transaction,
    seals: OrganizationSeals,
    notice: { address: string; until: Date },
  ): Promise<number>;
  /** For other rooms that change rights. */
  ties: SignInTies;
  setupNeeded(): Promise<boolean>;
  /** The one-time set-up link of this process. */
  createSetupLink(): string;
  /** The first organization, made by a local operator. @throws setup.already_done, password.*, field.email_invalid */
  setUp(input: SetUpInput, visitor?: RefusedVisitor): Promise<SetUpResult>;
  /** One more organization in this installation; no route leads here. */
  addOrganization(input: SetUpInput, visitor?: RefusedVisitor): Promise<SetUpResult>;
  /**
   * A local operator acts as this person; recorded as a sign-in from the command line.
   * @throws person.not_found (nobody active with this e-mail), person.several_organizations (`within` says which)
   */
  actorByEmail(email: string, within?: string, visitor?: Partial<RefusedVisitor>): Promise<Actor>;
  /** The person as an actor, for work that goes on without a request (an import); undefined when deactivated. */
  actorById(organizationId: string, personId: string, visitor?: Partial<RefusedVisitor>): Promise<Actor | undefined>;
  /** A local operator lets a person connect a new factor. @throws person.not_found, person.several_organizations (`within` says which) */
  recover(email: string, within?: string, visitor?: RefusedVisitor): Promise<OperatorRecovery>;
  /** Makes a person without an invitation, in the caller’s transaction. For demonstration data only: no audit entry. */
  createPerson(
    tx: Transaction,
    seals: OrganizationSeals,
    input: NewPersonInput,
  ): Promise<{ personId: string; otpauthUri: string; recoveryCodes: string[] }>;
  /** The first organization of the installation. */
  defaultOrganization(): Promise<string | null>;
  /** Removes sessions and invitations that ended. */
  sweep(): Promise<void>;
  posture: PostureCheck[];
  /** Waits for what is still being written. */
  close(): Promise<void>;
};

const commandLine: RefusedVisitor = { address: 'local', device: 'Lubart CLI', requestId: 'cli' };

const missing = () => Promise.reject(new LubartError('server.failed', { details: { reason: 'no hand-over' } }));
const noHandOver: RecordHandOver = { count: missing, give: missing };

export function openSignIn(options: SignInOptions): SignIn {
  const { database, keyring, auditLog, clock } = options;
  const organizations = async (): Promise<string[]> => {
    const rows = await database.outside((sql) => sql`SELECT lubart_organization_ids() AS id`);
    return rows.map((row) => row['id'] as string);
  };
  let first: string | null = null;
  const defaultOrganization = async () => (first ??= (await organizations())[0] ?? null);
  const failed = (error: unknown) =>
    options.log?.error({ kind: error instanceof Error ? error.name : typeof error }, 'refusal not recorded');
  const background = openBackground((error) =>
    options.log?.error({ kind: error instanceof Error ? error.name : typeof error }, 'a letter could not be queued'),
  );
  const rules = openRules({ database, clock });
  const keyActors = openKeyActors({ ...options, rules });
  const ofPeople = openSessions({ ...options, rules });
  // Whatever makes a session untrue makes the keys of its person untrue.
  const sessions: typeof ofPeople = {
    ...ofPeople,
    forget: () => {
      ofPeople.forget();
      keyActors.forget();
    },
  };
  const directory = options.directory ?? openPeopleDirectory(options);
  const deps: SignInDeps = {
    database,
    keyring,
    auditLog,
    clock,
    origin: options.origin,
    mail: options.mail ?? openMail({ ...options, settings: undefined }),
    resetLimit: openResetLimit(clock),
    emergencyLimit: openNetworkLimit(clock, emergencyTriesMax),
    background,
    directory,
    rules,
    sessions,
    defaultOrganization,
    organizations,
    openId: openOpenId(),
    sms: options.sms ?? openSms(undefined),
    failures: openFailures(database, clock),
    noteRefusal: openNoteRefusal({ auditLog, defaultOrganization, failed }),
    tickets: openTickets(keyring.root, clock),
    setupToken: openSetupToken(),
  };
  const ties = {
    endSessions: async (tx: Transaction, organizationId: string, personId: string) =>
      (await endSessions(tx, { organizationId, personId, at: clock.now() })).length,
    revokeKeys: (tx: Transaction, organizationId: string, personId: string) =>
      revokeKeys(tx, { organizationId, personId, at: clock.now() }),
    revokeDevices: (tx: Transaction, organizationId: string, personId: string) =>
      revokeDevices(tx, { organizationId, personId }, { at: clock.now() }),
    withdrawInvitationsBy: (tx: Transaction, organizationId: string, personId: string) =>
      withdrawInvitationsBy(tx, organizationId, personId, clock.now()),
    openSessionsByPerson: (tx: Transaction, organizationId: string) =>
      countOpenSessions(tx, organizationId, clock.now()),
    unansweredInvitations,
    forgetSessions: () => sessions.forget(),
  };
  return {
    actorOf: (token, visitor) => sessions.actorOf(token, visitor),
    actorOfKey: (secret, visitor) => keyActors.actorOf(secret, visitor),
    tellEndingKeys: async () => {
      for (const id of await organizations()) await tellEndingKeys(deps, id);
    },
    handlers: {
      ...signInHandlers(deps),
      ...linkHandlers(deps),
      ...factorHandlers(deps),
      ...smsHandlers(deps),
      ...recoveryHandlers(deps),
      ...emergencyHandlers(deps),
      ...ssoHandlers(deps),
      ...securityHandlers(deps),
      ...apiKeyHandlers(deps),
      ...deviceHandlers(deps),
      ...coverageHandlers(deps),
      ...accessHandlers({
        database,
        keyring,
        auditLog,
        clock,
        directory,
        ties,
        tellElevation: (tx, seals, personIds, notice) => tellElevation(deps, tx, seals, personIds, notice),
        tellDeputy: (tx, seals, personIds, notice) => tellDeputy(deps, tx, seals, personIds, notice),
        steps: [
          ...signInLeavingSteps,
          ...roleSteps,
          ...headSteps,
          ...sharingSteps,
          ...elevationSteps,
          ...(options.leavingSteps ?? []),
        ],
        records: options.records ?? noHandOver,
        ...(options.moved && { moved: options.moved }),
      }),
    },
    directory,
    tellShared: (tx, seals, personIds, { by, kind, recordId, right, until }) =>
      tellPeople(deps, tx, seals, personIds, 'clientShared', (language) => ({
        by,
        edit: right === 'edit',
        until: momentInWords(language, until),
        link: `${options.origin()}/${kind === 'contact' ? 'contacts' : 'companies'}/${recordId}`,
      })),
    tellKitMade: (tx, seals, { at, ...notice }) =>
      tellWatchers(deps, tx, seals, 'kitMade', ({ language }) => ({
        ...notice,
        when: momentInWords(language, at),
        link: `${options.origin()}/security/kit`,
      })),
    tellCertificateTrouble: (tx, seals, { trouble, host, until }) =>
      tellWatchers(deps, tx, seals, 'certificateTrouble', ({ language }) => ({
        trouble,
        host,
        until: dayInWords(language, until),
        isOver: until <= clock.now(),
        link: `${options.origin()}/security/connection`,
      })),
    tellClientEnding: (tx, seals, { address, until }) =>
      tellWatchers(deps, tx, seals, 'clientEnding', ({ language }) => ({
        receiver: address,
        until: dayInWords(language, until),
        isOver: until <= clock.now(),
        link: `${options.origin()}/security/receivers`,
      })),
    ties,
    defaultOrganization,
    setupNeeded: async () => (await defaultOrganization()) === null,
    createSetupLink: () => `${options.origin()}/setup#token=${deps.setupToken.create()}`,
    setUp: (input, visitor = commandLine) => setUp(deps, visitor, input, true),
    addOrganization: (input, visitor = commandLine) => setUp(deps, visitor, input, false),
    actorByEmail: (email, within, visitor = {}) => actorByEmail(deps, email, within, { ...commandLine, ...visitor }),
    actorById: (organizationId, personId, visitor = {}) =>
      actorById(deps, organizationId, personId, { address: 'local', device: 'Lubart', requestId: 'job', ...visitor }),
    recover: (email, within, visitor = commandLine) => recoverByOperator(deps, email, within, visitor),
    createPerson: (tx, seals, input) => createPerson(deps, tx, seals, input),
    sweep: async () => {
      for (const id of await organizations()) {
        await sweepOver(deps, id);
        await expireDevices(deps, id);
        await remindOfSheet(deps, id);
      }
    },
    posture: [
      ...signInPosture({ database, keyring, clock, organizations, origin: options.origin }),
      ...keyPosture({ database, clock, organizations }),
      ...emergencyPosture({ database, clock, organizations }),
      ...accessPosture({ database, organizations, clock, ties }),
    ],
    close: async () => {
      await background.settle();
      await sessions.settle();
      await keyActors.settle();
    },
  };
}
