/**
 * Puts Lubart together: rooms meet here, through narrow arguments, and nowhere else. Beside it: the HTTP side (open-http.ts), the way
 * under TLS (open-transit.ts), and what each job does (work-of-jobs.ts).
 */
import type { Database, DatabaseAddress, Transaction } from '#database';
import {
  appLogsIn,
  connect,
  migrate,
  openDatabase,
  requireVerifiedDatabase,
  verifiedConnection,
  watchDiskRoom,
} from '#database';
import type { Frame, Logger } from '#http';
import type { Config } from '#kernel';
import { systemClock } from '#kernel';
import type { Jobs } from '#jobs';
import { jobs, openJobs, prepareJobs, schedule, timeZone } from '#jobs';
import type { Mail } from '#mail';
import { openMail } from '#mail';
import { companyHandlers } from '#crm/companies';
import { contactHandlers, takeCompanyName } from '#crm/contacts';
import type { ExportDeps } from '#crm/exports';
import { decoyHandlers, openDecoyWatch } from '#crm/decoys';
import { historyHandlers } from '#crm/history';
import { erasureHandlers, erasurePosture, journalPath, openJournal, replayErasures } from '#crm/erasure';
import { endExports, exportHandlers, exportLeavingStep, exportPosture } from '#crm/exports';
import type { ImportDeps } from '#crm/import-export';
import { importHandlers, importLeavingStep, listImportsInState } from '#crm/import-export';
import type { RecordRoom } from '#crm/records';
import type { Actor, PeopleDirectory } from '#protections/access';
import type { AuditLog, Change, FindRecordSeal } from '#protections/audit-log';
import {
  companyKind,
  contactKind,
  countByOtherKeys,
  countReachable,
  findHolder,
  findHolderIn,
  findRow,
  openHandOver,
  openRecordRoom,
  reindexBatch,
  shownChanges,
} from '#crm/records';
import { explainHandlers, sharingHandlers } from '#protections/access';
import { statisticsHandlers } from '#crm/statistics';
import type { Reviews } from '#protections/access/reviews';
import { openReviews, reviewPosture } from '#protections/access/reviews';
import { auditHandlers, auditPosture, evidenceHandlers, logTileHandlers, openAuditLog } from '#protections/audit-log';
import type { LastVerified, LogKey } from '#protections/audit-log/tree';
import {
  headFilePath,
  logKeyFile,
  openHeadFile,
  openLogKey,
  openVerifiedFile,
  openWrappedKey,
  verifiedFilePath,
  wrappedKeyFile,
  openSealer,
  giveBundle,
  giveCheckpoint,
  giveTile,
  headOfLog,
  proveEntry,
  proveGrowth,
  provePlace,
  writeChosen,
  writeEvidence,
  treePosture,
} from '#protections/audit-log/tree';
import { investigationHandlers } from '#protections/audit-log/investigations';
import { retentionHandlers, retentionPosture } from '#protections/audit-log/retention';
import { forwardHandlers, forwardPosture } from '#protections/audit-log/forwarding';
import { anchoredAt, anchorHandlers, anchorPosture, stampedHeads } from '#protections/audit-log/anchors';
import { openWitnessKey, witnessHandlers, witnessPosture, wrappedWitnessKey } from '#protections/audit-log/witness';
import type { AskSecret, KeyPace, Keyring } from '#protections/encryption';
import { encryptionPosture, openKeepers, openKeyring, openRootKeyFile, systemReach } from '#protections/encryption';
import { kitHandlers, kitPosture } from '#protections/encryption/recovery-kit';
import type { RotationDeps } from '#protections/encryption/rotation';
import { keyHandlers, recordKeyActs, rotationPosture } from '#protections/encryption/rotation';
import type { PostureCheck } from '#protections/posture';
import type { SignIn } from '#protections/sign-in';
import { apiKeyKind, openSignIn } from '#protections/sign-in';
import { openSms } from '#sms';
import { importDirectory } from './import-directory.ts';
import { openSystemNotes } from './note-system.ts';
import type { AllHandlers } from './open-http.ts';
import { openHttp } from './open-http.ts';
import { openTransit } from './open-transit.ts';
import { tellOfCertificate } from './tell-of-certificate.ts';
import { workOfJobs } from './work-of-jobs.ts';
import { join } from 'node:path';

