/** The only SQL on the table links. */
import type { Transaction } from '#database';
import type { Moments, OneTime } from '../one-time-token.ts';
import { claimOnce, isGood, isUnspent, momentsOf } from '../one-time-token.ts';
import type { Holder } from '../sign-in-store.ts';

/** What `links.sealed` holds, by purpose. */
export type LinkBody = {
  /** The password that stood when the link was made: the link dies with it. */
  'password-reset': { passwordChangedAt: number };
  'email-confirm': { from: string; to: string };
  'email-cancel': { from: string; to: string };
};
export type LinkPurpose = keyof LinkBody;

export const links: OneTime = { table: 'links', usedAt: 'used_at', endedAt: 'withdrawn_at' };

export const linkPlace = (id: string) => `links/${id}/sealed`;

export type LinkRow = {
  id: string;
  person_id: string;
  purpose: LinkPurpose;
  act_id: string;
  sealed: Buffer;
  letter_id: string | null;
  made_by: string | null;
  created_at: Date;
  expires_at: Date;
};

export async function insertLink(
  tx: Transaction,
  organizationId: string,
  row: LinkRow & { token_hash: Buffer },
): Promise<void> {
  await tx`
    INSERT INTO links (organization_id, id, person_id, purpose, act_id, token_hash, sealed, letter_id, made_by,
      created_at, expires_at)
    VALUES (${organizationId}, ${row.id}, ${row.person_id}, ${row.purpose}, ${row.act_id}, ${row.token_hash},
      ${row.sealed}, ${row.letter_id}, ${row.made_by}, ${row.created_at}, ${row.expires_at})`;
}

/** However it stands. The purpose is part of the question: a link for one thing is not found by another. */
export async function findLink(
  tx: Transaction,
  organizationId: string,
  purpose: LinkPurpose,
  tokenHash: Buffer,
): Promise<(LinkRow & Moments) | undefined> {
  const [row] = await tx<(LinkRow & Moments)[]>`
    SELECT id, person_id, purpose, act_id, sealed, letter_id, made_by, created_at, expires_at, ${momentsOf(tx, links)}
    FROM links WHERE organization_id = ${organizationId} AND token_hash = ${tokenHash} AND purpose = ${purpose}`;
  return row;
}

/** Of two who follow it at once one gets true. */
export const claimLink = (tx: Transaction, organizationId: string, id: string, now: Date): Promise<boolean> =>
  claimOnce(tx, links, { organizationId, id, now });

/** Open links of a person for these purposes, newest first. */
export async function listOpenLinks(
  tx: Transaction,
  holder: Holder,
  purposes: readonly LinkPurpose[],
  now: Date,
): Promise<LinkRow[]> {
  return tx<LinkRow[]>`
    SELECT id, person_id, purpose, act_id, sealed, letter_id, made_by, created_at, expires_at FROM links
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId} AND purpose IN ${tx([...purposes])}
      AND ${isGood(tx, links, now)}
    ORDER BY id DESC`;
}

/** Ends what is open; returns the letters that may still be on their way. */
export async function withdrawLinks(
  tx: Transaction,
  holder: Holder,
  purposes: readonly LinkPurpose[],
  now: Date,
): Promise<string[]> {
  const rows = await tx<{ letter_id: string | null }[]>`
    UPDATE links SET withdrawn_at = ${now}
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId} AND purpose IN ${tx([...purposes])}
      AND ${isUnspent(tx, links)} RETURNING letter_id`;
  return rows.map((row) => row.letter_id).filter((id) => id !== null);
}

/** How many links for this the person got since then, used or not. */
export async function countLinksSince(
  tx: Transaction,
  holder: Holder,
  purpose: LinkPurpose,
  since: Date,
): Promise<number> {
  const [row] = await tx<{ n: number }[]>`
    SELECT count(*)::int AS n FROM links
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId} AND purpose = ${purpose}
      AND created_at > ${since}`;
  return row!.n;
}

/** Removes links that ended a month ago. */
export async function sweepLinks(tx: Transaction, organizationId: string, now: Date): Promise<number> {
  const monthAgo = new Date(now.getTime() - 30 * 24 * 3_600_000);
  const rows =
    await tx`DELETE FROM links WHERE organization_id = ${organizationId} AND expires_at < ${monthAgo} RETURNING id`;
  return rows.length;
}
