/**
 * What sign-in keeps about a person and gives up when the person leaves: every way in, one step each. A room that adds a way in adds
 * its line here. Each step counts exactly what it ends, by the same condition.
 */
import type { LeavingStepName } from '#contract';
import type { Transaction } from '#database';
import type { LeavingStep, Whose } from '#protections/access';
import { sheets } from './emergency/sheet-store.ts';
import { invitations } from './invitation-store.ts';
import { links } from './links/link-store.ts';
import type { OneTime } from './one-time-token.ts';
import { isUnspent } from './one-time-token.ts';
import { erasedHash } from './password.ts';
import { requests } from './recovery/request-store.ts';
import { deleteNumber } from './sms-codes/sms-store.ts';

type Rows = Promise<readonly unknown[]>;
type Condition = (tx: Transaction) => ReturnType<typeof isUnspent>;

const step = (
  name: LeavingStepName,
  rows: (tx: Transaction, whose: Whose) => Rows,
  end: (tx: Transaction, whose: Whose) => Rows,
): LeavingStep => ({
  name,
  count: async (tx, whose) => (await rows(tx, whose)).length,
  end: async (tx, whose) => (await end(tx, whose)).length,
});

const anyRow: Condition = (tx) => tx`true`;

/** The person’s rows of a table that are still worth something; `by`: the column that says whose they are. */
const theirs = (tx: Transaction, { organizationId, personId }: Whose, which: Condition, by = 'person_id') =>
  tx`organization_id = ${organizationId} AND ${tx(by)} = ${personId} AND ${which(tx)}`;

/** What is of no use to anybody afterwards. */
const removed = (name: LeavingStepName, table: string, which = anyRow): LeavingStep =>
  step(
    name,
    (tx, whose) => tx`SELECT 1 FROM ${tx(table)} WHERE ${theirs(tx, whose, which)}`,
    (tx, whose) => tx`DELETE FROM ${tx(table)} WHERE ${theirs(tx, whose, which)} RETURNING 1`,
  );

/** What stays, to be read in the log, and ends at this moment. */
const ended = (name: LeavingStepName, table: string, endedAt: string, which?: Condition, by?: string): LeavingStep => {
  const standing = which ?? ((tx) => tx`${tx(endedAt)} IS NULL`);
  return step(
    name,
    (tx, whose) => tx`SELECT 1 FROM ${tx(table)} WHERE ${theirs(tx, whose, standing, by)}`,
    (tx, whose) =>
      tx`UPDATE ${tx(table)} SET ${tx(endedAt)} = ${whose.at} WHERE ${theirs(tx, whose, standing, by)} RETURNING 1`,
  );
};

/** What is good once and was not used yet. */
const takenBack = (name: LeavingStepName, what: OneTime, by?: string): LeavingStep =>
  ended(name, what.table, what.endedAt, (tx) => isUnspent(tx, what), by);

const isUsable: Condition = (tx) => tx`hash <> ${erasedHash()}`;

export const signInLeavingSteps: readonly LeavingStep[] = [
  ended('sessions', 'sessions', 'ended_at'),
  removed('authenticators', 'authenticators'),
  step(
    'password',
    (tx, whose) => tx`SELECT 1 FROM passwords WHERE ${theirs(tx, whose, isUsable)}`,
    // The row stays: whoever comes back gets a link for a new password, and older links for the old one are dead.
    (tx, whose) =>
      tx`UPDATE passwords SET hash = ${erasedHash()}, changed_at = ${whose.at}
        WHERE ${theirs(tx, whose, isUsable)} RETURNING 1`,
  ),
  removed('recoveryCodes', 'recovery_codes', (tx) => tx`used_at IS NULL`),
  removed('passkeys', 'passkeys'),
  step(
    'smsNumber',
    (tx, whose) => tx`SELECT 1 FROM sms_numbers WHERE ${theirs(tx, whose, anyRow)}`,
    async (tx, whose) => ((await deleteNumber(tx, whose)) ? [whose] : []),
  ),
  removed('singleSignOn', 'sso_identities'),
  ended('apiKeys', 'api_keys', 'revoked_at'),
  ended('devices', 'devices', 'revoked_at'),
  takenBack('links', links),
  takenBack('recoveryRequests', requests),
  takenBack('emergencySheets', sheets),
  // Attack: an invitation sent to a friend on the last day.
  takenBack('invitations', invitations, 'invited_by'),
];
