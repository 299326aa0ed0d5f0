/**
 * Joining by invitation: an owner makes a link, the person opens it, chooses a password, proves the authenticator and is in. The
 * link works once, for a week, and only while whoever made it may still invite.
 */
import type { BodyOf, InvitationView, peopleRoutes, ResponseOf, SessionView } from '#contract';
import type { Reach } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { isEmailTaken, mayGiveRole, grantsOf, lockPeople, readEmail, readLine, readOrganization, signInEmail } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { doerAt } from './deps.ts';
import { enrolPerson, signInToken } from './enrol-person.ts';
import { openDoor } from './finish-sign-in.ts';
import type { InvitationRow, InvitationSecret } from './invitation-store.ts';
import {
  claimInvitation,
  findWaitingInvitation,
  insertInvitation,
  invitationPlace,
  listWaitingInvitations,
  withdrawInvitation,
} from './invitation-store.ts';
import { hashPassword } from './password.ts';
import { requirePassword } from './require-password.ts';
import { newToken, readToken } from './session-store.ts';
import { makeEnrolment, requireEnrolment } from './setup.ts';

export const invitationDays = 7;

type Routes = typeof peopleRoutes;

export async function listInvitations(deps: SignInDeps, actor: Actor, reach: Reach): Promise<InvitationView[]> {
  const seals = await deps.keyring.of(actor.organizationId);
  const rows = await deps.database.read(reach, (tx) => listWaitingInvitations(tx, actor.organizationId, deps.clock.now()));
  return rows.map((row) => invitationView(seals, row));
}

/** @throws person.email_taken, department.not_found, access.denied, field.email_invalid, request.invalid */
export async function invitePerson(
  deps: SignInDeps,
  actor: Actor,
  reach: Reach,
  body: BodyOf<Routes['POST /api/v1/invitations']>,
): Promise<{ invitation: InvitationView; link: string }> {
  const { organizationId } = actor;
  const secret: InvitationSecret = { name: readLine(body.name, 'name'), email: readEmail(body.email, 'email') };
  if (!mayGiveRole(actor, body.role)) throw new LubartError('access.denied', { details: { permission: 'person.invite' } });
  const seals = await deps.keyring.of(organizationId);
  const now = deps.clock.now();
  const id = newId();
  const { token, hash } = newToken(organizationId);
  const row: InvitationRow = {
    id,
    sealed: seals.seal(invitationPlace(id), secret),
    role: body.role,
    department_id: body.departmentId,
    invited_by: actor.personId,
    created_at: now,
    expires_at: new Date(now.getTime() + invitationDays * 24 * 3_600_000),
  };
  await deps.database.act(reach, async (tx) => {
    // Waits for a change of the inviter’s own rights, and sees it.
    const self = (await lockPeople(tx, organizationId, [actor.personId])).find((person) => person.id === actor.personId);
    if (self === undefined || self.deactivated_at !== null || self.role !== actor.role) {
      throw new LubartError('access.denied', { details: { permission: 'person.invite' } });
    }
    if (await isEmailTaken(tx, organizationId, signInToken(deps.keyring.root, secret.email))) {
      throw new LubartError('person.email_taken', { field: 'email' });
    }
    const departments = await tx`SELECT 1 FROM departments WHERE organization_id = ${organizationId} AND id = ${body.departmentId}`;
    if (departments.length === 0) throw new LubartError('department.not_found', { field: 'departmentId' });
    // A new link for the same e-mail takes the place of the old one.
    for (const other of await listWaitingInvitations(tx, organizationId, now)) {
      const { email } = seals.open<InvitationSecret>(invitationPlace(other.id), other.sealed);
      if (signInEmail(email) !== signInEmail(secret.email)) continue;
      await withdrawInvitation(tx, organizationId, other.id, now);
      await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'invitation.withdrawn', ...about(other.id), facts: { replacedBy: id } });
    }
    await insertInvitation(tx, organizationId, { ...row, token_hash: hash });
    const facts = { role: body.role, department: body.departmentId };
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'person.invited', ...about(id), facts });
  });
  return { invitation: invitationView(seals, row), link: `${deps.origin()}/join#token=${token}` };
}

/** @throws invitation.invalid */
export async function withdrawOne(deps: SignInDeps, actor: Actor, reach: Reach, id: string): Promise<void> {
  const seals = await deps.keyring.of(actor.organizationId);
  await deps.database.act(reach, async (tx) => {
    const withdrawn = await withdrawInvitation(tx, actor.organizationId, id, deps.clock.now());
    if (!withdrawn) throw new LubartError('invitation.invalid');
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'invitation.withdrawn', ...about(id) });
  });
}

