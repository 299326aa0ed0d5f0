/**
 * API keys made, given a new secret, revoked. A key belongs to who made it and to nobody else: whoever may see the keys of others may
 * revoke them, but gets no secret of theirs, for it would act in their name.
 */
import type { ApiKeyView, BodyOf, ResponseOf, apiKeyRoutes } from '#contract';
import { apiKeyDays, apiKeyOverlapHours } from '#contract';
import type { Reach, Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import type { Actor, PersonSecret, RoleRow } from '#protections/access';
import {
  actorNow,
  findPersonRow,
  listRoles,
  lockPeople,
  markOf,
  personPlace,
  reachOf,
  readLine,
  requireEntitledNow,
  requireStillEntitled,
  resolveRoles,
} from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { readRange } from '../networks.ts';
import { newSecret } from './key-form.ts';
import type { KeyRow } from './key-store.ts';
import { countLiveKeys, insertKey, listKeys, lockKey, revokeKeys, rotateKey } from './key-store.ts';

/** Keys of one person that live at the same time. */
export const keysPerPersonMax = 20;
const revokedShownDays = 30;
const hour = 3_600_000;

export const keyPlace = (id: string) => `api_keys/${id}/sealed`;
type KeySecret = { name: string };
type Routes = typeof apiKeyRoutes;
type Made = { key: ApiKeyView; secret: string };

export async function showKeys(
  deps: SignInDeps,
  actor: Actor,
  reach: Reach,
): Promise<ResponseOf<Routes['GET /api/v1/api-keys']>> {
  const { organizationId, language } = actor;
  const seals = await deps.keyring.of(organizationId);
  const since = new Date(deps.clock.now().getTime() - revokedShownDays * 24 * hour);
  return deps.database.read(systemReach(organizationId), async (tx) => {
    const roles = await listRoles(tx, organizationId);
    const keys: ApiKeyView[] = [];
    for (const row of await listKeys(tx, reach, since)) keys.push(await viewOf(tx, seals, actor, row, roles));
    const given = roles.filter(({ key }) => key !== 'baseline').map((role) => markOf(role, language));
    return { keys, roles: given };
  });
}

/** @throws role.not_found, security.range_invalid, api-key.limit, access.denied */
export async function makeKey(
  deps: SignInDeps,
  actor: Actor,
  given: BodyOf<Routes['POST /api/v1/api-keys']>,
): Promise<Made> {
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const name = readLine(given.name, 'name');
  const networks = [...new Set((given.networks ?? []).map((range) => readRange(range, 'networks')))];
  const days = given.days ?? apiKeyDays.usual;
  const [id, made, at] = [newId(), newSecret(organizationId), deps.clock.now()];
  return deps.database.act(systemReach(organizationId), async (tx) => {
    await requireEntitled(deps, tx, actor);
    const roles = await listRoles(tx, organizationId);
    const chosen = resolveRoles(roles, given.roles);
    if (chosen === undefined || chosen.length === 0) throw new LubartError('role.not_found', { field: 'roles' });
    if ((await countLiveKeys(tx, actor, at)) >= keysPerPersonMax) throw new LubartError('api-key.limit');
    const roleIds = chosen.map((role) => role.id);
    const sealed = seals.seal(keyPlace(id), { name } satisfies KeySecret);
    await insertKey(tx, { organizationId, id, personId, sealed, made, roleIds, networks, days, at });
    const facts = { roles: chosen.map(({ key, id: role }) => key ?? role), networks, days };
    await record(deps, tx, seals, actor, 'api-key.created', id, facts);
    return { key: await viewOf(tx, seals, actor, await requireKey(tx, own(actor), id), roles), secret: made.secret };
  });
}

/** @throws api-key.not_found, access.denied */
export async function renewKey(deps: SignInDeps, actor: Actor, id: string): Promise<Made> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const [made, at] = [newSecret(organizationId), deps.clock.now()];
  const overlapUntil = new Date(at.getTime() + apiKeyOverlapHours * hour);
  const answer = await deps.database.act(systemReach(organizationId), async (tx) => {
    await requireEntitled(deps, tx, actor);
    const { days } = await requireKey(tx, own(actor), id);
    await rotateKey(tx, { organizationId, id, made, days, at, overlapUntil });
    await record(deps, tx, seals, actor, 'api-key.rotated', id, { days });
    const roles = await listRoles(tx, organizationId);
    return { key: await viewOf(tx, seals, actor, await requireKey(tx, own(actor), id), roles), secret: made.secret };
  });
  deps.sessions.forget();
  return answer;
}

/** @throws api-key.not_found, access.denied */
export async function revokeKey(deps: SignInDeps, actor: Actor, id: string): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    // Attack: who was dismissed or lost the right a moment ago stops the programs of others.
    const self = await requireEntitledNow(tx, actor, 'api-key.update', deps.clock.now());
    const within = reachOf(actorNow(actor, self), 'api-key.update');
    const { person_id: personId } = await requireKey(tx, within, id);
    await revokeKeys(tx, { organizationId, personId, at: deps.clock.now(), only: id });
    await record(deps, tx, seals, actor, 'api-key.revoked', id, { owner: personId });
  });
  deps.sessions.forget();
}

/** The session was checked before; a person dismissed in between makes no key. */
async function requireEntitled(deps: SignInDeps, tx: Transaction, actor: Actor): Promise<void> {
  const locked = await lockPeople(tx, actor.organizationId, [actor.personId], deps.clock.now());
  await requireStillEntitled(tx, locked, actor, 'api-key.update', deps.clock.now());
}

/** Attack: the secret of a colleague’s key, had by giving it a new one. */
const own = ({ organizationId, personId }: Actor): Reach => ({
  organizationId,
  personId,
  departmentIds: [],
  scope: 'own',
});

async function requireKey(tx: Transaction, reach: Reach, id: string): Promise<KeyRow> {
  const row = await lockKey(tx, reach, id);
  if (row === undefined) throw new LubartError('api-key.not_found');
  return row;
}

async function record(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  event: 'api-key.created' | 'api-key.rotated' | 'api-key.revoked',
  id: string,
  facts: Record<string, unknown>,
): Promise<void> {
  const subject = { subjectKind: 'api-key', subjectIds: [id] };
  await deps.auditLog.record(tx, seals, doerOf(actor), { event, ...subject, facts });
}

async function viewOf(
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  row: KeyRow,
  roles: readonly RoleRow[],
): Promise<ApiKeyView> {
  const person = await findPersonRow(tx, seals.organizationId, row.person_id);
  return {
    id: row.id,
    name: seals.open<KeySecret>(keyPlace(row.id), row.sealed).name,
    hint: row.hint,
    person: {
      id: row.person_id,
      name: seals.open<PersonSecret>(personPlace(row.person_id), person!.sealed).name,
    },
    roles: roles.filter(({ id }) => row.role_ids.includes(id)).map((role) => markOf(role, actor.language)),
    networks: row.networks,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    previousUntil: row.previous_until?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    lastAddress: row.last_address,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    own: row.person_id === actor.personId,
  };
}