export type Lubart = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  logKey: LogKey;
  /** Notes of the newest heads, by organization, as they are kept beside the keys. */
  rememberedHeads(): Promise<ReadonlyMap<string, string>>;
  /** What a verification by the key of this installation found. */
  rememberVerified(organizationId: string, last: LastVerified): Promise<void>;
  signIn: SignIn;
  people: PeopleDirectory;
  contacts: RecordRoom;
  companies: RecordRoom;
  imports: ImportDeps;
  mail: Mail;
  jobs: Jobs;
  /** What every protection proves about itself in the running system. */
  posture: PostureCheck[];
  /** The functions behind all routes; with `imports` in place of our own where nobody else runs jobs. */
  handlers(imports?: ImportDeps): AllHandlers;
  rotation: RotationDeps;
  organizations(): Promise<string[]>;
  /** Hands out jobs and follows the schedule; unfinished imports go on. */
  startJobs(): Promise<void>;
  /** Opens the HTTP side; returns the address people open. */
  listen(webFolder: string): Promise<string>;
  /** Looks at once whether another certificate was put in place. */
  reloadCertificate(): Promise<void>;
  close(at?: (part: string) => void): Promise<void>;
};

export type LubartOptions = {
  address: DatabaseAddress;
  config: Pick<Config, 'dataFolder' | 'keyFile' | 'host' | 'port' | 'origin' | 'proxies' | 'tls' | 'language'> &
    Partial<Pick<Config, 'mail' | 'sms' | 'redirectPort' | 'certificateFrom' | 'keySources'>>;
  log: Logger;
  version: string;
  connections?: number;
  /** Asks on the terminal for what opens the key file. */
  askSecret?: AskSecret | undefined;
  /** How often keys are read anew; tests hurry. */
  keyPace?: KeyPace;
};

