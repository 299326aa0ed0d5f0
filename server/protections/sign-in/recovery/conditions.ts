/**
 * What a lost phone costs: how many approvals, and how long one waits. A small office has fewer colleagues to ask than are needed;
 * then all of them must approve, and the wait is the longest there is, so that letters reach whoever is on leave. Nobody to ask:
 * nothing opens here, a password and time alone are no proof.
 */
import type { RecoveryRules } from '#contract';
import { recoveryWaitingHoursMax } from '#contract';
import type { RequestRow } from './request-store.ts';

export type Conditions = { needed: number; readyAt: Date };
const hour = 3_600_000;

/** Of a request that is made at this moment, with so many colleagues to ask. */
export function conditionsFor(rules: RecoveryRules, asked: number, askedAt: Date): Conditions {
  const isShort = asked < rules.needed;
  const hours = isShort ? recoveryWaitingHoursMax : rules.waitingHours;
  return { needed: Math.min(rules.needed, asked), readyAt: new Date(askedAt.getTime() + hours * hour) };
}

/**
 * The stricter of what held when the request was made and of what holds now. Attack: whoever may change the rules turns them down
 * for the request that waits.
 */
export function strictest(
  row: Pick<RequestRow, 'needed' | 'ready_at' | 'asked_ids' | 'asked_at'>,
  rules: RecoveryRules,
): Conditions {
  const now = conditionsFor(rules, row.asked_ids.length, row.asked_at);
  return {
    needed: Math.max(row.needed, now.needed),
    readyAt: now.readyAt > row.ready_at ? now.readyAt : row.ready_at,
  };
}
