/** Inviting: an owner makes a link for one person; the link works once, for a week. */
import type { BodyOf, InvitationView, peopleRoutes } from '#contract';
import type { Reach } from '#database';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { isEmailTaken, lockPeople, mayGiveRole, readEmail, readLine, signInEmail } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { signInToken } from './enrol-person.ts';
import type { InvitationRow, InvitationSecret } from './invitation-store.ts';
import { insertInvitation, invitationPlace, listWaitingInvitations, withdrawInvitation } from './invitation-store.ts';
import { newToken } from './session-store.ts';

export const invitationDays = 7;

type Routes = typeof peopleRoutes;

export async function listInvitations(deps: SignInDeps, actor: Actor, reach: Reach): Promise<InvitationView[]> {
  const seals = await deps.keyring.of(actor.organizationId);
  const rows = await deps.database.read(reach, (tx) =>
    listWaitingInvitations(tx, actor.organizationId, deps.clock.now()),
  );
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
  if (!mayGiveRole(actor, body.role))
    throw new LubartError('access.denied', { details: { permission: 'person.invite' } });
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
    const self = (await lockPeople(tx, organizationId, [actor.personId])).find(
      (person) => person.id === actor.personId,
    );
    if (self === undefined || self.deactivated_at !== null || self.role !== actor.role) {
      throw new LubartError('access.denied', { details: { permission: 'person.invite' } });
    }
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
      await deps.auditLog.record(tx, seals, doerOf(actor), {
        event: 'invitation.withdrawn',
        ...about(other.id),
        facts: { replacedBy: id },
      });
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

function invitationView(seals: OrganizationSeals, row: InvitationRow): InvitationView {
  const { name, email } = seals.open<InvitationSecret>(invitationPlace(row.id), row.sealed);
  const { id, role, department_id: departmentId } = row;
  return {
    id,
    name,
    email,
    role,
    departmentId,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  };
}

const about = (id: string) => ({ subjectKind: 'invitation', subjectIds: [id] });
