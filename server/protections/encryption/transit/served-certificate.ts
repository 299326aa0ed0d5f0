/**
 * The certificate that is served now. A renewed one is taken without a restart: both files are looked at every few seconds (links
 * are followed, as certbot leaves them) or at once when asked; connections that stand go on. Attack: a broken or foreign file put
 * in its place – it is refused, the old one goes on being served, and the log says so.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server, TlsOptions } from 'node:tls';
import type { Clock } from '#kernel';
import { hasCode } from '#kernel';
import type { CertificateFacts, CertificatePair } from './read-certificate.ts';
import { readCertificate } from './read-certificate.ts';
import { newTicketKeys, ticketKeyMillis, tlsRules } from './tls-rules.ts';

export type CertificateFiles = { certFile: string; keyFile: string };

export type ServedCertificate = {
  /** Of the certificate that is served. */
  facts(): CertificateFacts;
  /** Code of why the newest files are not served; null when they are. */
  refused(): string | null;
  /** For the server that is about to be made. */
  options(): TlsOptions;
  /** From now on this server is given each new certificate and each new ticket key. */
  follow(server: Server): void;
  /** Looks at the files now. True when another certificate is served after it. */
  reload(): Promise<boolean>;
  close(): void;
};

export type ServedCertificateDeps = {
  files: CertificateFiles;
  /** The name people open; null when none was set. */
  hostName: string | null;
  clock: Clock;
  /** Told once about each pair of files that came: the code of a refusal, or null when it is served. */
  changed(refusal: string | null, facts: CertificateFacts): void;
  lookMillis?: number;
  /** How long one key of session tickets is used. */
  ticketMillis?: number;
};

/** @throws start.certificate_* */
export async function openServedCertificate(deps: ServedCertificateDeps): Promise<ServedCertificate> {
  const { files, hostName, clock, changed, lookMillis = 5_000, ticketMillis = ticketKeyMillis } = deps;
  let pair: CertificatePair = await readCertificate(files, hostName, clock.now());
  let judged = await markOf(files);
  let seen = judged;
  let refused: string | null = null;
  let ticketKeys = newTicketKeys();
  const servers = new Set<Server>();
  const options = (): TlsOptions => ({ ...tlsRules, cert: pair.cert, key: pair.key.expose(), ticketKeys });
  const hand = () => {
    for (const server of servers) server.setSecureContext(options());
  };

  async function reload(): Promise<boolean> {
    const mark = await markOf(files);
    if (mark === judged) return false;
    judged = mark;
    try {
      pair = await readCertificate(files, hostName, clock.now());
    } catch (error) {
      refused = hasCode(error) ? error.code : 'start.certificate_unreadable';
      changed(refused, pair.facts);
      return false;
    }
    refused = null;
    // Attack: a ticket of before is shown, and whoever stole the old key is never asked for the new certificate.
    ticketKeys = newTicketKeys();
    hand();
    changed(null, pair.facts);
    return true;
  }

  /** Two files are never written at one moment: they are judged once they have stood still from one look to the next. */
  async function look(): Promise<void> {
    const mark = await markOf(files);
    if (mark === seen) await reload();
    seen = mark;
  }

  const looking = setInterval(() => void look(), lookMillis).unref();
  const drawing = setInterval(() => {
    ticketKeys = newTicketKeys();
    for (const server of servers) server.setTicketKeys(ticketKeys);
  }, ticketMillis).unref();
  return {
    facts: () => pair.facts,
    refused: () => refused,
    options,
    follow: (server) => {
      servers.add(server);
      server.once('close', () => servers.delete(server));
    },
    reload,
    close: () => {
      clearInterval(looking);
      clearInterval(drawing);
    },
  };
}

/** Changes whenever one of the files does; a file that is away counts, too. */
async function markOf({ certFile, keyFile }: CertificateFiles): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [certFile, keyFile]) {
    hash.update((await readFile(file).catch(() => null)) ?? 'away').update('\0');
  }
  return hash.digest('hex');
}