/** @throws invitation.invalid */
export async function openInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  token: string,
): Promise<ResponseOf<Routes['POST /api/v1/invitations/open']>> {
  const { seals, row, secret } = await requireInvitation(deps, visitor, token);
  const organization = await deps.database.read(systemReach(seals.organizationId), (tx) => readOrganization(tx, seals));
  return {
    organizationName: organization.name,
    ...secret,
    role: row.role,
    enrolment: makeEnrolment(deps, row.id, organization.name, secret.email),
  };
}

/** @throws invitation.invalid, sign-in.ticket_expired, sign-in.code_wrong, password.*, person.email_taken */
export async function acceptInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  body: BodyOf<Routes['POST /api/v1/invitations/accept']>,
): Promise<{ token: string; session: SessionView; recoveryCodes: string[] }> {
  const { seals, row, secret } = await requireInvitation(deps, visitor, body.token);
  const { organizationId } = seals;
  const organization = await deps.database.read(systemReach(organizationId), (tx) => readOrganization(tx, seals));
  requirePassword(body.password, { email: secret.email, names: [secret.name, organization.name] });
  const enrolment = requireEnrolment(deps, row.id, body);
  const passwordHash = await hashPassword(body.password);
  const at = deps.clock.now();
  const { role, department_id: departmentId } = row;
  const joined = await deps.database.act(systemReach(organizationId), async (tx) => {
    if (!(await claimInvitation(tx, organizationId, row.id, at))) throw new LubartError('invitation.invalid');
    const joiner = { ...secret, role, departmentId, language: visitor.language, passwordHash, ...enrolment, at };
    const { personId, recoveryCodes } = await enrolPerson(tx, seals, deps.keyring.root, joiner);
    const who = { personId, role, name: secret.name };
    const doer = doerAt(organizationId, { ...who, sessionId: null }, visitor);
    const subject = { subjectKind: 'person', subjectIds: [personId] };
    await deps.auditLog.record(tx, seals, doer, { event: 'person.joined', ...subject, facts: { invitation: row.id, role } });
    const facts = { factor: 'totp', proved: true, recoveryCodes: recoveryCodes.length };
    await deps.auditLog.record(tx, seals, doer, { event: 'person.factor_enrolled', ...subject, facts });
    return { ...(await openDoor(deps, tx, seals, visitor, { ...who, factor: 'totp' })), recoveryCodes };
  });
  deps.directory.forget(organizationId);
  return joined;
}

async function requireInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  token: string,
): Promise<{ seals: OrganizationSeals; row: InvitationRow; secret: InvitationSecret }> {
  const read = readToken(token);
  try {
    if (read === undefined) throw new LubartError('invitation.invalid');
    const { organizationId, hash } = read;
    const row = await deps.database.read(systemReach(organizationId), (tx) =>
      findWaitingInvitation(tx, organizationId, hash, deps.clock.now()),
    );
    // Whoever was dismissed, or may no longer invite, must not have left a door open.
    if (row === undefined || !row.inviter_active || grantsOf[row.inviter_role]['person.invite'] === undefined) {
      throw new LubartError('invitation.invalid');
    }
    const seals = await deps.keyring.of(organizationId);
    return { seals, row, secret: seals.open<InvitationSecret>(invitationPlace(row.id), row.sealed) };
  } catch (error) {
    if (hasCode(error, 'invitation.invalid')) {
      const organizationId = await knownOrganization(deps, read?.organizationId);
      await deps.noteRefusal({ event: 'invitation.denied', code: error.code, visitor, organizationId, actor: null });
    }
    throw error;
  }
}

async function knownOrganization(deps: SignInDeps, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  const rows = await deps.database.read(systemReach(id), (tx) => tx`SELECT 1 FROM organizations WHERE organization_id = ${id}`);
  return rows.length === 1 ? id : null;
}

function invitationView(seals: OrganizationSeals, row: InvitationRow): InvitationView {
  const { name, email } = seals.open<InvitationSecret>(invitationPlace(row.id), row.sealed);
  const { id, role, department_id: departmentId } = row;
  return { id, name, email, role, departmentId, expiresAt: row.expires_at.toISOString(), createdAt: row.created_at.toISOString() };
}

const about = (id: string) => ({ subjectKind: 'invitation', subjectIds: [id] });
