/**
 * The new address confirms, or the old one says no. Whoever reads the old mailbox can undo the change for three days, whatever was
 * changed after it: an intruder who changed the address twice gains nothing.
 */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { changeEmail, isUniqueViolation, personPlace, readOrganization, signInEmail } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { signInToken } from '../enrol-person.ts';
import { endSessions } from '../session-store.ts';
import { lockCredentials } from '../sign-in-store.ts';
import { claimLink } from './link-store.ts';
import type { OpenedLink } from './links.ts';
import { endLinks, followLink, linkMinutes, makeLink } from './links.ts';
import { letterTo, readAddressee } from './tell-person.ts';

type Purpose = 'email-confirm' | 'email-cancel';
export type EmailLinkView = { organizationName: string; from: string; to: string; expiresAt: string };

/** What the link is for; looking does not use it up. @throws link.* */
export async function openEmailLink(
  deps: SignInDeps,
  visitor: Visitor,
  { purpose, token }: { purpose: 'confirm' | 'cancel'; token: string },
): Promise<EmailLinkView> {
  return followLink(deps, visitor, `email-${purpose}`, token, async ({ seals, holder, row, body }) => {
    const organization = await deps.database.read(systemReach(holder.organizationId), (tx) =>
      readOrganization(tx, seals),
    );
    return { organizationName: organization.name, ...body, expiresAt: row.expires_at.toISOString() };
  });
}

/** @throws link.*, person.email_taken */
export async function confirmEmail(deps: SignInDeps, visitor: Visitor, token: string): Promise<{ email: string }> {
  return settle(deps, visitor, 'email-confirm', token, async (tx, link, person) => {
    const { seals, holder, row, body } = link;
    const who = await readAddressee(tx, seals, holder.personId, person);
    // Changed meanwhile in another way: what the old address was told is no longer what would happen.
    if (signInEmail(who.email) !== signInEmail(body.from)) throw new LubartError('link.invalid');
    await setEmail(deps, tx, link, person, body.to);
    await endLinks(deps, tx, holder, ['email-confirm', 'password-reset']);
    const asked = { purpose: 'email-cancel', body, actId: row.act_id } as const;
    await makeLink(deps, tx, seals, holder.personId, asked, (cancel) =>
      letterTo(who, 'emailChanged', { to: body.to, link: cancel, hours: linkMinutes['email-cancel'] / 60 }),
    );
    await record(deps, tx, link, visitor, person, { event: 'person.email_changed' });
    return { email: body.to };
  });
}

/** @throws link.*, person.email_taken (somebody has the old address by now) */
export async function cancelEmail(deps: SignInDeps, visitor: Visitor, token: string): Promise<{ email: string }> {
  return settle(deps, visitor, 'email-cancel', token, async (tx, link, person) => {
    const { seals, holder, body } = link;
    const { email } = seals.open<PersonSecret>(personPlace(holder.personId), person.sealed);
    const restored = signInEmail(email) !== signInEmail(body.from);
    if (restored) await setEmail(deps, tx, link, person, body.from);
    // Also what the intruder’s mailbox holds: links to confirm, to undo this, to reset the password.
    await endLinks(deps, tx, holder, ['email-confirm', 'email-cancel', 'password-reset']);
    const ended = await endSessions(tx, { ...holder, at: deps.clock.now() });
    const facts = { restored, sessionsEnded: ended.length };
    await record(deps, tx, link, visitor, person, { event: 'person.email_change_cancelled', facts });
    const who = await readAddressee(tx, seals, holder.personId, person);
    await deps.mail.send(tx, {
      organizationId: holder.organizationId,
      ...letterTo(who, 'emailRestored', {}, body.from),
    });
    return { email: body.from };
  });
}

type Person = NonNullable<Awaited<ReturnType<typeof lockCredentials>>>;

/** The link is taken and its person locked; then the work, in the same transaction. */
async function settle<T>(
  deps: SignInDeps,
  visitor: Visitor,
  purpose: Purpose,
  token: string,
  work: (tx: Transaction, link: OpenedLink<Purpose>, person: Person) => Promise<T>,
): Promise<T> {
  return followLink(deps, visitor, purpose, token, async (link) => {
    const { organizationId } = link.holder;
    const settled = await deps.database.act(systemReach(organizationId), async (tx) => {
      // People before everything else: whoever asks for another e-mail or takes the question back holds the person, then ends links.
      const person = await lockCredentials(tx, link.holder);
      if (!(await claimLink(tx, organizationId, link.row.id, deps.clock.now()))) throw new LubartError('link.used');
      if (person === undefined || person.deactivated_at !== null) throw new LubartError('link.invalid');
      return work(tx, link, person);
    });
    deps.sessions.forget();
    deps.directory.forget(organizationId);
    return settled;
  });
}

async function setEmail(
  deps: SignInDeps,
  tx: Transaction,
  { seals, holder }: Pick<OpenedLink<Purpose>, 'seals' | 'holder'>,
  person: Person,
  email: string,
): Promise<void> {
  const place = personPlace(holder.personId);
  const sealed = seals.seal(place, { ...seals.open<PersonSecret>(place, person.sealed), email });
  try {
    const token = signInToken(deps.keyring.root, email);
    await changeEmail(tx, holder.organizationId, holder.personId, { signInToken: token, sealed });
  } catch (error) {
    if (isUniqueViolation(error)) throw new LubartError('person.email_taken', { field: 'email', cause: error });
    throw error;
  }
}

async function record(
  deps: SignInDeps,
  tx: Transaction,
  { seals, holder, row }: Pick<OpenedLink<Purpose>, 'seals' | 'holder' | 'row'>,
  visitor: Visitor,
  person: Person,
  what: { event: 'person.email_changed' | 'person.email_change_cancelled'; facts?: Record<string, unknown> },
): Promise<void> {
  const { organizationId, personId } = holder;
  const { name } = seals.open<PersonSecret>(personPlace(personId), person.sealed);
  const doer = doerAt(organizationId, { personId, name, sessionId: null }, visitor);
  const facts = { ...what.facts, ...(row.made_by === null ? {} : { askedBy: row.made_by }) };
  await deps.auditLog.record(tx, seals, doer, { ...what, facts, subjectKind: 'person', subjectIds: [personId] });
}
