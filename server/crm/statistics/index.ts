export type { StatisticsHandlers } from './routes.ts';
export { statisticsHandlers } from './routes.ts';
