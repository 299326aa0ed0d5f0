/** Providers of single sign-on, kept by whoever keeps the rules of sign-in. What is switched on was reached a moment before. */
import type { BodyOf, ssoRoutes, SsoProviderView } from '#contract';
import type { Transaction } from '#database';
import { LubartError, newId, secretOf } from '#kernel';
import type { Actor } from '#protections/access';
import { listRoles, readLine, requireEntitledNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { requireIssuer } from './openid.ts';
import type { ProviderRow, ProviderValues } from './provider-store.ts';
import {
  deleteProvider,
  findProvider,
  insertProvider,
  joinRuleOf,
  listProviders,
  settingsOf,
  updateProvider,
  viewOf,
  writeGroupRoles,
} from './provider-store.ts';
import { readGroupRoles, readJoinRule } from './who-decided.ts';

type Routes = typeof ssoRoutes;

export async function providers(deps: SignInDeps, actor: Actor): Promise<SsoProviderView[]> {
  const seals = await deps.keyring.of(actor.organizationId);
  const { rows, roles } = await deps.database.read(systemReach(actor.organizationId), async (tx) => ({
    rows: await listProviders(tx, actor.organizationId),
    roles: await listRoles(tx, actor.organizationId),
  }));
  return rows.map((row) => viewOf(seals, row, roles));
}

/** Made switched off. @throws sso.issuer_wrong, sso.domain_wrong, access.denied */
export async function addProvider(
  deps: SignInDeps,
  actor: Actor,
  body: BodyOf<Routes['POST /api/v1/sso/providers']>,
): Promise<SsoProviderView> {
  const seals = await deps.keyring.of(actor.organizationId);
  const id = newId();
  const values: ProviderValues = {
    name: readLine(body.name, 'name'),
    issuer: readIssuer(body.issuer),
    clientId: body.clientId.trim(),
    clientSecret: secretOf(body.clientSecret ?? undefined) ?? null,
    domains: readDomains(body.domains),
    emailTrusted: body.emailTrusted ?? false,
    mfaAcr: body.mfaAcr ?? [],
    enabledAt: null,
    localClosedAt: null,
    groupsClaim: 'groups',
    joins: null,
  };
  return deps.database.act(systemReach(actor.organizationId), async (tx) => {
    await requireKeeper(deps, tx, actor);
    await insertProvider(tx, seals, id, values, deps.clock.now());
    await note(deps, tx, seals, actor, 'sso.provider_created', id, { domains: values.domains.length });
    return viewOf(seals, await requireProvider(tx, actor.organizationId, id), []);
  });
}

/**
 * @throws sso.provider_not_found, sso.issuer_wrong, sso.domain_wrong, sso.provider_down, sso.provider_changed, sso.owner_by_hand,
 * role.not_found, role.beyond_own, access.denied, department.not_found
 */
export async function changeProvider(
  deps: SignInDeps,
  actor: Actor,
  id: string,
  body: BodyOf<Routes['PATCH /api/v1/sso/providers/:id']>,
): Promise<SsoProviderView> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const before = await deps.database.read(systemReach(organizationId), (tx) => requireProvider(tx, organizationId, id));
  const at = deps.clock.now();
  const known = settingsOf(seals, before);
  const issuer = body.issuer === undefined ? before.issuer : readIssuer(body.issuer);
  const moved = issuer !== before.issuer || (body.clientId ?? before.client_id) !== before.client_id;
  // Attack: a new issuer is sent the secret of the old one, and takes over the accounts that were linked to it.
  if (moved && body.clientSecret === undefined) throw new LubartError('request.invalid', { field: 'clientSecret' });
  const values: ProviderValues = {
    name: body.name === undefined ? before.name : readLine(body.name, 'name'),
    issuer,
    clientId: (body.clientId ?? before.client_id).trim(),
    clientSecret:
      body.clientSecret === undefined ? known.clientSecret : (secretOf(body.clientSecret ?? undefined) ?? null),
    domains: body.domains === undefined ? before.domains : readDomains(body.domains),
    emailTrusted: body.emailTrusted ?? before.email_trusted,
    mfaAcr: body.mfaAcr ?? before.mfa_acr,
    enabledAt: body.enabled === undefined ? before.enabled_at : body.enabled ? (before.enabled_at ?? at) : null,
    localClosedAt:
      body.localClosed === undefined
        ? before.local_closed_at
        : body.localClosed
          ? (before.local_closed_at ?? at)
          : null,
    groupsClaim: body.groups?.claim ?? before.groups_claim,
    joins: joinRuleOf(before),
  };
  const joinDepartment = body.joins?.departmentId;
  const hasDepartment =
    joinDepartment !== undefined && (await deps.directory.hasDepartment(organizationId, joinDepartment));
  if (values.enabledAt !== null && (before.enabled_at === null || moved || body.clientSecret !== undefined)) {
    await deps.openId.test({ ...known, ...values });
  }
  return deps.database.act(systemReach(organizationId), async (tx) => {
    await requireKeeper(deps, tx, actor);
    const now = await requireProvider(tx, organizationId, id, 'update');
    if (now.version !== before.version) throw new LubartError('sso.provider_changed');
    const decider = { tx, organizationId, personId: actor.personId, now: at };
    const joins = body.joins === undefined ? values.joins : await readJoinRule(decider, now, body.joins, hasDepartment);
    const lines = body.groups === undefined ? undefined : await readGroupRoles(decider, now, body.groups.roles);
    await updateProvider(tx, seals, id, { ...values, joins });
    if (lines !== undefined) await writeGroupRoles(tx, organizationId, id, lines, at);
    const facts = {
      fields: Object.keys(body),
      enabled: values.enabledAt !== null,
      localClosed: values.localClosedAt !== null,
      joins: joins !== null,
      ...(body.groups === undefined
        ? {}
        : { groups: body.groups.roles.map(({ group, role }) => `${group} → ${role}`) }),
    };
    await note(deps, tx, seals, actor, 'sso.provider_updated', id, facts);
    return viewOf(seals, await requireProvider(tx, organizationId, id), await listRoles(tx, organizationId));
  });
}

