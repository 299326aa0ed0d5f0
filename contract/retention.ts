/** For how many days entries of the log are kept; null: for ever. */
import type { AuditLevel } from './events.ts';
import { auditLevels } from './events.ts';

export const keptDaysMax = 36_500;
export type RetentionRules = Record<AuditLevel, number | null>;

/** A shorter time counts from so many days after it was said. */
export const shorterAfterDays = 7;

/** What stands until something is said: three years of what people did, one of what the system did. The database says the same (0044). */
export const defaultRetention = Object.fromEntries(
  auditLevels.map((level) => [level, level === 'system' || level === 'plugin' ? 365 : 1095]),
) as RetentionRules;

export const holdKinds = ['all', 'person', 'record'] as const;
