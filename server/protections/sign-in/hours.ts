/**
 * At which hours somebody may be here, by the clock on the wall in Kyiv, summer time and winter time alike: in the night when the
 * clock goes back an hour is there twice and both are that hour; the one that is skipped in spring is missed by nobody.
 */
import type { Hours, HoursRules } from '#contract';
import { LubartError } from '#kernel';
import type { Asking } from './networks.ts';

export const hoursTimeZone = 'Europe/Kyiv';

/** @throws session.hours_denied */
export function requireHours(rules: HoursRules, asking: Asking, at: Date): void {
  if (!isHourAllowed(rules, asking, at)) throw new LubartError('session.hours_denied');
}

/** The nearest hours count, as with networks. */
export function isHourAllowed(rules: HoursRules, { roles, personId }: Asking, at: Date): boolean {
  const own = rules.people.find((one) => one.personId === personId);
  const ofRoles = rules.roles.filter((one) => roles.includes(one.role));
  const nearest =
    own !== undefined ? [own.hours] : ofRoles.length > 0 ? ofRoles.map(({ hours }) => hours) : [rules.organization];
  return nearest.every((hours) => hours === null || isWithin(hours, at));
}

function isWithin({ days, from, to }: Hours, at: Date): boolean {
  const { day, time } = wallClock(at);
  if (from < to) return days.includes(day) && time >= from && time < to;
  // 22:00–06:00 belongs to the day on which it begins.
  const dayBefore = day === 1 ? 7 : day - 1;
  return (days.includes(day) && time >= from) || (days.includes(dayBefore) && time < to);
}

const wall = new Intl.DateTimeFormat('en-GB', {
  timeZone: hoursTimeZone,
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function wallClock(at: Date): { day: number; time: string } {
  const parts = new Map(wall.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: weekdays.indexOf(parts.get('weekday')!) + 1, time: `${parts.get('hour')}:${parts.get('minute')}` };
}

/** @throws security.hours_invalid when it would begin and end at one moment */
export function readHours(hours: Hours | null, field: string): Hours | null {
  if (hours === null) return null;
  if (hours.from === hours.to) throw new LubartError('security.hours_invalid', { field });
  return { days: [...new Set(hours.days)].toSorted((a, b) => a - b), from: hours.from, to: hours.to };
}
