/**
 * The way from a browser to Lubart, put together: which certificate is served and who gets it, the plain door that leads to the right
 * one, and who is told when another certificate comes or does not come.
 */
import type { CertificateTrouble, connectionRoutes, ConnectionViewValue } from '#contract';
import type { Clock, Config } from '#kernel';
import type { Handlers, Logger } from '#http';
import { hstsSeconds } from '#http';
import type { AuditLog } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import type { RootKey } from '#protections/encryption';
import type { CertificateFacts, ServedCertificate } from '#protections/encryption/transit';
import {
  openAcme,
  openKeptCertificate,
  openLocalAuthority,
  openRedirect,
  openServedCertificate,
  readCertificate,
  transitPosture,
  troubleOf,
  viewConnection,
} from '#protections/encryption/transit';
import type { PostureCheck } from '#protections/posture';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:tls';

export type Transit = {
  posture: PostureCheck[];
  handlers: Handlers<typeof connectionRoutes>;
  /** Opens the plain door and gets the certificate; undefined: there is no TLS. @throws start.certificate_*, acme.* */
  prepare(): Promise<ServedCertificate | undefined>;
  /** What listens now is given each new certificate. */
  follow(server: Server): void;
  reload(): Promise<void>;
  /** Tells whoever keeps the protections when the certificate is in trouble. */
  watch(): Promise<void>;
  close(): void;
};

export type TransitDeps = {
  config: Pick<Config, 'host' | 'port' | 'origin' | 'tls'> & Partial<Pick<Config, 'redirectPort' | 'certificateFrom'>>;
  root: RootKey;
  auditLog: AuditLog;
  clock: Clock;
  log: Logger;
  database: ConnectionViewValue['database'];
  /** The address people open. */
  origin(): string;
  organizations(): Promise<string[]>;
  /** Writes letters, not oftener than once a day. */
  tell(notice: { trouble: CertificateTrouble; host: string; until: Date }): Promise<void>;
};

export function openTransit(deps: TransitDeps): Transit {
  const { config, root, auditLog, clock, log, origin, organizations, database } = deps;
  let certificate: ServedCertificate | undefined;
  let plainDoor: Server | undefined;
  let boundPort: number | undefined;
  const hostName = config.origin === undefined ? null : new URL(config.origin).hostname;
  const { certificateFrom } = config;
  const acme =
    certificateFrom?.kind === 'acme'
      ? openAcme(certificateFrom.directory, hostName!, certificateFrom.folder)
      : undefined;
  const kept =
    certificateFrom === undefined
      ? undefined
      : openKeptCertificate({
          folder: certificateFrom.folder,
          hostName: hostName!,
          obtain: acme?.obtain ?? openLocalAuthority(root, hostName!, certificateFrom.folder, clock),
          clock,
          failed: noteFailure,
          renewed: () => void certificate?.reload(),
        });

  /** A renewed certificate, or one that was refused while the old one stays, is known to every organization’s log. */
  function noteCertificate(refusal: string | null, { fingerprint, notAfter }: CertificateFacts): void {
    const facts = { fingerprint, until: notAfter.toISOString(), ...(refusal === null ? {} : { reason: refusal }) };
    if (refusal === null) log.info(facts, 'a new certificate is served');
    else log.error(facts, 'a new certificate was refused, the old one is served');
    const event = refusal === null ? 'system.certificate_changed' : 'system.certificate_refused';
    const written = organizations().then((ids) =>
      Promise.all(ids.map((id) => auditLog.recordAlone(systemDoer(id), { event, facts }))),
    );
    written.catch(() => log.error({}, 'the change of the certificate could not be recorded'));
    if (refusal !== null) void watch().catch(() => log.error({}, 'nobody could be told of the certificate'));
  }

  function noteFailure(code: string): void {
    log.error({ code }, 'the certificate could not be renewed, the old one is served');
    if (certificate !== undefined) noteCertificate(code, certificate.facts());
  }

  const knock = knockHost(config.host);
  const facts = async () =>
    certificate?.facts() ??
    (config.tls === undefined ? null : (await readCertificate(config.tls, hostName, clock.now())).facts);
  const trouble = async () => {
    const refused = certificate?.refused() ?? kept?.failure()?.code ?? null;
    return troubleOf({ facts: await facts(), isKept: certificateFrom !== undefined, refused }, clock.now());
  };
  async function watch(): Promise<void> {
    const [found, what] = [await facts(), await trouble()];
    if (found === null || what === null) return;
    await deps.tell({ trouble: what, host: hostName ?? found.names[0] ?? '', until: found.notAfter });
  }
  return {
    posture: transitPosture({
      listening: () => (config.tls === undefined ? null : { host: knock, port: boundPort ?? config.port }),
      plainDoor: () => (config.redirectPort === undefined ? null : { host: knock, port: config.redirectPort }),
      origin,
      facts,
      trouble,
      now: () => clock.now(),
    }),
    handlers: {
      'GET /api/v1/security/connection': async () =>
        viewConnection({
          facts: await facts(),
          from: certificateFrom,
          hostName,
          trouble: await trouble(),
          failure: kept?.failure() ?? null,
          hstsSeconds,
          database,
        }),
    },
    prepare: async () => {
      if (config.redirectPort !== undefined) {
        plainDoor = openRedirect(origin, acme?.answerChallenge).listen(config.redirectPort, config.host);
        await once(plainDoor, 'listening');
      }
      await kept?.keep();
      if (config.tls !== undefined) {
        certificate = await openServedCertificate({ files: config.tls, hostName, clock, changed: noteCertificate });
      }
      kept?.start();
      return certificate;
    },
    follow: (server) => {
      certificate?.follow(server as unknown as TlsServer);
      boundPort = (server.address() as { port: number }).port;
    },
    reload: async () => void (await certificate?.reload()),
    watch,
    close: () => {
      kept?.close();
      certificate?.close();
      plainDoor?.close();
    },
  };
}

/** Where this process reaches itself. */
const knockHost = (host: string) => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);
