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
import { lockCredentials, setPassword } from '../sign-in-store.ts';
import { claimLink } from './link-store.ts';
import type { OpenedLink } from './links.ts';
import { endLinks, requireLink } from './links.ts';
import { readAddressee, tellPasswordChanged } from './tell-person.ts';

export type ResetView = { name: string; email: string; organizationName: string; expiresAt: string };

/** What the link is for; looking does not use it up, for mail scanners look. @throws link.invalid */
export async function openReset(deps: SignInDeps, visitor: Visitor, token: string): Promise<ResetView> {
  const opened = await requireReset(deps, visitor, token);
  const { seals, holder, person, row } = opened;
  const { name, email } = seals.open<PersonSecret>(personPlace(holder.personId), person.sealed);
  const organization = await deps.database.read(systemReach(holder.organizationId), (tx) =>
    readOrganization(tx, seals),
  );
  return { name, email, organizationName: organization.name, expiresAt: row.expires_at.toISOString() };
}

/** @throws link.invalid, password.*, request.too_many */
export async function finishReset(
  deps: SignInDeps,
  visitor: Visitor,
  given: { token: string; password: string },
): Promise<void> {
  const { seals, holder, row, body, person } = await requireReset(deps, visitor, given.token);
  const { organizationId, personId } = holder;
  const { name, email } = seals.open<PersonSecret>(personPlace(personId), person.sealed);
  const organization = await deps.database.read(systemReach(organizationId), (tx) => readOrganization(tx, seals));
  requirePassword(given.password, { email, names: [name, organization.name] });
  const hash = await hashPassword(given.password);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    if (!(await claimLink(tx, organizationId, row.id, at))) throw new LubartError('link.invalid');
    const now = await lockCredentials(tx, holder);
    if (now === undefined || now.deactivated_at !== null || now.changed_at.getTime() !== body.passwordChangedAt)
      throw new LubartError('link.invalid');
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
  deps.sessions.forget();
}

/** A link that was made under another password is dead. */
async function requireReset(deps: SignInDeps, visitor: Visitor, token: string): Promise<OpenedLink<'password-reset'>> {
  const opened = await requireLink(deps, visitor, 'password-reset', token);
  if (opened.person.changed_at.getTime() !== opened.body.passwordChangedAt) throw new LubartError('link.invalid');
  return opened;
}
