/**
 * Inviting: an owner makes a link for one person; the link works once, for a week. It is shown to whoever invited and, where there
 * is a mail server, sent as well; a letter that waits or was lost can be sent again, with a new link.
 */
import type { BodyOf, InvitationView, LetterState, peopleRoutes } from '#contract';
import type { Reach, Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import type { Actor, LockedPerson, RoleRow } from '#protections/access';
import {
  isEmailTaken,
  lastingRights,
  listRoles,
  lockPeople,
  markOf,
  mayGiveRoleIn,
  placeOf,
  readEmail,
  readLine,
  readOrganization,
  requireEntitledNow,
  requireStillEntitled,
  resolveRoles,
  signInEmail,
} from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { signInToken } from './enrol-person.ts';
import type { InvitationRow, InvitationSecret } from './invitation-store.ts';
import {
  insertInvitation,
  invitationPlace,
  listWaitingInvitations,
  renewInvitation,
  withdrawInvitation,
} from './invitation-store.ts';
import { writeLetter } from './links/letters.ts';
import { newToken } from './session-store.ts';

export const invitationDays = 7;

type Routes = typeof peopleRoutes;

export async function listInvitations(deps: SignInDeps, actor: Actor, reach: Reach): Promise<InvitationView[]> {
  const seals = await deps.keyring.of(actor.organizationId);
  return deps.database.read(reach, async (tx) => {
    const roles = await listRoles(tx, actor.organizationId);
    const rows = await listWaitingInvitations(tx, actor.organizationId, deps.clock.now());
    const letters = rows.map((row) => row.letter_id);
    const states = await deps.mail.statesOf(tx, actor.organizationId, letters);
    return rows.map((row) => invitationView(seals, row, roles, actor, states.get(row.letter_id ?? '') ?? 'off'));
  });
}

/** @throws person.email_taken, role.not_found, department.not_found, access.denied, field.email_invalid, request.invalid */
export async function invitePerson(
  deps: SignInDeps,
  actor: Actor,
  reach: Reach,
  body: BodyOf<Routes['POST /api/v1/invitations']>,
): Promise<{ invitation: InvitationView; link: string }> {
  const { organizationId } = actor;
  const secret: InvitationSecret = { name: readLine(body.name, 'name'), email: readEmail(body.email, 'email') };
  const seals = await deps.keyring.of(organizationId);
  const now = deps.clock.now();
  const id = newId();
  const { token, hash } = newToken(organizationId);
  const row: InvitationRow = {
    id,
    sealed: seals.seal(invitationPlace(id), secret),
    role_ids: [],
    department_id: body.departmentId,
    invited_by: actor.personId,
    created_at: now,
    expires_at: expiry(now),
    letter_id: null,
  };
  const link = linkOf(deps, token);
  let roles: RoleRow[] = [];
  await deps.database.act(reach, async (tx) => {
    // Waits for a change of the inviter’s own rights, and sees it.
    const locked = await lockPeople(tx, organizationId, [actor.personId], now);
    await requireStillEntitled(tx, locked, actor, 'person.invite', now);
    roles = await listRoles(tx, organizationId);
    const given = resolveRoles(roles, body.roles);
    if (given === undefined || given.length === 0) throw new LubartError('role.not_found', { field: 'roles' });
    if (!(await mayInvite(tx, locked, actor, given, body.departmentId)))
      throw new LubartError('access.denied', { details: { permission: 'person.invite' } });
    row.role_ids = given.map((role) => role.id);
    if (await isEmailTaken(tx, organizationId, signInToken(deps.keyring.root, secret.email))) {
      throw new LubartError('person.email_taken', { field: 'email' });
    }
    const departments =
      await tx`SELECT 1 FROM departments WHERE organization_id = ${organizationId} AND id = ${body.departmentId}`;
    if (departments.length === 0) throw new LubartError('department.not_found', { field: 'departmentId' });
    // A new link for the same e-mail takes the place of the old one.
    for (const other of await listWaitingInvitations(tx, organizationId, now)) {
      const { email } = seals.open<InvitationSecret>(invitationPlace(other.id), other.sealed);
      if (signInEmail(email) !== signInEmail(secret.email)) continue;
      await withdrawInvitation(tx, organizationId, other.id, now);
      await deps.mail.takeBack(tx, organizationId, other.letter_id);
      await deps.auditLog.record(tx, seals, doerOf(actor), {
        event: 'invitation.withdrawn',
        ...about(other.id),
        facts: { replacedBy: id },
      });
    }
    row.letter_id = await sendLetter(deps, tx, seals, actor, secret, { link, goodUntil: row.expires_at });
    await insertInvitation(tx, organizationId, { ...row, token_hash: hash });
    const facts = { roles: given.map(({ key, name }) => key ?? name).join(', '), department: body.departmentId };
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'person.invited', ...about(id), facts });
  });
  return { invitation: invitationView(seals, row, roles, actor, row.letter_id === null ? 'off' : 'waiting'), link };
}

