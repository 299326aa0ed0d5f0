/** The HTTP side of Lubart: the frame, every route of the contract with its function, health, the description and the web. */
import type { Routes } from '#contract';
import { routes } from '#contract';
import type { Database } from '#database';
import type { Frame, Handlers, Logger } from '#http';
import {
  describeRoutes,
  openFrame,
  openMetrics,
  openReadNotes,
  openRefusals,
  serveHealth,
  serveReference,
  serveWeb,
} from '#http';
import type { Config } from '#kernel';
import { systemClock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import type { ServedCertificate } from '#protections/encryption/transit';
import type { SignIn } from '#protections/sign-in';

/** One function for every route that there is. */
export type AllHandlers = Handlers<Routes>;

export type HttpSide = {
  config: Pick<Config, 'origin' | 'proxies' | 'language'>;
  log: Logger;
  version: string;
  database: Database;
  auditLog: AuditLog;
  signIn: SignIn;
  handlers: AllHandlers;
  /** Undefined: plain HTTP, to this machine only. */
  certificate: ServedCertificate | undefined;
};

/** Nothing listens yet. */
export async function openHttp(side: HttpSide, webFolder: string): Promise<Frame> {
  const { config, log, version, database, auditLog, signIn, handlers, certificate } = side;
  const metrics = openMetrics();
  metrics.watch('lubart_database_waiting', 'Work that waits for a database connection', () => database.waiting());
  const frame = await openFrame({
    origins: config.origin === undefined ? [] : [config.origin],
    proxies: config.proxies,
    tls: certificate?.options() ?? null,
    language: config.language,
    log,
    metrics,
    clock: systemClock,
    reads: openReadNotes(auditLog),
    refusals: openRefusals(auditLog, () => signIn.defaultOrganization()),
    actorOf: (token, visitor) => signIn.actorOf(token, visitor),
    actorOfKey: (key, visitor) => signIn.actorOfKey(key, visitor),
  });
  await describeRoutes(frame.app, version);
  frame.serve(routes, handlers);
  serveHealth(frame.app, metrics, async () => (await database.outside((sql) => sql`SELECT 1`)).length === 1);
  serveReference(frame.app);
  await serveWeb(frame.app, webFolder);
  return frame;
}
