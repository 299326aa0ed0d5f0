/**
 * The reset link is followed: a new password stands, every session ends, and nobody is signed in by it: the second factor is asked
 * for at the next sign-in, as always.
 */
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace, readOrganization } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { hashPassword } from '../password.ts';
import { requirePassword } from '../require-password.ts';
import { endSessions } from '../session-store.ts';
import type { Credentials } from '../sign-in-store.ts';
import { lockCredentials, setPassword } from '../sign-in-store.ts';
import { claimLink } from './link-store.ts';
import type { OpenedLink } from './links.ts';
import { endLinks, followLink } from './links.ts';
import { readAddressee, tellPasswordChanged } from './tell-person.ts';

export type ResetView = { name: string; email: string; organizationName: string; expiresAt: string };

/** What the link is for; looking does not use it up, for mail scanners look. @throws link.* */
export async function openReset(deps: SignInDeps, visitor: Visitor, token: string): Promise<ResetView> {
  return followLink(deps, visitor, 'password-reset', token, async (link) => {
    requireSamePassword(link, link.person);
    const { seals, holder, person, row } = link;
    const { name, email } = seals.open<PersonSecret>(personPlace(holder.personId), person.sealed);
    const organization = await readOwn(deps, link);
    return { name, email, organizationName: organization.name, expiresAt: row.expires_at.toISOString() };
  });
}

/** @throws link.*, password.*, request.too_many */
export async function finishReset(
  deps: SignInDeps,
  visitor: Visitor,
  given: { token: string; password: string },
): Promise<void> {
  await followLink(deps, visitor, 'password-reset', given.token, async (link) => {
    requireSamePassword(link, link.person);
    const { seals, holder, person } = link;
    const { name, email } = seals.open<PersonSecret>(personPlace(holder.personId), person.sealed);
    const organization = await readOwn(deps, link);
    await requirePassword(given.password, { email, names: [name, organization.name] });
    await replacePassword(deps, visitor, link, name, await hashPassword(given.password));
  });
  deps.sessions.forget();
}

type Link = OpenedLink<'password-reset'>;

async function replacePassword(deps: SignInDeps, visitor: Visitor, link: Link, name: string, hash: string) {
  const { seals, holder, row } = link;
  const { organizationId, personId } = holder;
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    // People before everything else: a change of password holds the person, then ends links.
    const now = await lockCredentials(tx, holder);
    if (!(await claimLink(tx, organizationId, row.id, at))) throw new LubartError('link.used');
    if (now === undefined || now.deactivated_at !== null) throw new LubartError('link.invalid');
    requireSamePassword(link, now);
    await setPassword(tx, holder, hash, at);
    await endLinks(deps, tx, holder, ['password-reset']);
    const ended = await endSessions(tx, { ...holder, at });
    const doer = doerAt(organizationId, { personId, name, sessionId: null }, visitor);
    await deps.auditLog.record(tx, seals, doer, {
      event: 'person.password_reset',
      subjectKind: 'person',
      subjectIds: [personId],
      facts: { sessionsEnded: ended.length, ...(row.made_by === null ? {} : { linkMadeBy: row.made_by }) },
    });
    const who = await readAddressee(tx, seals, personId, now);
    await tellPasswordChanged(deps, tx, who, { organizationId, ...visitor });
  });
}

/** A link that was made under another password is dead. @throws link.invalid */
function requireSamePassword({ body }: Link, person: Pick<Credentials, 'changed_at'>): void {
  if (person.changed_at.getTime() !== body.passwordChangedAt) throw new LubartError('link.invalid');
}

const readOwn = (deps: SignInDeps, { seals }: Link) =>
  deps.database.read(systemReach(seals.organizationId), (tx) => readOrganization(tx, seals));
