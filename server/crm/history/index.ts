export type { HistoryDeps } from './routes.ts';
export { historyHandlers } from './routes.ts';
