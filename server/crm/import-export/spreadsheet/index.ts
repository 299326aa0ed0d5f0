export * from './read-csv.ts';
export * from './read-xlsx.ts';
export * from './row.ts';
export * from './write-csv.ts';
export * from './write-xlsx.ts';
