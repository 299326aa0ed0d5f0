export type { Database, Reach, Transaction } from './act.ts';
export { openDatabase } from './act.ts';
export type { DatabaseAddress, Sql } from './connect.ts';
export { connect } from './connect.ts';
export { migrate } from './migrate.ts';
