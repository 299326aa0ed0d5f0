export { listConfirmed } from './check-witnesses.ts';
export { witnessPosture } from './posture.ts';
export { witnessHandlers } from './routes.ts';
export { sendDue } from './send-head.ts';
export type { WitnessKey } from './witness-key.ts';
export { openWitnessKey, wrappedWitnessKey } from './witness-key.ts';
