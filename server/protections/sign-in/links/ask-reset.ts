/**
 * “Forgot your password?” Whoever asks, about whomever, gets the same answer after the same time: what follows happens behind the
 * answer (OWASP Forgot Password Cheat Sheet). A person gets three letters an hour at most, and as many more by asking in a browser
 * of one’s own, so that nobody uses up what the person will need. An owner can make the link for somebody, to be sent or to be
 * handed over.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reach } from '#database';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { lockPeople, mayGiveRoleIn, rolesOfPerson, reaches, selfNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { isKnownBrowser } from '../devices/know-device.ts';
import { signInToken } from '../enrol-person.ts';
import type { Holder } from '../sign-in-store.ts';
import { findHolders, lockCredentials } from '../sign-in-store.ts';
import { countLinksSince } from './link-store.ts';
import { linkMinutes, makeLink } from './links.ts';
import { letterTo, readAddressee } from './tell-person.ts';

/** Letters one person gets in an hour, however often somebody asks; the same number again for a known browser. */
export const resetsPerHourMax = 3;
/** Milliseconds after which everybody is answered. */
export const resetAnswerMillis = 400;

/** @throws sign-in.too_many_attempts for a network that asks too often, whether or not anybody has the e-mail */
export async function askReset(
  deps: SignInDeps,
  visitor: Visitor,
  { email }: { email: string },
): Promise<{ byMail: boolean }> {
  const token = signInToken(deps.keyring.root, email);
  const answerAt = sleep(resetAnswerMillis);
  const admitted = deps.resetLimit.admit(visitor.address, token) || (await isOwnBrowser(deps, visitor, token));
  // Attack: measuring the answer tells who works here. Nothing of the work below is waited for.
  if (admitted && deps.mail.configured) deps.background.run(() => sendResets(deps, visitor, token));
  await answerAt;
  if (admitted) return { byMail: deps.mail.configured };
  await noteRefused(deps, visitor, null, 'sign-in.too_many_attempts');
  throw new LubartError('sign-in.too_many_attempts');
}

/** Whether the browser is known as one of whoever has this e-mail: that much only its cookie can say. */
async function isOwnBrowser(deps: SignInDeps, visitor: Visitor, token: Buffer): Promise<boolean> {
  if (visitor.browser === null || visitor.browser === undefined) return false;
  for (const holder of await findHolders(deps.database, token)) {
    const reach = systemReach(holder.organizationId);
    if (await deps.database.read(reach, (tx) => isKnownBrowser(deps, tx, holder, visitor))) return true;
  }
  return false;
}

async function sendResets(deps: SignInDeps, visitor: Visitor, token: Buffer): Promise<void> {
  const holders = await findHolders(deps.database, token);
  if (holders.length === 0) await noteRefused(deps, visitor, null, 'sign-in.refused');
  for (const holder of holders) await sendReset(deps, visitor, holder);
}

async function sendReset(deps: SignInDeps, visitor: Visitor, holder: Holder): Promise<void> {
  const { organizationId, personId } = holder;
  const seals = await deps.keyring.of(organizationId);
  const hourAgo = new Date(deps.clock.now().getTime() - 3_600_000);
  const refused = await deps.database.act(systemReach(organizationId), async (tx) => {
    // Locked: a hundred requests at once are still three letters.
    const person = await lockCredentials(tx, holder);
    if (person === undefined || person.deactivated_at !== null) return 'sign-in.refused';
    // Attack: somebody asks three times every hour, and the person, who has lost the letters, gets none.
    const lettersMax = (await isKnownBrowser(deps, tx, holder, visitor)) ? 2 * resetsPerHourMax : resetsPerHourMax;
    if ((await countLinksSince(tx, holder, 'password-reset', hourAgo)) >= lettersMax)
      return 'sign-in.too_many_attempts';
    const who = await readAddressee(tx, seals, personId, person);
    const body = { passwordChangedAt: person.changed_at.getTime() };
    const minutes = linkMinutes['password-reset'];
    await makeLink(deps, tx, seals, personId, { purpose: 'password-reset', body }, (link) =>
      letterTo(who, 'reset', { link, minutes, by: null }),
    );
    const doer = doerAt(organizationId, { personId, name: who.name, sessionId: null }, visitor);
    await deps.auditLog.record(tx, seals, doer, {
      event: 'person.password_reset_asked',
      subjectKind: 'person',
      subjectIds: [personId],
    });
    return null;
  });
  if (refused !== null) await noteRefused(deps, visitor, organizationId, refused);
}

const noteRefused = (
  deps: SignInDeps,
  visitor: Visitor,
  organizationId: string | null,
  code: 'sign-in.refused' | 'sign-in.too_many_attempts',
) =>
  deps.noteRefusal({
    event: 'sign-in.denied',
    code,
    visitor,
    organizationId,
    actor: null,
    facts: { step: 'password reset' },
  });

/**
 * The link for a colleague: sent by letter, or shown to whoever made it where letters are of no use.
 * @throws person.not_found, access.denied, mail.not_configured
 */
export async function makeResetFor(
  deps: SignInDeps,
  actor: Actor,
  reach: Reach,
  personId: string,
  { by }: { by: 'mail' | 'screen' },
): Promise<{ link: string | null; expiresAt: string }> {
  if (by === 'mail' && !deps.mail.configured) throw new LubartError('mail.not_configured');
  const holder = { organizationId: actor.organizationId, personId };
  const seals = await deps.keyring.of(holder.organizationId);
  return deps.database.act(reach, async (tx) => {
    const person = await requireColleague(tx, actor, holder, deps.clock.now());
    const who = await readAddressee(tx, seals, personId, person);
    const body = { passwordChangedAt: person.changed_at.getTime() };
    const minutes = linkMinutes['password-reset'];
    const write = (link: string) => letterTo(who, 'reset', { link, minutes, by: actor.name });
    const asked = { purpose: 'password-reset', body, madeBy: actor.personId } as const;
    const made = await makeLink(deps, tx, seals, personId, asked, by === 'mail' ? write : undefined);
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.password_reset_asked',
      subjectKind: 'person',
      subjectIds: [personId],
      facts: { by },
    });
    return { link: by === 'screen' ? made.link : null, expiresAt: made.expiresAt.toISOString() };
  });
}

/** Somebody else, within reach, active, and with no more rights than the actor has. @throws person.not_found, access.denied */
export async function requireColleague(
  tx: Parameters<typeof lockCredentials>[0],
  actor: Actor,
  holder: Holder,
  now: Date,
): Promise<NonNullable<Awaited<ReturnType<typeof lockCredentials>>>> {
  const locked = await lockPeople(tx, holder.organizationId, [holder.personId, actor.personId], now);
  const person = await lockCredentials(tx, holder);
  if (person === undefined || person.deactivated_at !== null) throw new LubartError('person.not_found');
  // Attack: who was dismissed, moved or lost the right a moment ago takes a link to the account of a colleague along.
  const self = await selfNow(tx, locked, actor, 'person.recover', now);
  const record = { ownerId: holder.personId, departmentId: person.department_id };
  if (!reaches(self, 'person.recover', record)) throw new LubartError('person.not_found');
  // Attack: from the account of whoever helps with passwords into the account of an owner; and around one’s own password.
  const roles = await rolesOfPerson(tx, holder.organizationId, holder.personId, now);
  if (holder.personId === actor.personId || !roles.every((role) => mayGiveRoleIn(self, role, person.department_id))) {
    throw new LubartError('access.denied', { details: { permission: 'person.recover' } });
  }
  return person;
}