/** @throws sso.provider_not_found, access.denied */
export async function dropProvider(deps: SignInDeps, actor: Actor, id: string): Promise<void> {
  const seals = await deps.keyring.of(actor.organizationId);
  await deps.database.act(systemReach(actor.organizationId), async (tx) => {
    await requireKeeper(deps, tx, actor);
    await requireProvider(tx, actor.organizationId, id, 'update');
    await deleteProvider(tx, actor.organizationId, id);
    await note(deps, tx, seals, actor, 'sso.provider_deleted', id, {});
  });
}

/** @throws sso.provider_not_found, sso.provider_down, sso.issuer_wrong */
export async function testProvider(deps: SignInDeps, actor: Actor, id: string): Promise<void> {
  const seals = await deps.keyring.of(actor.organizationId);
  const row = await deps.database.read(systemReach(actor.organizationId), (tx) =>
    requireProvider(tx, actor.organizationId, id),
  );
  await deps.openId.test(settingsOf(seals, row));
}

/** Attack: who was dismissed or lost the right a moment ago lets a provider of their own vouch for everybody. @throws access.denied */
const requireKeeper = (deps: SignInDeps, tx: Transaction, actor: Actor) =>
  requireEntitledNow(tx, actor, 'security.update', deps.clock.now());

async function requireProvider(
  tx: Transaction,
  organizationId: string,
  id: string,
  lock: 'no' | 'update' = 'no',
): Promise<ProviderRow> {
  const row = await findProvider(tx, organizationId, id, lock);
  if (row === undefined) throw new LubartError('sso.provider_not_found');
  return row;
}

async function note(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  event: 'sso.provider_created' | 'sso.provider_updated' | 'sso.provider_deleted',
  id: string,
  facts: Record<string, unknown>,
): Promise<void> {
  await deps.auditLog.record(tx, seals, doerOf(actor), {
    event,
    subjectKind: 'sso-provider',
    subjectIds: [id],
    facts,
  });
}

/** As it was typed: an issuer is compared letter by letter (OpenID Connect Discovery 1.0 §4.3). */
function readIssuer(text: string): string {
  requireIssuer(text.trim());
  return text.trim();
}

function readDomains(list: readonly string[]): string[] {
  const form = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;
  const domains = [...new Set(list.map((text) => text.trim().replace(/^@/, '').toLowerCase()))];
  if (!domains.every((domain) => form.test(domain))) throw new LubartError('sso.domain_wrong', { field: 'domains' });
  return domains;
}
