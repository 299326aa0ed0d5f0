/**
 * How PostgreSQL is tuned here: a small server that shares its machine with the application. They are passed on the
 * command line, so that root never writes into a folder that the database account owns.
 */
import { totalmem } from 'node:os';

const mebibyte = 1024 * 1024;

/** Settings by their postgresql.conf names. */
export function serverSettings(socket: { folder: string; port: number }): Record<string, string> {
  return { ...listening(socket), ...memory(availableMemory()), ...durability, ...planning, ...quietLog };
}

function listening({ folder, port }: { folder: string; port: number }): Record<string, string> {
  // Unix socket only: there is no network door that could be left open. Windows has no such socket.
  const place =
    process.platform === 'win32'
      ? { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
      : { listen_addresses: '', unix_socket_directories: folder, unix_socket_permissions: '0700' };
  return { ...place, port: String(port), max_connections: '50', cluster_name: 'lubart' };
}

/** A quarter of what an own database server would take, for the rest of the machine is ours too. `bytes` of RAM. */
export function memory(bytes: number): Record<string, string> {
  const part = (share: number, least: number, most: number): string =>
    `${Math.round(Math.min(Math.max((bytes * share) / mebibyte, least), most))}MB`;
  return {
    shared_buffers: part(1 / 8, 64, 4096),
    effective_cache_size: part(1 / 2, 256, 1_000_000),
    maintenance_work_mem: part(1 / 32, 64, 512),
    work_mem: part(1 / 512, 4, 32),
  };
}

/** Bytes of RAM; inside a container, its limit. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

const durability = {
  fsync: 'on',
  full_page_writes: 'on',
  // An acknowledged write survives a power cut.
  synchronous_commit: 'on',
  wal_level: 'replica',
  // What is sealed does not shrink: compressing it would only cost time.
  wal_compression: 'off',
  max_wal_size: '2GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '15min',
};

const planning = { jit: 'off', random_page_cost: '1.1', TimeZone: 'UTC', log_timezone: 'UTC' };

/**
 * Statements and values never reach the log: an error’s text or detail may quote a name or a phone number. Errors of a
 * statement come back to the application, which answers for them; here only the server’s own state is logged.
 */
const quietLog = {
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
};
