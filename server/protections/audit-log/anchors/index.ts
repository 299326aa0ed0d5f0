export { anchoredAt } from './anchor-store.ts';
export { listAnchored } from './check-anchors.ts';
export { anchorPosture } from './posture.ts';
export { anchorHandlers } from './routes.ts';
export type { AnchorDeps } from './send-due.ts';
export { anchorDue } from './send-due.ts';
export { pruneStamps } from './stamp-store.ts';
export { stampedHeads } from './stamped-heads.ts';
