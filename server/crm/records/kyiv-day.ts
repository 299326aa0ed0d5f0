/** Days in filters are days in Kyiv; the database keeps moments. */
import { LubartError } from '#kernel';

const kyivHour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Kyiv', hour: '2-digit', hourCycle: 'h23' });
const hour = 3_600_000;

/**
 * Midnight in Kyiv at which a day begins; `plusDays` 1 for its end.
 * @throws field.date_invalid when there is no such day
 */
export function dayStart(day: string, field: string, plusDays: number): Date {
  const noon = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(noon.getTime()) || !noon.toISOString().startsWith(day))
    throw new LubartError('field.date_invalid', { field });
  noon.setUTCDate(noon.getUTCDate() + plusDays);
  const midnight = noon.getTime() - hourInKyiv(noon.getTime()) * hour;
  // On the two days of a year on which clocks change, noon and midnight stand at different distances from UTC.
  const off = hourInKyiv(midnight);
  return new Date(midnight + (off === 0 ? 0 : off > 12 ? 24 - off : -off) * hour);
}

const hourInKyiv = (millis: number) => Number(kyivHour.format(millis));

const kyivDate = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' });

/** The day in Kyiv on which a moment falls: YYYY-MM-DD. */
export const kyivDay = (at: Date): string => kyivDate.format(at);
