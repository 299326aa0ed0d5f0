/**
 * Another e-mail to sign in with: the new address must confirm, the old one is told at once and can cancel. Nothing changes before
 * the new address answered.
 */
import type { LetterState } from '#contract';
import type { Reach, Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { isEmailTaken, lockStandingNow, readEmail, requireStanding } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { requireCurrentPassword } from '../current-password.ts';
import type { SignInDeps } from '../deps.ts';
import { signInToken } from '../enrol-person.ts';
import type { Credentials, Holder } from '../sign-in-store.ts';
import { lockCredentials } from '../sign-in-store.ts';
import { requireColleague } from './ask-reset.ts';
import type { LinkBody } from './link-store.ts';
import { linkPlace, listOpenLinks } from './link-store.ts';
import { endLinks, linkMinutes, makeLink } from './links.ts';
import { letterTo, readAddressee } from './tell-person.ts';

/** `link` is told only where no letter can carry it. */
export type AskedEmail = { email: string; link: string | null; expiresAt: string; letter: LetterState };

/** @throws sign-in.refused (the current password is wrong), sign-in.too_many_attempts, person.email_taken, field.email_invalid */
export async function askOwnEmail(
  deps: SignInDeps,
  actor: Actor,
  given: { email: string; current: string },
): Promise<AskedEmail> {
  const email = readEmail(given.email, 'email');
  const holder = { organizationId: actor.organizationId, personId: actor.personId };
  await requireCurrentPassword(deps, actor, given.current, 'e-mail change');
  return deps.database.act(systemReach(holder.organizationId), async (tx) => {
    const person = await requireStanding(tx, actor, lockCredentials(tx, holder));
    await deps.failures.takeOff(tx, { ...holder, known: true });
    return ask(deps, tx, actor, holder, person, email);
  });
}

/** @throws person.not_found, access.denied, person.email_taken, field.email_invalid */
export async function askEmailFor(
  deps: SignInDeps,
  actor: Actor,
  reach: Reach,
  personId: string,
  given: { email: string },
): Promise<AskedEmail> {
  const email = readEmail(given.email, 'email');
  const holder = { organizationId: actor.organizationId, personId };
  return deps.database.act(reach, async (tx) => {
    const person = await requireColleague(tx, actor, holder, deps.clock.now());
    return ask(deps, tx, actor, holder, person, email);
  });
}

async function ask(
  deps: SignInDeps,
  tx: Transaction,
  actor: Actor,
  holder: Holder,
  person: Credentials,
  to: string,
): Promise<AskedEmail> {
  const { organizationId, personId } = holder;
  const seals = await deps.keyring.of(organizationId);
  const who = await readAddressee(tx, seals, personId, person);
  // Also by the person: one’s own address is no other one.
  if (await isEmailTaken(tx, organizationId, signInToken(deps.keyring.root, to))) {
    throw new LubartError('person.email_taken', { field: 'email' });
  }
  // A new question takes the place of the one that waits; the old address keeps every right to say no.
  await endLinks(deps, tx, holder, ['email-confirm']);
  const body = { from: who.email, to };
  const by = actor.personId === personId ? null : actor.name;
  const madeBy = by === null ? null : actor.personId;
  const actId = newId();
  const hours = (purpose: 'email-confirm' | 'email-cancel') => linkMinutes[purpose] / 60;
  const confirm = await makeLink(deps, tx, seals, personId, { purpose: 'email-confirm', body, actId, madeBy }, (link) =>
    letterTo(who, 'emailConfirm', { link, hours: hours('email-confirm'), by }, to),
  );
  await makeLink(deps, tx, seals, personId, { purpose: 'email-cancel', body, actId, madeBy }, (link) =>
    letterTo(who, 'emailAsked', { to, link, hours: hours('email-cancel'), by }),
  );
  await deps.auditLog.record(tx, seals, doerOf(actor), {
    event: 'person.email_change_asked',
    subjectKind: 'person',
    subjectIds: [personId],
    facts: { own: by === null },
  });
  return {
    email: to,
    link: deps.mail.configured ? null : confirm.link,
    expiresAt: confirm.expiresAt.toISOString(),
    letter: confirm.letterId === null ? 'off' : 'waiting',
  };
}

/** The question of one’s own that waits for the new address. */
export async function waitingEmail(deps: SignInDeps, actor: Actor): Promise<Omit<AskedEmail, 'link'> | null> {
  const holder = { organizationId: actor.organizationId, personId: actor.personId };
  const seals = await deps.keyring.of(holder.organizationId);
  return deps.database.read(systemReach(holder.organizationId), async (tx) => {
    const [row] = await listOpenLinks(tx, holder, ['email-confirm'], deps.clock.now());
    if (row === undefined) return null;
    const states = await deps.mail.statesOf(tx, holder.organizationId, [row.letter_id]);
    return {
      email: bodyOf(seals, row).to,
      expiresAt: row.expires_at.toISOString(),
      letter: states.get(row.letter_id ?? '') ?? 'off',
    };
  });
}

/** Takes the question back. */
export async function dropEmail(deps: SignInDeps, actor: Actor): Promise<void> {
  const holder = { organizationId: actor.organizationId, personId: actor.personId };
  const seals = await deps.keyring.of(holder.organizationId);
  await deps.database.act(systemReach(holder.organizationId), async (tx) => {
    await lockStandingNow(tx, actor);
    const open = await listOpenLinks(tx, holder, ['email-confirm'], deps.clock.now());
    if (open.length === 0) return;
    await endLinks(deps, tx, holder, ['email-confirm']);
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.email_change_cancelled',
      subjectKind: 'person',
      subjectIds: [holder.personId],
      facts: { restored: false, own: true },
    });
  });
}

const bodyOf = (seals: OrganizationSeals, row: { id: string; sealed: Buffer }) =>
  seals.open<LinkBody['email-confirm']>(linkPlace(row.id), row.sealed);
