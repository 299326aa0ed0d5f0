/**
 * Joining by invitation: the person opens the link, chooses a password, proves the authenticator and is in. The link is good only
 * while whoever made it may still invite.
 */
import type { BodyOf, peopleRoutes, ResponseOf, SessionView } from '#contract';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import { actorRights, listRoles, markOf, may, mayGiveRole, readOrganization, rolesOfPerson } from '#protections/access';
import type { RoleRow } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { doerAt } from './deps.ts';
import { enrolPerson } from './enrol-person.ts';

import type { InvitationRow, InvitationSecret } from './invitation-store.ts';
import { claimInvitation, findWaitingInvitation, invitationPlace } from './invitation-store.ts';
import { openDoor } from './open-door.ts';
import { hashPassword } from './password.ts';
import { requirePassword } from './require-password.ts';
import { readToken } from './session-store.ts';
import { makeEnrolment, requireEnrolment } from './setup.ts';

type Routes = typeof peopleRoutes;

/** @throws invitation.invalid */
export async function openInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  token: string,
): Promise<ResponseOf<Routes['POST /api/v1/invitations/open']>> {
  const { seals, row, secret, roles } = await requireInvitation(deps, visitor, token);
  const organization = await deps.database.read(systemReach(seals.organizationId), (tx) => readOrganization(tx, seals));
  return {
    organizationName: organization.name,
    ...secret,
    roles: roles.map((role) => ({ ...markOf(role, visitor.language) })),
    enrolment: makeEnrolment(deps, row.id, organization.name, secret.email),
  };
}

/** @throws invitation.invalid, sign-in.ticket_expired, sign-in.code_wrong, password.*, person.email_taken */
export async function acceptInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  body: BodyOf<Routes['POST /api/v1/invitations/accept']>,
): Promise<{ token: string; session: SessionView; recoveryCodes: string[] }> {
  const { seals, row, secret, roles } = await requireInvitation(deps, visitor, body.token);
  const { organizationId } = seals;
  const organization = await deps.database.read(systemReach(organizationId), (tx) => readOrganization(tx, seals));
  requirePassword(body.password, { email: secret.email, names: [secret.name, organization.name] });
  const enrolment = requireEnrolment(deps, row.id, body);
  const passwordHash = await hashPassword(body.password);
  const at = deps.clock.now();
  const { role_ids: roleIds, department_id: departmentId, invited_by: invitedBy } = row;
  const joined = await deps.database.act(systemReach(organizationId), async (tx) => {
    if (!(await claimInvitation(tx, organizationId, row.id, at))) throw new LubartError('invitation.invalid');
    const joiner = {
      ...secret,
      roleIds,
      invitedBy,
      departmentId,
      language: visitor.language,
      passwordHash,
      ...enrolment,
      at,
    };
    const { personId, recoveryCodes } = await enrolPerson(tx, seals, deps.keyring.root, joiner);
    const who = { personId, name: secret.name };
    const doer = doerAt(organizationId, { ...who, sessionId: null }, visitor);
    const subject = { subjectKind: 'person', subjectIds: [personId] };
    await deps.auditLog.record(tx, seals, doer, {
      event: 'person.joined',
      ...subject,
      facts: { invitation: row.id, roles: roles.map(({ key, name }) => key ?? name).join(', ') },
    });
    const facts = { factor: 'totp', proved: true, recoveryCodes: recoveryCodes.length };
    await deps.auditLog.record(tx, seals, doer, { event: 'person.factor_enrolled', ...subject, facts });
    return {
      ...(await openDoor(deps, tx, seals, { who, visitor, way: 'invitation', factors: ['password', 'totp'] })),
      recoveryCodes,
    };
  });
  deps.directory.forget(organizationId);
  return joined;
}

async function requireInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  token: string,
): Promise<{ seals: OrganizationSeals; row: InvitationRow; secret: InvitationSecret; roles: RoleRow[] }> {
  const read = readToken(token);
  try {
    if (read === undefined) throw new LubartError('invitation.invalid');
    const { organizationId, hash } = read;
    const { row, roles, inviter } = await deps.database.read(systemReach(organizationId), async (tx) => {
      const now = deps.clock.now();
      const found = await findWaitingInvitation(tx, organizationId, hash, now);
      if (found === undefined) throw new LubartError('invitation.invalid');
      const known = await listRoles(tx, organizationId);
      const rows = await rolesOfPerson(tx, organizationId, found.invited_by, now);
      return {
        row: found,
        roles: known.filter((role) => found.role_ids.includes(role.id)),
        inviter: actorRights(rows, visitor.language),
      };
    });
    // Whoever was dismissed, or may no longer invite or give such roles, must not have left a door open.
    const stands = row.inviter_active && may(inviter, 'person.invite') && roles.length > 0;
    if (!stands || !roles.every((role) => mayGiveRole(inviter, role))) throw new LubartError('invitation.invalid');
    const seals = await deps.keyring.of(organizationId);
    return { seals, row, roles, secret: seals.open<InvitationSecret>(invitationPlace(row.id), row.sealed) };
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
  const rows = await deps.database.read(
    systemReach(id),
    (tx) => tx`SELECT 1 FROM organizations WHERE organization_id = ${id}`,
  );
  return rows.length === 1 ? id : null;
}
