/** What entries say of when they were written. */
import { clockTolerance } from '#contract/tlog';

/** Whether an entry says that it was written before those that stand before it: a clock set back, or times that are not true. */
export function openClock(): (bytes: Buffer) => boolean {
  let latest = '';
  return (bytes) => {
    // How Lubart writes an entry, its moment stands there; moments of one form are compared as text.
    const quick = bytes.toString('latin1', momentFrom - atMark.length, momentFrom + momentLength);
    const moment = form.test(quick) ? quick.slice(atMark.length) : textOf(timeOf(bytes));
    if (moment < latest) return Date.parse(moment) < Date.parse(latest) - clockTolerance;
    latest = moment;
    return false;
  };
}

const atMark = '","at":"';
/** Attack: letters stand there that are later than every moment and are none, and nothing after them is set back any more. */
const form = /^","at":"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const momentFrom = `{"v":1,"id":"00000000-0000-0000-0000-000000000000${atMark}`.length;
const momentLength = '2026-01-01T00:00:00.000Z'.length;
const textOf = (moment: number) => (moment === -Infinity ? '' : new Date(moment).toISOString());

/** When the entry says it was written. */
export function timeOf(bytes: Buffer | null): number {
  try {
    const at = bytes === null ? NaN : Date.parse((JSON.parse(bytes.toString('utf8')) as { at: string }).at);
    return Number.isNaN(at) ? -Infinity : at;
  } catch {
    return -Infinity;
  }
}
