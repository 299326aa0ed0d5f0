/**
 * Links that reach a person by letter: a token of 256 random bits in the fragment of the address (no server and no proxy ever sees
 * it in a log), kept only as a hash, good for one purpose, once, for a time (ASVS 5.0 §6.4.2, §7.2). A link proves that somebody
 * reads a mailbox. It replaces no factor: nobody is signed in by one.
 */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { LubartError, newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { forToken, requireGood } from '../one-time-token.ts';
import { newToken } from '../session-store.ts';
import type { Credentials, Holder } from '../sign-in-store.ts';
import { findCredentials } from '../sign-in-store.ts';
import type { LinkBody, LinkPurpose, LinkRow } from './link-store.ts';
import { findLink, insertLink, linkPlace, withdrawLinks } from './link-store.ts';

/** Minutes for which each kind is good. */
export const linkMinutes: Readonly<Record<LinkPurpose, number>> = {
  'password-reset': 30,
  'email-confirm': 24 * 60,
  'email-cancel': 72 * 60,
};

const pages: Readonly<Record<LinkPurpose, string>> = {
  'password-reset': 'reset',
  'email-confirm': 'confirm-email',
  'email-cancel': 'cancel-email',
};

export type NewLink<P extends LinkPurpose> = { purpose: P; body: LinkBody[P]; actId?: string; madeBy?: string | null };
export type MadeLink = { link: string; expiresAt: Date; actId: string };

/** Makes the link and, given whom to write, the letter that carries it; both in the caller’s transaction. */
export async function makeLink<P extends LinkPurpose>(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  { purpose, body, actId = newId(), madeBy = null }: NewLink<P>,
  letter?: (link: string) => { to: string; subject: string; text: string },
): Promise<MadeLink & { letterId: string | null }> {
  const { organizationId } = seals;
  const id = newId();
  const at = deps.clock.now();
  const expiresAt = new Date(at.getTime() + linkMinutes[purpose] * 60_000);
  const { token, hash } = newToken(organizationId);
  // Attack: a request with a foreign Host would make the link lead there. The origin comes from the settings.
  const link = `${deps.origin()}/${pages[purpose]}#token=${token}`;
  const letterId =
    letter === undefined ? null : await deps.mail.send(tx, { organizationId, goodUntil: expiresAt, ...letter(link) });
  const sealed = seals.seal(linkPlace(id), body);
  await insertLink(tx, organizationId, {
    id,
    person_id: personId,
    purpose,
    act_id: actId,
    sealed,
    letter_id: letterId,
    made_by: madeBy,
    created_at: at,
    expires_at: expiresAt,
    token_hash: hash,
  });
  return { link, expiresAt, actId, letterId };
}

export type OpenedLink<P extends LinkPurpose> = {
  seals: OrganizationSeals;
  holder: Holder;
  row: LinkRow;
  body: LinkBody[P];
  person: Credentials;
};

const refusals = { invalid: 'link.invalid', used: 'link.used', expired: 'link.expired' } as const;

/**
 * What is done by whoever follows the link, while it and its person are good.
 * @throws link.invalid, link.used, link.expired and what `work` throws
 */
export async function followLink<P extends LinkPurpose, T>(
  deps: SignInDeps,
  visitor: Visitor,
  purpose: P,
  token: string,
  work: (link: OpenedLink<P>) => Promise<T>,
): Promise<T> {
  return forToken(deps, visitor, token, { event: 'link.denied', refusals, facts: { purpose } }, async (read) =>
    work(await openLink(deps, purpose, read)),
  );
}

async function openLink<P extends LinkPurpose>(
  deps: SignInDeps,
  purpose: P,
  { organizationId, hash }: { organizationId: string; hash: Buffer },
): Promise<OpenedLink<P>> {
  const { row, holder, person } = await deps.database.read(systemReach(organizationId), async (tx) => {
    const found = requireGood(await findLink(tx, organizationId, purpose, hash), deps.clock.now(), refusals);
    const whose = { organizationId, personId: found.person_id };
    return { row: found, holder: whose, person: await findCredentials(tx, whose, false) };
  });
  if (person === undefined || person.deactivated_at !== null) throw new LubartError('link.invalid');
  const seals = await deps.keyring.of(organizationId);
  const body = seals.open<LinkBody[P]>(linkPlace(row.id), row.sealed);
  return { seals, holder, row, body, person };
}

/** Ends open links for these purposes; their letters do not leave any more. */
export async function endLinks(
  deps: SignInDeps,
  tx: Transaction,
  holder: Holder,
  purposes: readonly LinkPurpose[],
): Promise<void> {
  for (const letterId of await withdrawLinks(tx, holder, purposes, deps.clock.now())) {
    await deps.mail.takeBack(tx, holder.organizationId, letterId);
  }
}
