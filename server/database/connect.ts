/**
 * Two doors to one database. `admin` owns the tables: it migrates, and nothing else. `app` is the role lubart_app, which
 * owns nothing and is bound by row-level security: everything that serves people goes through it.
 */
import postgres from 'postgres';
import type { Secret } from '#kernel';
import { arrayTypes } from './array-types.ts';
import { keepCopySocket, openCopySocket } from './copy-socket.ts';
import { verifiedConnection } from './verify-database.ts';

export type Sql = postgres.Sql<Record<string, never>>;

/** Where the database is: the embedded one by its socket folder, or somebody’s own by URL. */
export type DatabaseAddress =
  | { socketFolder: string; superuser: string; database: string; port?: number; password?: string }
  | { url: Secret<string> };

/** `readsCopies`: for long COPYs, where there is no TLS before what is read. */
export type Reading = { readonly readsCopies?: boolean };

/**
 * Opens one connection, made when it is first needed and made again when it breaks. One and not a pool: a transaction
 * may then send BEGIN, its settings and its first statement together (see lanes.ts).
 */
export function connect(
  address: DatabaseAddress,
  role: 'admin' | 'app',
  onClose: () => void = () => {},
  { readsCopies = false }: Reading = {},
): Sql {
  const logsInAsApp = role === 'app' && appLogsIn(address);
  const options = {
    max: 1,
    onnotice: () => {},
    onclose: onClose,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    types: arrayTypes,
    // Seconds before the next try; the driver’s own waits grow to twenty, long after the database is back.
    backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 1),
    connection: {
      application_name: `lubart-${role}`,
      TimeZone: 'UTC',
      // Citus forwards SET LOCAL only when asked to; PostgreSQL alone keeps the unknown name and ignores it.
      'citus.propagate_set_commands': 'local',
      ...(role === 'app' && !logsInAsApp ? { role: 'lubart_app' } : {}),
      jit: 'off',
    },
  } as const;
  if ('url' in address) {
    const { url, ssl } = verifiedConnection(address.url.expose());
    return postgres(url, { ...options, ssl }) as Sql;
  }
  const socket = readsCopies ? openCopySocket() : undefined;
  const sql = postgres({
    ...options,
    ...(socket === undefined ? {} : { socket: socket.open }),
    host: address.socketFolder,
    port: address.port ?? 5432,
    database: address.database,
    username: logsInAsApp ? 'lubart_app' : address.superuser,
    ...(address.password === undefined ? {} : { password: address.password }),
  }) as Sql;
  keepCopySocket(sql, socket);
  return sql;
}

/**
 * On the socket of the embedded database the app logs in as lubart_app itself, so that no statement whatever can make it more
 * than that (RESET ROLE has nothing to go back to). Elsewhere the given user takes the role when it connects.
 */
export function appLogsIn(address: DatabaseAddress): boolean {
  return !('url' in address) && address.password === undefined;
}
