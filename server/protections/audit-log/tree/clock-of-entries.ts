/** What entries say of when they were written. */
import { clockTolerance } from '#contract/tlog';

/** Whether an entry says that it was written before those that stand before it: a clock set back, or times that are not true. */
export function openClock(): (bytes: Uint8Array) => boolean {
  const momentOf = openMoments();
  let latest = '';
  /** The same as milliseconds; then the text is written when it is asked for. */
  let latestAt = NaN;
  return (bytes) => {
    const at = momentOf(bytes);
    if (at >= latestAt) {
      latestAt = at;
      return false;
    }
    if (!Number.isNaN(latestAt)) latest = textOf(latestAt);
    const quick = latin1Of(bytes, momentFrom, momentFrom + form.length);
    // Moments of one form are compared as text, though the calendar may not have them.
    const moment = Number.isNaN(at) && !isForm.test(quick) ? textOf(timeOf(bytes)) : quick.slice(atMark.length);
    if (moment < latest) return Date.parse(moment) < Date.parse(latest) - clockTolerance;
    [latest, latestAt] = [moment, at];
    return false;
  };
}

const atMark = '","at":"';
const momentFrom = `{"v":1,"id":"00000000-0000-0000-0000-000000000000`.length;
/** How Lubart writes an entry, its moment stands there; 0: a digit. */
const form = `${atMark}0000-00-00T00:00:00.000Z`;
/** Attack: letters stand there that are later than every moment and are none, and nothing after them is set back any more. */
const isForm = /^","at":"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const formBytes = Buffer.from(form);
const [zero, dateFrom] = [0x30, momentFrom + atMark.length];

/** The moment of an entry in that form, milliseconds, read without making text of it; NaN: it stands elsewhere, or no calendar has it. */
function openMoments(): (bytes: Uint8Array) => number {
  // Entries of one day come one after another.
  let day = NaN;
  let dayAt = NaN;
  return (bytes) => {
    for (let nth = 0; nth < formBytes.length; nth += 1) {
      const byte = bytes[momentFrom + nth]!;
      const wanted = formBytes[nth]!;
      if (wanted === zero ? !(byte >= zero && byte <= zero + 9) : byte !== wanted) return NaN;
    }
    const [hour, minute, second] = [numberAt(bytes, 11, 2), numberAt(bytes, 14, 2), numberAt(bytes, 17, 2)];
    if (hour > 23 || minute > 59 || second > 59) return NaN;
    const date = (numberAt(bytes, 0, 4) * 100 + numberAt(bytes, 5, 2)) * 100 + numberAt(bytes, 8, 2);
    if (date !== day) {
      day = date;
      dayAt = dayOf(latin1Of(bytes, dateFrom, dateFrom + 'YYYY-MM-DD'.length));
    }
    return dayAt + ((hour * 60 + minute) * 60 + second) * 1000 + numberAt(bytes, 20, 3);
  };
}

/** The digits at a place of the date and time. */
function numberAt(bytes: Uint8Array, place: number, length: number): number {
  let number = 0;
  for (let at = dateFrom + place; at < dateFrom + place + length; at += 1) number = 10 * number + bytes[at]! - zero;
  return number;
}

/** NaN also for the 31st of a shorter month, which is read as the first of the next. */
function dayOf(text: string): number {
  const at = Date.parse(text);
  return textOf(at).startsWith(text) ? at : NaN;
}

const latin1Of = (bytes: Uint8Array, from: number, to: number) =>
  Buffer.from(bytes.subarray(from, to)).toString('latin1');
const textOf = (moment: number) => (Number.isFinite(moment) ? new Date(moment).toISOString() : '');

/** When the entry says it was written. */
export function timeOf(bytes: Uint8Array | null): number {
  try {
    const at =
      bytes === null ? NaN : Date.parse((JSON.parse(Buffer.from(bytes).toString('utf8')) as { at: string }).at);
    return Number.isNaN(at) ? -Infinity : at;
  } catch {
    return -Infinity;
  }
}
