/**
 * Guessing has an end. Every try of a person, with whatever factor, is counted before it is checked, in one statement, so that a
 * thousand tries at once are still ten; what turns out right is taken off again. E-mails that nobody has are counted in the same
 * way in memory, and so is the network a try comes from – wide, so that a colleague’s typing errors do not lock the office.
 *
 * A browser that is known as the person’s has tries of its own, which strangers cannot use up, and is delayed rather than shut:
 * each wrong try waits longer for the next. Strangers’ tries are counted for the organization together, too: one password tried
 * on everybody stays under every limit of one person.
 */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { LubartError, networkOf } from '#kernel';
import type { SqlStatement, Transaction } from '#database';
import { askStatement, sendStatement } from '#database';
import { systemReach } from '#protections/encryption';
import { openCounts, windowMillis } from './network-limit.ts';

/** Tries of one person (or one unknown e-mail) in one window. */
export const triesPerPersonMax = 10;
/** Failed first steps from one network in one window. */
export const failuresPerNetworkMax = 100;
/** Tries from unknown browsers on all people of an organization in one window. */
export const strangersPerOrganizationMax = 300;
/** Starts of single sign-on from one network in one window: each asks a provider. */
export const startsPerNetworkMax = 200;
/** Wrong tries at a known browser before it has to wait, and the longest wait, seconds. */
export const promptTries = 4;
export const delaySecondsMax = 300;

type Holder = { organizationId: string; personId: string };
/** Whose try it is, and whether from a browser that is known as the person’s. */
export type Guesser = Holder & { known?: boolean };

export type Failures = {
  /** Counts a try of the person before it is checked; false when there were too many. Commits by itself. */
  countTry(guesser: Guesser): Promise<boolean>;
  /** The same in the act that judges it, which must commit whatever it judges (judged-act.ts). */
  countIn(tx: Transaction, guesser: Guesser): Promise<boolean>;
  /** The try was right, but is not the whole sign-in: it is taken off. */
  takeOff(tx: Transaction, guesser: Guesser): Promise<void>;
  /** The same as a statement, for whoever sends it along with another. */
  takingOff(guesser: Guesser): SqlStatement;
  /** The whole sign-in succeeded. */
  forget(tx: Transaction, holder: Holder): Promise<void>;
  /** The same for an e-mail that nobody has. */
  countUnknown(token: Buffer): boolean;
  /**
   * Counts a first step from this network before it is checked: a burst would otherwise fill the queue of hashes.
   * @throws sign-in.too_many_attempts when this network failed too often
   */
  enterNetwork(address: string): void;
  /** The step was right, or was not checked: it is taken off. */
  leaveNetwork(address: string): void;
  /** Counts a start of single sign-on. @throws sign-in.too_many_attempts */
  enterStart(address: string): void;
};

/** The whole sign-in of this person succeeded, as a statement for whoever sends it along with another. */
export const forgetting = ({ organizationId, personId }: Holder): SqlStatement => ({
  text: 'DELETE FROM sign_in_failures WHERE organization_id = $1 AND person_id = $2',
  values: [organizationId, personId],
});

/** $1 the organization, $2 the person, $3 known or not, $4 now, $5 the moment before which a window is over; the rest are limits. */
const counting = `
  INSERT INTO sign_in_failures AS f (organization_id, person_id, known, count, window_started_at, last_try_at)
  VALUES ($1, $2, $3, 1, $4, $4)
  ON CONFLICT (organization_id, person_id, known) DO UPDATE SET
    count = CASE WHEN f.window_started_at <= $5 THEN 1 ELSE f.count + 1 END,
    window_started_at = CASE WHEN f.window_started_at <= $5 THEN $4 ELSE f.window_started_at END,
    try_before_at = f.last_try_at, last_try_at = $4
  WHERE f.window_started_at <= $5 OR CASE WHEN $3 THEN coalesce(f.last_try_at, '-infinity') <= $4
      - make_interval(secs => CASE WHEN f.count < $6::int THEN 0
        ELSE least($7::int, power(2, f.count - $6::int + 1)) END)
    ELSE f.count < $8::int END
  RETURNING count`;

export function openFailures(database: Database, clock: Clock): Failures {
  const unknown = openCounts(clock);
  const networks = openCounts(clock);
  const organizations = openCounts(clock);
  const starts = openCounts(clock);
  const countIn: Failures['countIn'] = async (tx, { organizationId, personId, known = false }) => {
    if (!known && organizations.add(organizationId) > strangersPerOrganizationMax) return false;
    const now = clock.now();
    const over = new Date(now.getTime() - windowMillis);
    const values = [organizationId, personId, known, now, over, promptTries, delaySecondsMax, triesPerPersonMax];
    const counted = await askStatement(tx, { text: counting, values });
    return counted.length === 1;
  };
  const takingOff: Failures['takingOff'] = ({ organizationId, personId, known = false }) => {
    if (!known) organizations.takeOff(organizationId);
    return {
      text: `UPDATE sign_in_failures SET count = greatest(count - 1, 0), last_try_at = try_before_at
        WHERE organization_id = $1 AND person_id = $2 AND known = $3`,
      values: [organizationId, personId, known],
    };
  };
  return {
    countIn,
    countTry: (guesser) => database.act(systemReach(guesser.organizationId), (tx) => countIn(tx, guesser)),
    takeOff: async (tx, guesser) => void (await sendStatement(tx, takingOff(guesser))),
    takingOff,
    forget: async (tx, holder) => void (await sendStatement(tx, forgetting(holder))),
    countUnknown: (token) => unknown.add(token.toString('base64')) <= triesPerPersonMax,
    enterNetwork: (address) => {
      if (networks.of(networkOf(address)) >= failuresPerNetworkMax) throw new LubartError('sign-in.too_many_attempts');
      networks.add(networkOf(address));
    },
    leaveNetwork: (address) => networks.takeOff(networkOf(address)),
    enterStart: (address) => {
      if (starts.add(networkOf(address)) > startsPerNetworkMax) throw new LubartError('sign-in.too_many_attempts');
    },
  };
}
