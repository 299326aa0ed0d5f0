/**
 * What every link that proves something has in common – an invitation, a letter’s link, a request for recovery. It is found by the
 * hash of its token (`newToken` makes both) and is good while nobody used it, nobody took it back and its time is not over; of two
 * who use it at the same moment, on whichever node, the database lets one (ASVS 5.0 §6.4.2, §7.2). The tables name these moments
 * each in its own way; here is the one place that asks for them.
 */
import type { ErrorCode, EventName } from '#contract';
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { readToken } from './session-store.ts';

/** A table of things that are good once, and its columns for the moment of use and for the moment of being taken back. */
export type OneTime = Readonly<{ table: string; usedAt: string; endedAt: string }>;

/** Nobody used it and nobody took it back; its time may be over. */
export const isUnspent = (tx: Transaction, { usedAt, endedAt }: OneTime) =>
  tx`${tx(usedAt)} IS NULL AND ${tx(endedAt)} IS NULL`;

export const isGood = (tx: Transaction, what: OneTime, now: Date) => tx`${isUnspent(tx, what)} AND expires_at > ${now}`;

/** The moments of a row under the names that `requireGood` reads. */
export const momentsOf = (tx: Transaction, { usedAt, endedAt }: OneTime) =>
  tx`${tx(usedAt)} AS used_at, ${tx(endedAt)} AS ended_at`;

export type Moments = { used_at: Date | null; ended_at: Date | null; expires_at: Date };

/** Takes it: of two who do so at once one gets true. */
export async function claimOnce(
  tx: Transaction,
  what: OneTime,
  { organizationId, id, now }: { organizationId: string; id: string; now: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE ${tx(what.table)} SET ${tx(what.usedAt)} = ${now}
    WHERE organization_id = ${organizationId} AND id = ${id} AND ${isGood(tx, what, now)} RETURNING id`;
  return rows.length === 1;
}

type Refusals = Readonly<Record<'invalid' | 'used' | 'expired', ErrorCode>>;

/**
 * Whoever holds a token may know what became of it: that a link was followed already is news, if it was by somebody else. Of a
 * token that never was there is nothing to tell. @throws what `refusals` say
 */
export function requireGood<Row extends Moments>(row: Row | undefined, now: Date, refusals: Refusals): Row {
  if (row === undefined) throw new LubartError(refusals.invalid);
  if (row.used_at !== null) throw new LubartError(refusals.used);
  if (row.ended_at !== null) throw new LubartError(refusals.invalid);
  if (row.expires_at <= now) throw new LubartError(refusals.expired);
  return row;
}

/** Work for whoever brings a token; each of the refusals leaves an entry, also when it comes at the last moment. */
export async function forToken<T>(
  deps: SignInDeps,
  visitor: Visitor,
  token: string,
  { event, refusals, facts = {} }: { event: EventName; refusals: Refusals; facts?: Record<string, unknown> },
  work: (read: { organizationId: string; hash: Buffer }) => Promise<T>,
): Promise<T> {
  const read = readToken(token);
  try {
    if (read === undefined) throw new LubartError(refusals.invalid);
    return await work(read);
  } catch (error) {
    if (hasCode(error, ...Object.values(refusals))) {
      const organizationId = await findKnown(deps, read?.organizationId);
      await deps.noteRefusal({ event, code: error.code, visitor, organizationId, actor: null, facts });
    }
    throw error;
  }
}

/** A token can name an organization that is not there: that is noted where nobodies are. */
async function findKnown(deps: SignInDeps, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  const rows = await deps.database.read(
    systemReach(id),
    (tx) => tx`SELECT 1 FROM organizations WHERE organization_id = ${id}`,
  );
  return rows.length === 1 ? id : null;
}
