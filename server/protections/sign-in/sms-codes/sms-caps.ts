/**
 * What keeps somebody from having this server write to the world at the company’s cost (SMS pumping), or to one phone without end:
 * caps for a day per number, person, country prefix and organization, and a growing pause between two codes of one person. Counted
 * before anything is sent, each in one statement, all or none.
 */
import type { FactorRules } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { RootKey } from '#protections/encryption';
import type { Holder } from '../sign-in-store.ts';

export const numberDayMax = 10;
export const personDayMax = 10;
/** Seconds before a second code; each further one waits twice as long, up to the longest. */
export const pauseSeconds = 30;
export const pauseSecondsMax = 600;

const dayMillis = 86_400_000;
type Kind = 'number' | 'person' | 'prefix' | 'organization';
type Count = { kind: Kind; mark: Buffer; max: number };

/** The allowed prefix that the number has. @throws sms.country_denied */
export function requireCountry({ sms }: Pick<FactorRules, 'sms'>, phone: string): string {
  const prefix = sms.prefixes.find((one) => phone.startsWith(one));
  if (prefix === undefined) throw new LubartError('sms.country_denied', { field: 'phone' });
  return prefix;
}

/** Seconds until the next code after the `count`th of the day. */
export const pauseAfter = (count: number): number => Math.min(pauseSeconds * 2 ** (count - 1), pauseSecondsMax);

function countsOf(root: RootKey, rules: FactorRules, holder: Holder, phone: string, prefix: string): Count[] {
  const mark = (kind: Kind, value: string) => root.token(`sms count ${holder.organizationId} ${kind}`, value);
  const { dayMax, prefixDayMax = dayMax } = rules.sms;
  return [
    { kind: 'person', mark: mark('person', holder.personId), max: personDayMax },
    { kind: 'number', mark: mark('number', phone), max: numberDayMax },
    { kind: 'prefix', mark: mark('prefix', prefix), max: prefixDayMax },
    { kind: 'organization', mark: mark('organization', ''), max: dayMax },
  ];
}

/**
 * Counts one message; returns the seconds until the next one may be asked for.
 * @throws sms.country_denied, sms.too_soon (details: seconds), sms.too_many
 */
export async function countMessage(
  tx: Transaction,
  root: RootKey,
  rules: FactorRules,
  given: Holder & { phone: string; at: Date },
): Promise<number> {
  const { organizationId, phone, at } = given;
  let mine = 1;
  for (const { kind, mark, max } of countsOf(root, rules, given, phone, requireCountry(rules, phone))) {
    const count = await add(tx, organizationId, { kind, mark, max }, at);
    if (count === undefined) throw await refusal(tx, organizationId, { kind, mark, max }, at);
    if (kind === 'person') mine = count;
  }
  return pauseAfter(mine);
}

async function add(
  tx: Transaction,
  organizationId: string,
  { kind, mark, max }: Count,
  at: Date,
): Promise<number | undefined> {
  const over = new Date(at.getTime() - dayMillis);
  const waits = kind === 'person';
  const [row] = await tx<{ count: number }[]>`
    INSERT INTO sms_counts AS c (organization_id, kind, mark, count, started_at, last_at)
    VALUES (${organizationId}, ${kind}, ${mark}, 1, ${at}, ${at})
    ON CONFLICT (organization_id, kind, mark) DO UPDATE SET
      count = CASE WHEN c.started_at <= ${over} THEN 1 ELSE c.count + 1 END,
      started_at = CASE WHEN c.started_at <= ${over} THEN ${at} ELSE c.started_at END, last_at = ${at}
    WHERE c.started_at <= ${over} OR (c.count < ${max} AND (NOT ${waits} OR c.last_at <= ${at}::timestamptz
      - make_interval(secs => least(${pauseSeconds} * power(2, c.count - 1), ${pauseSecondsMax}))))
    RETURNING count`;
  return row?.count;
}

async function refusal(
  tx: Transaction,
  organizationId: string,
  { kind, mark, max }: Count,
  at: Date,
): Promise<LubartError> {
  const [row] = await tx<{ count: number; last_at: Date }[]>`
    SELECT count, last_at FROM sms_counts
    WHERE organization_id = ${organizationId} AND kind = ${kind} AND mark = ${mark}`;
  if (kind !== 'person' || row === undefined || row.count >= max) {
    return new LubartError('sms.too_many', { details: { cap: kind } });
  }
  const seconds = Math.ceil(pauseAfter(row.count) - (at.getTime() - row.last_at.getTime()) / 1000);
  return new LubartError('sms.too_soon', { details: { seconds: Math.max(1, seconds) } });
}

/** The provider certainly took nothing: the message is taken off again, and its pause with it. */
export async function takeMessageOff(
  tx: Transaction,
  root: RootKey,
  rules: FactorRules,
  given: Holder & { phone: string },
): Promise<void> {
  const prefix = rules.sms.prefixes.find((one) => given.phone.startsWith(one)) ?? '';
  for (const { kind, mark } of countsOf(root, rules, given, given.phone, prefix)) {
    await tx`DELETE FROM sms_counts
      WHERE organization_id = ${given.organizationId} AND kind = ${kind} AND mark = ${mark} AND count = 1`;
    await tx`UPDATE sms_counts SET count = count - 1, last_at = last_at - make_interval(secs => ${pauseSecondsMax})
      WHERE organization_id = ${given.organizationId} AND kind = ${kind} AND mark = ${mark} AND count > 1`;
  }
}
