/**
 * Two doors to one database. `admin` owns the tables: it migrates, and nothing else. `app` is the role lubart_app, which
 * owns nothing and is bound by row-level security: everything that serves people goes through it.
 */
import postgres from 'postgres';

export type Sql = postgres.Sql<Record<string, never>>;

/** Where the database is: the embedded one by its socket folder, or somebody’s own by URL. */
export type DatabaseAddress =
  | { socketFolder: string; superuser: string; database: string }
  | { url: string };

const quiet = { onnotice: () => {}, fetch_types: false } as const;

function options(address: DatabaseAddress, role: 'admin' | 'app', connections: number): postgres.Options<Record<string, never>> {
  const shared = {
    ...quiet,
    max: connections,
    idle_timeout: 0,
    connection: {
      application_name: `lubart-${role}`,
      TimeZone: 'UTC',
      // Citus forwards SET LOCAL only when asked to; PostgreSQL alone keeps the unknown name and ignores it.
      'citus.propagate_set_commands': 'local',
      ...(role === 'app' ? { role: 'lubart_app', plan_cache_mode: 'force_custom_plan' } : {}),
    },
  };
  if ('url' in address) return shared;
  return { ...shared, host: address.socketFolder, database: address.database, username: address.superuser };
}

/** Opens a pool; connections are made when they are first needed. */
export function connect(address: DatabaseAddress, role: 'admin' | 'app', connections: number): Sql {
  const chosen = options(address, role, connections);
  return ('url' in address ? postgres(address.url, chosen) : postgres(chosen)) as Sql;
}