/** Migrates the database and puts the rooms together; nothing listens yet. @throws start.*, config.* */
export async function openLubart(options: LubartOptions): Promise<Lubart> {
  const migrations = await prepareDatabase(options.address);
  const requireRoom = 'url' in options.address ? undefined : watchDiskRoom(options.config.dataFolder);
  const database = openDatabase(options.address, options.connections, requireRoom);
  try {
    return await putTogether(options, database, migrations);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function putTogether(options: LubartOptions, database: Database, migrations: readonly string[]): Promise<Lubart> {
  const { address, config, log } = options;
  const clock = systemClock;
  const organizations = async () => {
    const rows = await database.outside(
      (sql) => sql`SELECT lubart_organization_ids AS id FROM lubart_organization_ids()`,
    );
    return rows.map((row) => row['id'] as string);
  };
  const known = await organizations();
  const root = await openRootKeyFile(
    config.keyFile,
    known.length === 0,
    openKeepers(config.keySources ?? {}, options.askSecret),
  );
  const keyring = openKeyring(root, database, options.keyPace);
  if (known[0] !== undefined) await keyring.of(known[0]); // a wrong key must be known now, not at the first request
  keyring.watch((error) =>
    log.error({ kind: error instanceof Error ? error.name : typeof error }, 'keys could not be read anew'),
  );
  const auditLog = openAuditLog(database, keyring, clock);
  const [signed] = await database.outside((sql) => sql`SELECT lubart_has_checkpoints() AS yes`);
  const logKey = await openLogKey(logKeyFile(config.keyFile), root, signed!['yes'] !== true);
  const witnessKey = await openWitnessKey(config.keyFile, root);
  const heads = openHeadFile(headFilePath(config.keyFile));
  const verified = openVerifiedFile(verifiedFilePath(config.keyFile));
  const sealer = openSealer({ database, logKey, clock, heads }, (error) =>
    log.error({ kind: error instanceof Error ? error.name : typeof error }, 'entries could not be sealed'),
  );
  let origin = config.origin ?? '';
  const queue = openJobs(address, log, schedule, timeZone);
  const mail = openMail({
    database,
    keyring,
    auditLog,
    clock,
    origin: () => origin,
    settings: config.mail,
    nudge: (organizationId) => queue.ask(jobs.deliverLetters, { organizationId }, organizationId, 1),
  });
  const sms = openSms(config.sms);
  const signIn = openSignIn({
    database,
    keyring,
    auditLog,
    clock,
    mail,
    sms,
    origin: () => origin,
    log,
    records: openHandOver(auditLog),
    leavingSteps: [importLeavingStep, exportLeavingStep],
    moved: (...given) => reviews.moved(...given),
  });
  const people = signIn.directory;
  const reviews: Reviews = openReviews({
    database,
    keyring,
    auditLog,
    clock,
    mail,
    origin: () => origin,
    directory: people,
    ties: signIn.ties,
    kinds: [apiKeyKind({ auditLog })],
  });
  const records = { database, keyring, auditLog, clock, references: people };
  const companies = openRecordRoom(companyKind, {
    ...records,
    renamed: async (_tx, organizationId, companyId, request) =>
      queue.ask(
        jobs.refreshCompanyName,
        { organizationId, companyId, request },
        `${companyId}/${clock.now().getTime()}`,
      ),
  });
  const contacts = openRecordRoom(contactKind, { ...records, complete: takeCompanyName });
  const imports: ImportDeps = {
    database,
    keyring,
    auditLog,
    clock,
    contacts,
    companies,
    directory: (organizationId) => importDirectory(people, organizationId),
    actorById: (organizationId, personId) => signIn.actorById(organizationId, personId),
    ask: (what, organizationId, importId, request) =>
      queue.ask(
        what === 'run' ? jobs.runImport : jobs.revertImport,
        { organizationId, importId, ...(request === undefined ? {} : { request }) },
        importId,
      ),
  };
  const exporting: ExportDeps = {
    database,
    keyring,
    auditLog,
    clock,
    contacts,
    companies,
    names: (organizationId) => exportNames(people, organizationId),
  };
  const erasing = {
    database,
    keyring,
    auditLog,
    clock,
    journal: openJournal(journalPath(config.keyFile)),
    kinds: recordKinds,
    endExports: async (tx: Transaction, organizationId: string) => (await endExports(tx, organizationId, 'all')).length,
  };
  // Before anything else: what a restore brought back of whom was erased must not be seen by anybody.
  const erasedAgain = await replayErasures(erasing, known);
  if (erasedAgain > 0)
    log.warn({ erased: erasedAgain }, 'a restore had brought back erased clients; they are erased again');
  const rotation: RotationDeps = {
    database,
    keyring,
    rootFile: root,
    auditLog,
    clock,
    organizations,
    indexed: [contactKind, companyKind].map((kind) => ({
      reindex: (tx, seals, from, limit) => reindexBatch(tx, kind, seals, from, limit),
      countByOtherKeys: (tx, organizationId, mark) => countByOtherKeys(tx, kind, organizationId, mark),
    })),
    files: [
      wrappedKeyFile({ file: logKeyFile(config.keyFile), name: 'log-key', root }),
      wrappedWitnessKey(config.keyFile, root),
    ],
    ask: (organizationId) => queue.ask(jobs.rotateKeys, { organizationId }, organizationId),
  };
  // Whoever was killed while the root key file was moved, or brought it back where no database answered.
  await recordKeyActs(rotation);
  const forwarding = {
    database,
    keyring,
    auditLog,
    clock,
    folder: join(config.dataFolder, 'forwarded'),
    version: options.version,
  };
  const evidenceOf = (organizationId: string) => ({
    database,
    key: logKey.keyOf(organizationId),
    organizationId,
    stamps: stampedHeads(database, organizationId),
  });
  const decoys = openDecoyWatch({ database, keyring, auditLog, clock, organizations }, (error) =>
    log.error({ kind: error instanceof Error ? error.name : typeof error }, 'decoys could not be watched'),
  );
  const transit = openTransit({
    config,
    root,
    auditLog,
    clock,
    log,
    database: 'url' in address && verifiedConnection(address.url.expose()).ssl !== false ? 'verified' : 'here',
    origin: () => origin,
    organizations,
    tell: (notice) => tellOfCertificate({ database, keyring, auditLog, clock, organizations, signIn }, notice),
  });
  const nameOf = async (organizationId: string) => (await exportNames(people, organizationId)).person;
  const handlers = (importing: ImportDeps = imports): AllHandlers => ({
    ...signIn.handlers,
    ...reviews.handlers,
    ...contactHandlers(contacts, database),
    ...companyHandlers(companies),
    ...statisticsHandlers({
      database,
      auditLog,
      domains: async (organizationId) => ({
        managers: (await people.list(organizationId)).map(({ id }) => id),
        departments: (await people.departments(organizationId)).map(({ id }) => id),
      }),
    }),
    ...importHandlers(importing),
    ...exportHandlers(exporting),
    ...historyHandlers({ database, keyring, auditLog, clock, rooms: { contact: contacts, company: companies } }),
    ...decoyHandlers({
      database,
      keyring,
      auditLog,
      clock,
      kinds: recordKinds,
      nameOf,
    }),
    ...investigationHandlers({
      database,
      keyring,
      auditLog,
      clock,
      nameOf,
      evidence: (organizationId, entryIds) => writeChosen(evidenceOf(organizationId), entryIds),
    }),
    ...retentionHandlers({ database, keyring, auditLog, clock, nameOf }),
    ...erasureHandlers({
      ...erasing,
      nameOf,
    }),
    ...keyHandlers(rotation),
    ...kitHandlers({
      database,
      keyring,
      rootFile: root,
      auditLog,
      clock,
      organizations,
      readLogSeed: () => openWrappedKey({ file: logKeyFile(config.keyFile), name: 'log-key', root }, false),
      nameOf,
      tell: signIn.tellKitMade,
    }),
    ...transit.handlers,
    ...auditHandlers({ database, keyring, auditLog, findRecordSeal, shownChanges: changesShownTo }),
    ...evidenceHandlers({
      auditLog,
      clock,
      tree: {
        prove: (organizationId, id) => proveEntry(database, organizationId, id),
        head: (organizationId) => headOfLog(database, logKey.keyOf(organizationId), organizationId),
        evidence: (organizationId, part) => writeEvidence(evidenceOf(organizationId), part),
      },
    }),
    ...forwardHandlers(forwarding),
    ...witnessHandlers({
      database,
      keyring,
      auditLog,
      clock,
      witnessKey,
      anchoredAt,
      origin: () => origin,
      logKeyOf: (organizationId) => logKey.keyOf(organizationId),
    }),
    ...anchorHandlers({
      database,
      keyring,
      auditLog,
      clock,
      mail,
      logKeyOf: (organizationId) => logKey.keyOf(organizationId),
    }),
    ...logTileHandlers({
      auditLog,
      tree: {
        checkpoint: (organizationId) => giveCheckpoint(database, organizationId),
        tile: (organizationId, level, path) => giveTile(database, organizationId, level, path),
        bundle: (organizationId, path) => giveBundle(database, organizationId, path),
        growth: (organizationId, sizes) => proveGrowth(database, organizationId, sizes),
        place: (organizationId, place) => provePlace(database, organizationId, place),
      },
    }),
    ...explainHandlers({
      database,
      clock,
      directory: people,
      countRecords: (kind, reach) => countReachable(database, recordKinds[kind], reach),
      holderOf: (kind, reach, id) => findHolder(database, recordKinds[kind], reach, id),
    }),
    ...sharingHandlers({
      database,
      keyring,
      auditLog,
      clock,
      directory: people,
      findRecord: (tx, kind, organizationId, id) => findHolderIn(tx, recordKinds[kind], organizationId, id),
      tell: signIn.tellShared,
    }),
  });
  let frame: Frame | undefined;
  let started = false;
  const notes = openSystemNotes({ database, auditLog, clock, version: options.version, organizations });
  return {
    database,
    keyring,
    auditLog,
    logKey,
    rememberedHeads: () => heads.read(),
    rememberVerified: (organizationId, last) => verified.remember(organizationId, last),
    signIn,
    people,
    contacts,
    companies,
    imports,
    mail,
    jobs: queue,
    posture: [
      ...signIn.posture,
      ...reviewPosture({ database, clock, organizations }),
      ...encryptionPosture({
        database,
        keyring,
        organizations,
        keyFile: config.keyFile,
        keeper: () => root.keptBy,
        dataFolder: config.dataFolder,
        declared: [companyKind, contactKind],
      }),
      ...erasurePosture(erasing, organizations),
      ...rotationPosture(rotation),
      ...kitPosture({ rootFile: root, clock, organizations }),
      ...exportPosture({ database, clock, organizations }),
      ...transit.posture,
      ...auditPosture({ database, organizations }),
      ...treePosture({ database, logKey, clock, organizations, heads, verified }),
      ...retentionPosture({ database, organizations }),
      ...witnessPosture({ database, clock, organizations }),
      ...forwardPosture({ database, clock, organizations }),
      ...anchorPosture({ database, clock, organizations }),
    ],
    handlers,
    rotation,
    organizations,
    startJobs: async () => {
      const kept = { imports, mail, rotation, forwarding, logKey, heads, verified, transit };
      const work = workOfJobs({ database, keyring, auditLog, clock, log, organizations, signIn, reviews, ...kept });
      await queue.start(notes.counted(work));
      await goOn(database, imports, await organizations());
      // What was due while nothing ran.
      await queue.ask(jobs.goOnWithReviews, {}, 'start');
      await queue.ask(jobs.rotateKeys, {}, 'start');
      await queue.ask(jobs.verifyLogs, {}, 'start');
      await queue.ask(jobs.watchCertificates, {}, 'start');
      await notes.started(migrations);
      started = true;
      sealer.start();
      decoys.start();
    },
    listen: async (webFolder) => {
      const certificate = await transit.prepare();
      const rooms = { database, auditLog, signIn, handlers: handlers(), certificate };
      frame = await openHttp({ config, log, version: options.version, ...rooms }, webFolder);
      // By the name localhost two servers would listen, and only one of them would get a renewed certificate.
      const own = config.tls !== undefined && config.host === 'localhost' ? '127.0.0.1' : config.host;
      await frame.app.listen({ host: own, port: config.port });
      const bound = frame.app.server.address() as { port: number };
      const host = config.host === '127.0.0.1' || config.host === '::1' ? 'localhost' : config.host;
      transit.follow(frame.app.server);
      if (origin === '') origin = `${config.tls === undefined ? 'http' : 'https'}://${host}:${bound.port}`;
      return origin;
    },
    reloadCertificate: () => transit.reload(),
    close: async (at = () => {}) => {
      transit.close();
      at('connections');
      await frame?.app.close();
      at('jobs');
      await queue.stop(10);
      if (started) await notes.stopped().catch(() => log.error({}, 'the stop could not be recorded'));
      at('sign-in');
      await decoys.close();
      await signIn.close();
      keyring.close();
      await sms.close();
      at('log');
      await auditLog.close().catch(() => log.error({}, 'notes of reads could not be written'));
      // A command that did something leaves no entry without its place, when nobody else gives it.
      await sealer.sealNow().catch(() => log.error({}, 'entries could not be sealed'));
      await sealer.close().catch(() => log.error({}, 'heads could not be written'));
      at('questions to the database');
      await database.close();
    },
  };
}

/** Returns the names of the migrations that were applied. */
async function prepareDatabase(address: DatabaseAddress): Promise<string[]> {
  if ('url' in address) await requireVerifiedDatabase(address.url.expose());
  const admin = connect(address, 'admin');
  try {
    const applied = await migrate(admin, appLogsIn(address));
    await prepareJobs(admin, address);
    return applied;
  } finally {
    await admin.end({ timeout: 5 });
  }
}

/** Imports that a stop or a crash interrupted are asked for again; what is in is not done twice. */
async function goOn(database: Database, imports: ImportDeps, organizationIds: readonly string[]): Promise<void> {
  for (const id of organizationIds) {
    const open = await database.read(systemReach(id), (tx) => listImportsInState(tx, id, ['running', 'reverting']));
    for (const one of open) await imports.ask(one.state === 'running' ? 'run' : 'revert', id, one.id);
  }
}

/** Names of colleagues and departments for a file that leaves. */
async function exportNames(people: PeopleDirectory, organizationId: string) {
  const [list, departments] = await Promise.all([people.list(organizationId), people.departments(organizationId)]);
  const names = new Map<string, string>([...list, ...departments].map(({ id, name }) => [id, name]));
  const nameOf = (id: string | null) => (id === null ? '' : (names.get(id) ?? ''));
  return { person: nameOf, department: nameOf };
}

const kindOf = (name: string) => [contactKind, companyKind].find((kind) => kind.name === name);

/** The audit log opens what changed; which fields of it are open to the reader is known here. */
function changesShownTo(actor: Actor, kindName: string, changes: readonly Change[]): readonly Change[] {
  const kind = kindOf(kindName);
  return kind === undefined ? changes : shownChanges(kind, actor, changes);
}
const recordKinds = { contact: contactKind, company: companyKind };

const findRecordSeal: FindRecordSeal = async (tx, seals, kindName, id) => {
  const kind = kindOf(kindName);
  const row = kind === undefined ? undefined : await findRow(tx, kind, seals.organizationId, id);
  return kind === undefined || row === undefined ? undefined : seals.record(kind.table, id, row.record_key);
};
