export type { Database, Reach, Transaction } from './act.ts';
export { openDatabase } from './act.ts';
export type { DatabaseAddress, Sql } from './connect.ts';
export { appLogsIn, connect } from './connect.ts';
export { watchDiskRoom } from './disk-room.ts';
export { describeSchema } from './describe-schema.ts';
export { migrate, readMigrations } from './migrate.ts';
export type { EmbeddedPostgres } from './embedded/index.ts';
export { findRunningPostgres, startEmbeddedPostgres } from './embedded/index.ts';
