/**
 * Joining by invitation: the person opens the link, chooses a password, proves the authenticator and is in. The link is good only
 * while whoever made it may still invite.
 */
import type { BodyOf, peopleRoutes, ResponseOf, SessionView } from '#contract';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import {
  actorRights,
  branchOf,
  findPersonRow,
  listDepartments,
  listRoles,
  markOf,
  may,
  mayGiveRoleIn,
  readOrganization,
  rolesOfPerson,
} from '#protections/access';
import type { RoleRow } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { doerAt } from './deps.ts';
import { enrolPerson } from './enrol-person.ts';
import type { InvitationRow, InvitationSecret } from './invitation-store.ts';
import { claimInvitation, findInvitation, invitationPlace } from './invitation-store.ts';
import { forToken, requireGood } from './one-time-token.ts';
import { openDoor } from './open-door.ts';
import { hashPassword } from './password.ts';
import { requirePassword } from './require-password.ts';
import { makeEnrolment, requireEnrolment } from './setup.ts';

type Routes = typeof peopleRoutes;
type Joined = { token: string; session: SessionView; recoveryCodes: string[] };
type Invitation = {
  seals: OrganizationSeals;
  row: InvitationRow;
  secret: InvitationSecret;
  roles: RoleRow[];
  organization: { name: string };
};

const denied = {
  event: 'invitation.denied',
  refusals: { invalid: 'invitation.invalid', used: 'invitation.used', expired: 'invitation.expired' },
} as const;

/** @throws invitation.* */
export async function openInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  token: string,
): Promise<ResponseOf<Routes['POST /api/v1/invitations/open']>> {
  return forToken(deps, visitor, token, denied, async (read) => {
    const { row, secret, roles, organization } = await requireInvitation(deps, visitor, read);
    return {
      organizationName: organization.name,
      ...secret,
      roles: roles.map((role) => ({ ...markOf(role, visitor.language) })),
      enrolment: makeEnrolment(deps, row.id, organization.name, secret.email),
    };
  });
}

/** @throws invitation.*, sign-in.ticket_expired, sign-in.code_wrong, password.*, person.email_taken */
export async function acceptInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  body: BodyOf<Routes['POST /api/v1/invitations/accept']>,
): Promise<Joined> {
  const joined = await forToken(deps, visitor, body.token, denied, async (read) =>
    joinBy(deps, visitor, await requireInvitation(deps, visitor, read), body),
  );
  deps.directory.forget(joined.session.organization.id);
  return joined;
}

async function joinBy(
  deps: SignInDeps,
  visitor: Visitor,
  { seals, row, secret, roles, organization }: Invitation,
  body: BodyOf<Routes['POST /api/v1/invitations/accept']>,
): Promise<Joined> {
  const { organizationId } = seals;
  await requirePassword(body.password, { email: secret.email, names: [secret.name, organization.name] });
  const enrolment = await requireEnrolment(deps, visitor, row.id, body);
  const passwordHash = await hashPassword(body.password);
  const at = deps.clock.now();
  const { role_ids: roleIds, department_id: departmentId, invited_by: invitedBy } = row;
  return deps.database.act(systemReach(organizationId), async (tx) => {
    if (!(await claimInvitation(tx, organizationId, row.id, at))) throw new LubartError('invitation.used');
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
}

/** @throws invitation.invalid, invitation.used, invitation.expired */
async function requireInvitation(
  deps: SignInDeps,
  visitor: Visitor,
  { organizationId, hash }: { organizationId: string; hash: Buffer },
): Promise<Invitation> {
  const { row, roles, inviter } = await deps.database.read(systemReach(organizationId), async (tx) => {
    const now = deps.clock.now();
    const found = requireGood(await findInvitation(tx, organizationId, hash), now, denied.refusals);
    const known = await listRoles(tx, organizationId);
    const rows = await rolesOfPerson(tx, organizationId, found.invited_by, now);
    const home = (await findPersonRow(tx, organizationId, found.invited_by))!.department_id;
    return {
      row: found,
      roles: known.filter((role) => found.role_ids.includes(role.id)),
      inviter: {
        ...actorRights(rows, visitor.language),
        departmentIds: branchOf(await listDepartments(tx, organizationId), home),
      },
    };
  });
  // Whoever was dismissed, or may no longer invite or give such roles, must not have left a door open.
  // Attack: of two roles the one that forbids was deleted; what is left gives more than was meant.
  const isWhole = roles.length > 0 && roles.length === row.role_ids.length;
  const stands = row.inviter_active && may(inviter, 'person.invite') && isWhole;
  if (!stands || !roles.every((role) => mayGiveRoleIn(inviter, role, row.department_id)))
    throw new LubartError('invitation.invalid');
  const seals = await deps.keyring.of(organizationId);
  const organization = await deps.database.read(systemReach(organizationId), (tx) => readOrganization(tx, seals));
  const secret = seals.open<InvitationSecret>(invitationPlace(row.id), row.sealed);
  return { seals, row, roles, secret, organization };
}
