/** Which words and colours belong to a receiver of the log. */
import type { TFunction } from 'i18next';
import type { ForwardView } from '../../contract.ts';

export const receiversKey = ['security', 'forwards'];

export const kindWords = {
  syslog: 'receivers.kinds.syslog',
  webhook: 'receivers.kinds.webhook',
  file: 'receivers.kinds.file',
} as const;

export const formWords = { ocsf: 'receivers.forms.ocsf', cef: 'receivers.forms.cef' } as const;

export const problemWords = {
  unreachable: 'receivers.problems.unreachable',
  certificate_wrong: 'receivers.problems.certificate_wrong',
  client_refused: 'receivers.problems.client_refused',
  address_forbidden: 'receivers.problems.address_forbidden',
  refused: 'receivers.problems.refused',
  not_confirmed: 'receivers.problems.not_confirmed',
  not_written: 'receivers.problems.not_written',
} as const;

export const stateWords = {
  fine: 'receivers.states.fine',
  behind: 'receivers.states.behind',
  failing: 'receivers.states.failing',
  paused: 'receivers.states.paused',
  waiting: 'receivers.states.waiting',
} as const;

export const stateColors = {
  fine: 'styr',
  behind: 'amber',
  failing: 'brick',
  paused: 'gray',
  waiting: 'gray',
} as const;

/** Receivers are sent to every minute: what waits longer than that is behind. */
const behindSeconds = 120;

export function stateOf({ pausedAt, problem, deliveredAt, lagSeconds }: ForwardView): keyof typeof stateWords {
  if (pausedAt !== null) return 'paused';
  if (problem !== null) return 'failing';
  if (lagSeconds > behindSeconds) return 'behind';
  return deliveredAt === null ? 'waiting' : 'fine';
}

/** In the largest unit that says something. */
export function lagWords(t: TFunction, seconds: number): string {
  if (seconds < 120) return t('receivers.seconds', { number: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return t('receivers.minutes', { number: minutes });
  const hours = Math.round(minutes / 60);
  return hours < 72 ? t('receivers.hours', { number: hours }) : t('receivers.days', { number: Math.round(hours / 24) });
}
