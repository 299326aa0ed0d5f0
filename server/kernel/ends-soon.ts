/** When somebody has to be told that a certificate ends, of whatever it is. */

const day = 86_400_000;
const daysLeftMin = 14;

/** Two weeks before the end; of one that is good for weeks only, when a quarter of its time is left. */
export function endsSoon(from: Date, until: Date, now: Date): boolean {
  const quarter = (until.getTime() - from.getTime()) / 4;
  return until.getTime() - now.getTime() < Math.min(daysLeftMin * day, quarter);
}
