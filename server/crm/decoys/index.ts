export { decoyHandlers } from './routes.ts';
export { openDecoyWatch } from './watch-decoys.ts';
