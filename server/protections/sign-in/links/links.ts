/**
 * Links that reach a person by letter: a token of 256 random bits in the fragment of the address (no server and no proxy ever sees
 * it in a log), kept only as a hash, good for one purpose, once, for a time (ASVS 5.0 §6.4.2, §7.2). A link proves that somebody
 * reads a mailbox. It replaces no factor: nobody is signed in by one.
 */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError, newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { newToken, readToken } from '../session-store.ts';
import type { Credentials, Holder } from '../sign-in-store.ts';
import { findCredentials } from '../sign-in-store.ts';
import type { LinkBody, LinkPurpose, LinkRow } from './link-store.ts';
import { findOpenLink, insertLink, linkPlace, withdrawLinks } from './link-store.ts';

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

/** The link and its person, while both are good. @throws link.invalid */
export async function requireLink<P extends LinkPurpose>(
  deps: SignInDeps,
  visitor: Visitor,
  purpose: P,
  token: string,
): Promise<OpenedLink<P>> {
  const read = readToken(token);
  try {
    if (read === undefined) throw new LubartError('link.invalid');
    return await openLink(deps, purpose, read);
  } catch (error) {
    if (hasCode(error, 'link.invalid')) await noteInvalid(deps, visitor, purpose, read?.organizationId);
    throw error;
  }
}

async function openLink<P extends LinkPurpose>(
  deps: SignInDeps,
  purpose: P,
  { organizationId, hash }: { organizationId: string; hash: Buffer },
): Promise<OpenedLink<P>> {
  const now = deps.clock.now();
  const found = await deps.database.read(systemReach(organizationId), async (tx) => {
    const row = await findOpenLink(tx, organizationId, purpose, { tokenHash: hash, now });
    if (row === undefined) return undefined;
    const holder = { organizationId, personId: row.person_id };
    return { row, holder, person: await findCredentials(tx, holder, false) };
  });
  if (found?.person === undefined || found.person.deactivated_at !== null) throw new LubartError('link.invalid');
  const { row, holder, person } = found;
  const seals = await deps.keyring.of(organizationId);
  const body = seals.open<LinkBody[P]>(linkPlace(row.id), row.sealed);
  return { seals, holder, row, body, person };
}

/** Every refused link leaves an entry; a token of an organization that is not there is noted where nobodies are. */
async function noteInvalid(deps: SignInDeps, visitor: Visitor, purpose: LinkPurpose, id: string | undefined) {
  const known =
    id !== undefined &&
    (await deps.database.read(systemReach(id), (tx) => tx`SELECT 1 FROM organizations WHERE organization_id = ${id}`))
      .length === 1;
  await deps.noteRefusal({
    event: 'link.denied',
    code: 'link.invalid',
    visitor,
    organizationId: known ? id : null,
    actor: null,
    facts: { purpose },
  });
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
