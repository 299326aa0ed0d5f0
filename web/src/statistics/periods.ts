/** The periods that can be chosen: whole ones of the calendar, the newest first. */
export function periodsUntil(now: Date): { years: string[]; quarters: string[]; months: string[] } {
  const year = now.getFullYear();
  const monthsBack = (count: number) =>
    Array.from({ length: count }, (_, back) => new Date(Date.UTC(year, now.getMonth() - back, 15)));
  const quarterOf = (at: Date) => `${at.getUTCFullYear()}-Q${Math.floor(at.getUTCMonth() / 3) + 1}`;
  return {
    years: [0, 1, 2, 3].map((back) => String(year - back)),
    quarters: [...new Set(monthsBack(24).map(quarterOf))].slice(0, 8),
    months: monthsBack(12).map((at) => at.toISOString().slice(0, 7)),
  };
}
