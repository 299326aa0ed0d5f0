export type { ForwardDeps } from './forward-log.ts';
export { forwardDue } from './forward-log.ts';
export { forwardPosture } from './posture.ts';
export { forwardHandlers } from './routes.ts';
export { tellEndingClients } from './tell-ending.ts';
