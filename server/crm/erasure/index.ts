export type { ErasureDeps } from './erase-record.ts';
export { replayErasures } from './erase-record.ts';
export { journalPath, openJournal } from './journal.ts';
export { erasurePosture } from './posture.ts';
export { erasureHandlers } from './routes.ts';
