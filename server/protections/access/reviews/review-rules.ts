/** How an organization reviews: the rules, kept as one row, and the days on which the calendar asks. */
import type { ReviewRules } from '#contract';
import { defaultReviewRules } from '#contract';
import type { Transaction } from '#database';
import { writeVersionedRules } from '#database';

export type KeptReviewRules = {
  version: number;
  rules: ReviewRules;
  /** Null: since the organization was made. */ calendarFrom: Date | null;
};

type Row = { version: number; rules: Partial<ReviewRules>; calendar_from: Date };

export async function readReviewRules(tx: Transaction, organizationId: string): Promise<KeptReviewRules> {
  const [row] = await tx<Row[]>`
    SELECT version, rules, calendar_from FROM review_rules WHERE organization_id = ${organizationId}`;
  return {
    version: row?.version ?? 0,
    rules: { ...defaultReviewRules, ...row?.rules },
    calendarFrom: row?.calendar_from ?? null,
  };
}

/** False when somebody else was faster. */
export function writeReviewRules(
  tx: Transaction,
  organizationId: string,
  { version, rules, calendarFrom }: { version: number; rules: ReviewRules; calendarFrom: Date },
): Promise<boolean> {
  const place = { table: 'review_rules', rules: 'rules', moment: 'calendar_from' };
  return writeVersionedRules(tx, place, { organizationId, version, rules, at: calendarFrom });
}

const kyiv = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv', year: 'numeric', month: '2-digit' });

/** The first day (YYYY-MM-DD, in Kyiv) of the period in which this moment lies; periods are counted from January. */
export function periodOf(at: Date, intervalMonths: number): string {
  const [year, month] = kyiv.format(at).split('-').map(Number) as [number, number];
  const first = month - ((month - 1) % intervalMonths);
  return `${year}-${String(first).padStart(2, '0')}-01`;
}

/** The period that the calendar asks about now; null when it began before `since`, or there is no calendar. */
export function duePeriod(now: Date, rules: ReviewRules, since: Date): string | null {
  if (!rules.calendar) return null;
  const period = periodOf(now, rules.intervalMonths);
  return period > kyivDay(since) ? period : null;
}

const days = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' });
const kyivDay = (at: Date) => days.format(at);
