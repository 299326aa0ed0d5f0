/** Excel's day numbers (ECMA-376 part 1, §18.17.4): whole days since the end of 1899, or since 1904 in old Mac files. */

const dayMs = 86_400_000;
const serialMax = 2_958_465; // 9999-12-31

/**
 * 'YYYY-MM-DD' of a day number; its fraction (time of day) is left out. Null outside 1900…9999 and for day 60 of the
 * 1900 system: 29 February 1900 stands in that calendar but never was.
 */
export function dateOfSerial(serial: number, is1904 = false): string | null {
  let day = Math.floor(serial);
  if (is1904) day += 1_462;
  else if (day === 60) return null;
  else if (day < 60) day += 1; // the calendar is one day off until the day that never was
  if (!(day >= 2 && day <= serialMax)) return null;
  return new Date(Date.UTC(1899, 11, 30) + day * dayMs).toISOString().slice(0, 10);
}

/** 'HH:MM:SS' of the fraction of a day number, to the nearest second. */
export function timeOfSerial(serial: number): string {
  const seconds = Math.round((serial - Math.floor(serial)) * 86_400) % 86_400;
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}

/** The day number of 'YYYY-MM-DD' in the 1900 system, or null where that system has none. */
export function serialOfDate(date: string): number | null {
  const millis = Date.parse(`${date}T00:00:00Z`);
  if (!Number.isFinite(millis) || new Date(millis).toISOString().slice(0, 10) !== date) return null;
  const day = (millis - Date.UTC(1899, 11, 30)) / dayMs;
  if (day < 2 || day > serialMax) return null;
  return day <= 60 ? day - 1 : day;
}
