/**
 * Somebody whom nobody invited becomes a person at the first sign-in, where that was decided. The provider must have verified the
 * e-mail and proved a second factor: the person has none here, and no password. Who was invited joins by that invitation.
 */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { RoleRow } from '#protections/access';
import { listRoles, readLine, signInEmail } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { insertNewPerson } from '../enrol-person.ts';
import type { InvitationRow, InvitationSecret } from '../invitation-store.ts';
import { claimInvitation, invitationPlace, listWaitingInvitations } from '../invitation-store.ts';
import { erasedHash } from '../password.ts';
import type { Claims } from './openid.ts';
import type { ProviderRow } from './provider-store.ts';
import { joinRuleOf } from './provider-store.ts';
import { mayStillGive } from './who-decided.ts';

type Terms = { roleIds: readonly string[]; departmentId: string; by: string; name: string; invitation: string | null };

/** @throws sso.refused, sso.email_unverified, sso.factor_needed */
export async function joinAtFirst(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  provider: ProviderRow,
  claims: Claims,
  { email, visitor }: { email: string; visitor: Visitor },
): Promise<string> {
  if (joinRuleOf(provider) === null) throw new LubartError('sso.refused');
  // That e-mails of a provider are believed is enough to find a person, not to make one.
  if (!claims.emailVerified) throw new LubartError('sso.email_unverified');
  if (!claims.factorProved) throw new LubartError('sso.factor_needed');
  const at = deps.clock.now();
  const { organizationId } = seals;
  const { name, roleIds, departmentId, by, invitation } = await readTerms(tx, seals, provider, claims, email, at);
  const { language } = visitor;
  const personId = await insertNewPerson(tx, seals, deps.keyring.root, {
    name,
    email,
    roleIds,
    departmentId,
    language,
    at,
    invitedBy: by,
    passwordHash: erasedHash(),
  });
  const doer = doerAt(organizationId, { personId, name, sessionId: null }, visitor);
  const facts = { provider: provider.id, ...(invitation === null ? {} : { invitation }) };
  await deps.auditLog.record(tx, seals, doer, {
    event: 'person.joined',
    subjectKind: 'person',
    subjectIds: [personId],
    facts,
  });
  return personId;
}

/** @throws sso.refused when whoever decided it could not decide it now */
async function readTerms(
  tx: Transaction,
  seals: OrganizationSeals,
  provider: ProviderRow,
  claims: Claims,
  email: string,
  at: Date,
): Promise<Terms> {
  const { organizationId } = seals;
  const known = await listRoles(tx, organizationId);
  const stands = async (by: string, roleIds: readonly string[], departmentId: string) => {
    const roles: RoleRow[] = known.filter(({ id }) => roleIds.includes(id));
    if (roles.length !== roleIds.length || roles.length === 0) return false;
    return mayStillGive({ tx, organizationId, personId: by, now: at }, 'person.invite', roles, departmentId);
  };
  const invited = await findInvitation(tx, seals, email, at);
  if (invited !== undefined) {
    const { row, secret } = invited;
    if (!(await stands(row.invited_by, row.role_ids, row.department_id))) throw new LubartError('sso.refused');
    // Attack: the link of the invitation is opened at the same moment, and there are two of the person.
    if (!(await claimInvitation(tx, organizationId, row.id, at))) throw new LubartError('sso.refused');
    const { role_ids: roleIds, department_id: departmentId, invited_by: by } = row;
    return { roleIds, departmentId, by, name: secret.name, invitation: row.id };
  }
  const { roleIds, departmentId, by } = joinRuleOf(provider)!;
  if (!(await stands(by, roleIds, departmentId))) throw new LubartError('sso.refused');
  return { roleIds, departmentId, by, name: readName(claims.name, email), invitation: null };
}

async function findInvitation(
  tx: Transaction,
  seals: OrganizationSeals,
  email: string,
  at: Date,
): Promise<{ row: InvitationRow; secret: InvitationSecret } | undefined> {
  const wanted = signInEmail(email);
  for (const row of await listWaitingInvitations(tx, seals.organizationId, at)) {
    const secret = seals.open<InvitationSecret>(invitationPlace(row.id), row.sealed);
    if (signInEmail(secret.email) === wanted) return { row, secret };
  }
  return undefined;
}

const nameLengthMax = 200;

/** As the provider says, when that is a name; else what stands before the @. */
function readName(given: string | null, email: string): string {
  try {
    if (given !== null && given.length <= nameLengthMax) return readLine(given, 'name');
  } catch {
    // A name that could pass for another is none.
  }
  return email.split('@')[0]!;
}
