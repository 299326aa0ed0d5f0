/** The only SQL on the table invitations. */
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import type { Moments, OneTime } from './one-time-token.ts';
import { claimOnce, isGood, isUnspent, momentsOf } from './one-time-token.ts';

export const invitations: OneTime = { table: 'invitations', usedAt: 'accepted_at', endedAt: 'withdrawn_at' };

/** What `invitations.sealed` holds. */
export type InvitationSecret = { name: string; email: string };
export const invitationPlace = (id: string) => `invitations/${id}/sealed`;

export type InvitationRow = {
  id: string;
  sealed: Buffer;
  role_ids: string[];
  department_id: string;
  invited_by: string;
  created_at: Date;
  expires_at: Date;
  letter_id: string | null;
};

export async function insertInvitation(
  tx: Transaction,
  organizationId: string,
  row: InvitationRow & { token_hash: Buffer },
): Promise<void> {
  await tx`
    INSERT INTO invitations
      (organization_id, id, token_hash, sealed, role_ids, department_id, invited_by, created_at, expires_at, letter_id)
    VALUES (${organizationId}, ${row.id}, ${row.token_hash}, ${row.sealed}, ${row.role_ids}::uuid[], ${row.department_id},
      ${row.invited_by}, ${row.created_at}, ${row.expires_at}, ${row.letter_id})`;
}

export async function listWaitingInvitations(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<InvitationRow[]> {
  return tx<InvitationRow[]>`
    SELECT id, sealed, role_ids, department_id, invited_by, created_at, expires_at, letter_id FROM invitations
    WHERE organization_id = ${organizationId} AND ${isGood(tx, invitations, now)}
    ORDER BY id DESC`;
}

/** The invitation of a link, however it stands, with whether its maker is still here. */
export async function findInvitation(
  tx: Transaction,
  organizationId: string,
  tokenHash: Buffer,
): Promise<(InvitationRow & Moments & { inviter_active: boolean }) | undefined> {
  const [row] = await tx<(InvitationRow & Moments & { inviter_active: boolean })[]>`
    SELECT i.id, i.sealed, i.role_ids, i.department_id, i.invited_by, i.created_at, i.expires_at, i.letter_id,
      ${momentsOf(tx, invitations)}, p.deactivated_at IS NULL AS inviter_active
    FROM invitations i JOIN people p ON p.organization_id = i.organization_id AND p.id = i.invited_by
    WHERE i.organization_id = ${organizationId} AND i.token_hash = ${tokenHash}`;
  return row;
}

/** A new link takes the place of the old one, which is dead from now on. */
export async function renewInvitation(
  tx: Transaction,
  organizationId: string,
  id: string,
  to: { tokenHash: Buffer; expiresAt: Date; letterId: string | null; now: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE invitations SET token_hash = ${to.tokenHash}, expires_at = ${to.expiresAt}, letter_id = ${to.letterId}
    WHERE organization_id = ${organizationId} AND id = ${id}
      AND ${isGood(tx, invitations, to.now)} RETURNING id`;
  return rows.length === 1;
}

/** Of two who accept at once one gets true. */
export const claimInvitation = (tx: Transaction, organizationId: string, id: string, now: Date): Promise<boolean> =>
  claimOnce(tx, invitations, { organizationId, id, now });

export async function withdrawInvitation(
  tx: Transaction,
  organizationId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    UPDATE invitations SET withdrawn_at = ${now}
    WHERE organization_id = ${organizationId} AND id = ${id}
      AND ${isGood(tx, invitations, now)} RETURNING id`;
  return rows.length === 1;
}

export async function withdrawInvitationsBy(
  tx: Transaction,
  organizationId: string,
  personId: string,
  now: Date,
): Promise<number> {
  const rows = await tx`
    UPDATE invitations SET withdrawn_at = ${now}
    WHERE organization_id = ${organizationId} AND invited_by = ${personId}
      AND ${isUnspent(tx, invitations)} RETURNING id`;
  return rows.length;
}

/** Removes invitations that ended a month ago. */
export async function sweepInvitations(tx: Transaction, organizationId: string, now: Date): Promise<number> {
  const monthAgo = new Date(now.getTime() - 30 * 24 * 3_600_000);
  const rows = await tx`
    DELETE FROM invitations WHERE organization_id = ${organizationId}
      AND (expires_at < ${monthAgo} OR accepted_at < ${monthAgo} OR withdrawn_at < ${monthAgo}) RETURNING id`;
  return rows.length;
}

/** Invitations that nobody accepted and nobody withdrew, with the name that was invited. */
export async function unansweredInvitations(tx: Transaction, seals: OrganizationSeals) {
  const rows = await tx<{ id: string; sealed: Buffer; created_at: Date; expires_at: Date }[]>`
    SELECT id, sealed, created_at, expires_at FROM invitations
    WHERE organization_id = ${seals.organizationId} AND ${isUnspent(tx, invitations)} ORDER BY id DESC LIMIT 500`;
  return rows.map(({ id, sealed, created_at, expires_at }) => {
    const { name } = seals.open<InvitationSecret>(invitationPlace(id), sealed);
    return { id, name, createdAt: created_at.toISOString(), expiresAt: expires_at.toISOString() };
  });
}
