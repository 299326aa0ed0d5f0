/**
 * The address of a PostgreSQL of one’s own. Beyond this machine it is spoken to only over TLS that was verified in full: by a chain
 * to a known authority and by the host name (`sslmode=verify-full` of libpq). Attack: somebody on the way who answers as the database
 * reads every statement, and whoever may say `sslmode=require` believes to be safe. What the address says of TLS is read here once
 * and taken out of it, so that no driver reads it in a way of its own.
 */
import { isIP } from 'node:net';

export type DatabaseTls = {
  host: string;
  /** PEM file of the authority; undefined: those that the runtime knows. */
  caFile: string | undefined;
};

export type DatabaseConnection = {
  /** Without what concerned TLS. May hold a password: never log it. */
  url: string;
  /** Undefined: a socket or this machine, in plain. */
  tls: DatabaseTls | undefined;
};

/** Why an address is not taken; `message` is the reason that is shown. */
export class DatabaseUrlFault extends Error {}

const refuse = (reason: string): never => {
  throw new DatabaseUrlFault(reason);
};

/** Names that would lead a driver elsewhere, or past the checks. */
const misleading = /^(ssl.*|host|hostaddr|port|uselibpqcompat|options|path)$/;

/** @throws DatabaseUrlFault */
export function readDatabaseUrl(text: string, isLoopback: (host: string) => boolean): DatabaseConnection {
  const url = URL.canParse(text) ? new URL(text) : refuse('not_a_postgres_url');
  if (!/^postgres(ql)?:$/.test(url.protocol)) refuse('not_a_postgres_url');
  if (url.pathname.length < 2) refuse('database_name_missing');
  // Attack: an empty host is filled from PGHOST by the drivers, and several hosts are tried by one of them only.
  if (url.hostname === '' || url.hostname.includes(',')) refuse('database_host_missing');
  const mode = url.searchParams.get('sslmode');
  const caFile = url.searchParams.get('sslrootcert');
  for (const name of ['sslmode', 'sslrootcert']) url.searchParams.delete(name);
  for (const name of url.searchParams.keys()) if (misleading.test(name)) refuse('database_parameter_unknown');

  const host = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
  const near = host.startsWith('/') || isLoopback(host);
  const full = mode === 'verify-full' || (mode === null && caFile !== null);
  const plain = near && (mode === null || mode === 'disable' || mode === 'prefer');
  if (!full && !plain) refuse('database_without_verify_full');
  if (full && host.startsWith('/')) refuse('database_socket_without_tls');
  const file = caFile === null || caFile === 'system' ? undefined : caFile;
  return { url: url.href, tls: full ? { host, caFile: file } : undefined };
}

/** Given to a driver or to `tls.connect`: nothing less than the whole verification. */
export function tlsToDatabase({ host }: DatabaseTls, ca: string | undefined) {
  return {
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true as const,
    minVersion: 'TLSv1.2' as const,
  };
}
