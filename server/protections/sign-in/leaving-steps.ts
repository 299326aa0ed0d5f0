/**
 * What sign-in keeps about a person and gives up when the person leaves: every way in, one step each. A room that adds a way in adds
 * its line here. Each step counts exactly what it ends, by the same condition.
 */
import type { LeavingStepName } from '#contract';
import type { Transaction } from '#database';
import type { LeavingStep, Whose } from '#protections/access';
import { erasedHash } from './password.ts';
import { deleteNumber } from './sms-codes/sms-store.ts';
import { withdrawSheet } from './emergency/sheet-store.ts';

type Rows = Promise<readonly unknown[]>;

const step = (
  name: LeavingStepName,
  rows: (tx: Transaction, whose: Whose) => Rows,
  end: (tx: Transaction, whose: Whose) => Rows,
): LeavingStep => ({
  name,
  count: async (tx, whose) => (await rows(tx, whose)).length,
  end: async (tx, whose) => (await end(tx, whose)).length,
});

export const signInLeavingSteps: readonly LeavingStep[] = [
  step(
    'sessions',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM sessions WHERE organization_id = ${organizationId} AND person_id = ${personId} AND ended_at IS NULL`,
    (tx, { organizationId, personId, at }) =>
      tx`UPDATE sessions SET ended_at = ${at}
        WHERE organization_id = ${organizationId} AND person_id = ${personId} AND ended_at IS NULL RETURNING id`,
  ),
  step(
    'authenticators',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM authenticators WHERE organization_id = ${organizationId} AND person_id = ${personId}`,
    (tx, { organizationId, personId }) =>
      tx`DELETE FROM authenticators WHERE organization_id = ${organizationId} AND person_id = ${personId} RETURNING id`,
  ),
  step(
    'password',
    (tx, { organizationId, personId }) =>
      tx`SELECT 1 FROM passwords WHERE organization_id = ${organizationId} AND person_id = ${personId}
        AND hash <> ${erasedHash()}`,
    // The row stays: whoever comes back gets a link for a new password, and older links for the old one are dead.
    (tx, { organizationId, personId, at }) =>
      tx`UPDATE passwords SET hash = ${erasedHash()}, changed_at = ${at}
        WHERE organization_id = ${organizationId} AND person_id = ${personId} AND hash <> ${erasedHash()} RETURNING 1`,
  ),
  step(
    'recoveryCodes',
    (tx, { organizationId, personId }) =>
      tx`SELECT 1 FROM recovery_codes
        WHERE organization_id = ${organizationId} AND person_id = ${personId} AND used_at IS NULL`,
    (tx, { organizationId, personId }) =>
      tx`DELETE FROM recovery_codes
        WHERE organization_id = ${organizationId} AND person_id = ${personId} AND used_at IS NULL RETURNING 1`,
  ),
  step(
    'passkeys',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM passkeys WHERE organization_id = ${organizationId} AND person_id = ${personId}`,
    (tx, { organizationId, personId }) =>
      tx`DELETE FROM passkeys WHERE organization_id = ${organizationId} AND person_id = ${personId} RETURNING id`,
  ),
  step(
    'smsNumber',
    (tx, { organizationId, personId }) =>
      tx`SELECT 1 FROM sms_numbers WHERE organization_id = ${organizationId} AND person_id = ${personId}`,
    async (tx, whose) => ((await deleteNumber(tx, whose)) ? [whose] : []),
  ),
  step(
    'singleSignOn',
    (tx, { organizationId, personId }) =>
      tx`SELECT 1 FROM sso_identities WHERE organization_id = ${organizationId} AND person_id = ${personId}`,
    (tx, { organizationId, personId }) =>
      tx`DELETE FROM sso_identities WHERE organization_id = ${organizationId} AND person_id = ${personId} RETURNING 1`,
  ),
  step(
    'apiKeys',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM api_keys WHERE organization_id = ${organizationId} AND person_id = ${personId} AND revoked_at IS NULL`,
    (tx, { organizationId, personId, at }) =>
      tx`UPDATE api_keys SET revoked_at = ${at}
        WHERE organization_id = ${organizationId} AND person_id = ${personId} AND revoked_at IS NULL RETURNING id`,
  ),
  step(
    'devices',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM devices WHERE organization_id = ${organizationId} AND person_id = ${personId} AND revoked_at IS NULL`,
    (tx, { organizationId, personId, at }) =>
      tx`UPDATE devices SET revoked_at = ${at}
        WHERE organization_id = ${organizationId} AND person_id = ${personId} AND revoked_at IS NULL RETURNING id`,
  ),
  step(
    'links',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM links WHERE organization_id = ${organizationId} AND person_id = ${personId}
        AND used_at IS NULL AND withdrawn_at IS NULL`,
    (tx, { organizationId, personId, at }) =>
      tx`UPDATE links SET withdrawn_at = ${at} WHERE organization_id = ${organizationId} AND person_id = ${personId}
        AND used_at IS NULL AND withdrawn_at IS NULL RETURNING id`,
  ),
  step(
    'recoveryRequests',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM recovery_requests WHERE organization_id = ${organizationId} AND person_id = ${personId}
        AND cancelled_at IS NULL AND finished_at IS NULL`,
    (tx, { organizationId, personId, at }) =>
      tx`UPDATE recovery_requests SET cancelled_at = ${at}
        WHERE organization_id = ${organizationId} AND person_id = ${personId}
        AND cancelled_at IS NULL AND finished_at IS NULL RETURNING id`,
  ),
  step(
    'emergencySheets',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM emergency_sheets WHERE organization_id = ${organizationId} AND person_id = ${personId}
        AND used_at IS NULL AND withdrawn_at IS NULL`,
    (tx, { organizationId, personId, at }) => withdrawSheet(tx, organizationId, at, personId),
  ),
  // Attack: an invitation sent to a friend on the last day.
  step(
    'invitations',
    (tx, { organizationId, personId }) =>
      tx`SELECT id FROM invitations WHERE organization_id = ${organizationId} AND invited_by = ${personId}
        AND accepted_at IS NULL AND withdrawn_at IS NULL`,
    (tx, { organizationId, personId, at }) =>
      tx`UPDATE invitations SET withdrawn_at = ${at} WHERE organization_id = ${organizationId} AND invited_by = ${personId}
        AND accepted_at IS NULL AND withdrawn_at IS NULL RETURNING id`,
  ),
];
