export * from './read-csv.ts';
export * from './row.ts';