/**
 * The same invitation with a new link and a new week; the old link and a letter still on its way are dead.
 * @throws invitation.invalid, access.denied
 */
export async function sendAgain(
  deps: SignInDeps,
  actor: Actor,
  reach: Reach,
  id: string,
): Promise<{ invitation: InvitationView; link: string }> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const now = deps.clock.now();
  const { token, hash } = newToken(organizationId);
  const link = linkOf(deps, token);
  return deps.database.act(reach, async (tx) => {
    const locked = await lockPeople(tx, organizationId, [actor.personId], now);
    await requireStillEntitled(tx, locked, actor, 'person.invite', now);
    const row = (await listWaitingInvitations(tx, organizationId, now)).find((waiting) => waiting.id === id);
    if (row === undefined) throw new LubartError('invitation.invalid');
    // Attack: a link that makes somebody more than oneself, taken over by asking for it again.
    const roles = await listRoles(tx, organizationId);
    const given = roles.filter((role) => row.role_ids.includes(role.id));
    // What would open nothing is not sent.
    if (given.length !== row.role_ids.length) throw new LubartError('invitation.invalid');
    if (!(await mayInvite(tx, locked, actor, given, row.department_id)))
      throw new LubartError('access.denied', { details: { permission: 'person.invite' } });
    const secret = seals.open<InvitationSecret>(invitationPlace(id), row.sealed);
    await deps.mail.takeBack(tx, organizationId, row.letter_id);
    const letterId = await sendLetter(deps, tx, seals, actor, secret, { link, goodUntil: expiry(now) });
    const renewed = { tokenHash: hash, expiresAt: expiry(now), letterId, now };
    if (!(await renewInvitation(tx, organizationId, id, renewed))) throw new LubartError('invitation.invalid');
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'invitation.sent_again', ...about(id) });
    const state = letterId === null ? 'off' : 'waiting';
    return { invitation: invitationView(seals, { ...row, expires_at: expiry(now) }, roles, actor, state), link };
  });
}

/** By what the inviter has for good: an invitation outlives hours. */
async function mayInvite(
  tx: Transaction,
  locked: readonly LockedPerson[],
  actor: Actor,
  roles: readonly RoleRow[],
  departmentId: string,
): Promise<boolean> {
  const inviter = { ...(await lastingRights(tx, actor)), ...(await placeOf(tx, locked, actor)) };
  return roles.every((role) => mayGiveRoleIn(inviter, role, departmentId));
}

const expiry = (now: Date) => new Date(now.getTime() + invitationDays * 24 * 3_600_000);
const linkOf = (deps: SignInDeps, token: string) => `${deps.origin()}/join#token=${token}`;

async function sendLetter(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  { name, email }: InvitationSecret,
  { link, goodUntil }: { link: string; goodUntil: Date },
): Promise<string | null> {
  const organization = await readOrganization(tx, seals);
  const facts = { name, inviter: actor.name, organization: organization.name, link, days: invitationDays };
  const { organizationId } = actor;
  return deps.mail.send(tx, {
    organizationId,
    to: email,
    goodUntil,
    ...writeLetter(actor.language, 'invitation', facts),
  });
}

/** @throws invitation.invalid, access.denied */
export async function withdrawOne(deps: SignInDeps, actor: Actor, reach: Reach, id: string): Promise<void> {
  const seals = await deps.keyring.of(actor.organizationId);
  await deps.database.act(reach, async (tx) => {
    const now = deps.clock.now();
    await requireEntitledNow(tx, actor, 'person.invite', now);
    const row = (await listWaitingInvitations(tx, actor.organizationId, now)).find((waiting) => waiting.id === id);
    const withdrawn = await withdrawInvitation(tx, actor.organizationId, id, now);
    if (row === undefined || !withdrawn) throw new LubartError('invitation.invalid');
    await deps.mail.takeBack(tx, actor.organizationId, row.letter_id);
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'invitation.withdrawn', ...about(id) });
  });
}

function invitationView(
  seals: OrganizationSeals,
  row: InvitationRow,
  roles: readonly RoleRow[],
  actor: Actor,
  letter: LetterState,
): InvitationView {
  const { name, email } = seals.open<InvitationSecret>(invitationPlace(row.id), row.sealed);
  const { id, department_id: departmentId } = row;
  return {
    id,
    name,
    email,
    roles: roles.filter((role) => row.role_ids.includes(role.id)).map((role) => ({ ...markOf(role, actor.language) })),
    departmentId,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    letter,
  };
}

const about = (id: string) => ({ subjectKind: 'invitation', subjectIds: [id] });
