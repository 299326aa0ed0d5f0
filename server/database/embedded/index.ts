/** The database that comes with Lubart: real PostgreSQL in the data folder, started and stopped with the application. */
export type { EmbeddedPostgres, EmbeddedPostgresOptions, PostgresCrash } from './start-postgres.ts';
export { startEmbeddedPostgres } from './start-postgres.ts';
export type { RunningPostgres } from './data-folder-lock.ts';
export { findRunningPostgres } from './data-folder-lock.ts';
