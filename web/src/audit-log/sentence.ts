/** What an entry says to a person. */
import type { TFunction } from 'i18next';
import type { AuditEntryView, ErrorCode, EventName, Words } from '../contract.ts';

/** Who did it, or whose program; Lubart itself where nobody asked, or asked before. */
export function whoOf({ actor, apiKeyId, level, cause, address, facts }: AuditEntryView, t: TFunction): string {
  if (actor.name !== '') return apiKeyId === undefined ? actor.name : `${actor.name} · ${t('past.byKey')}`;
  const itself = level === 'system' || cause !== undefined || (address === null && facts['addresses'] === undefined);
  return t(itself ? 'audit.system' : 'audit.unknownActor');
}

export function whatOf(entry: Pick<AuditEntryView, 'event'>, words: Words): string {
  return words.events[entry.event as EventName] ?? entry.event;
}

export function reasonOf(entry: Pick<AuditEntryView, 'reason'>, words: Words): string {
  if (entry.reason === null) return '';
  return words.errors[entry.reason as ErrorCode] ?? entry.reason;
}

/** Whether an entry is about people; a client is one, a company is not. */
export const isPerson = (kind: string | null): boolean => kind === 'person' || kind === 'contact';

type RecordPath = '/contacts/$id' | '/companies/$id' | '/imports/$id' | '/audit-log/investigations/$id';

/** The address of the record that an entry is about, when it is one that can be opened. */
export function pathOf(kind: string | null): RecordPath | undefined {
  if (kind === 'investigation') return '/audit-log/investigations/$id';
  if (kind === 'contact') return '/contacts/$id';
  if (kind === 'company') return '/companies/$id';
  return kind === 'import' ? '/imports/$id' : undefined;
}

const knownJobs = {
  'import.run': 'past.job.importRun',
  'import.revert': 'past.job.importRevert',
  'company.refresh-name': 'past.job.companyName',
  'letter.deliver': 'past.job.letter',
  'keys.rotate': 'past.job.keys',
  'review.go-on': 'past.job.review',
} as const;

/** By which job of the queue something was done later. */
export function byJob(job: string, t: TFunction): string {
  return Object.hasOwn(knownJobs, job) ? t(knownJobs[job as keyof typeof knownJobs]) : t('past.job.other');
}
