/**
 * From the secret of an API key to the actor. The actor is the key’s person, narrowed: what the roles of the key and the person’s
 * rights of this moment have in common. Read anew at most a second later, so a dismissal, a move, a lost role or a revocation holds
 * for keys as it does for sessions. `sessionId` is the key’s own id, which no session has, and nothing was ever proved: whatever asks
 * for a session or for a fresh proof finds none (a local operator’s actor, which has no session, would be let through).
 */
import type { Database } from '#database';
import type { Visitor } from '#http';
import type { Clock } from '#kernel';
import { hasCode, LubartError } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import { actorRights, GateRefusal, markOf, narrowRights, personPlace, referenceOf } from '#protections/access';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { requireHours } from '../hours.ts';
import { requireNetwork } from '../networks.ts';
import type { Rules } from '../rules.ts';
import { sessionKeptMillis } from '../session.ts';
import { readSecret } from './key-form.ts';
import { openKeyLimits } from './key-limits.ts';
import { findKey, touchKey } from './key-store.ts';

const keptMax = 10_000;
const touchMillis = 60_000;

export type KeyActors = {
  /**
   * @throws api-key.refused (no key, unknown, expired, revoked, or its person may not sign in: one answer for all), api-key.too_many,
   * session.network_denied, session.hours_denied
   */
  actorOf(secret: string, visitor: Pick<Visitor, 'address' | 'device' | 'requestId'>): Promise<Actor>;
  forget(): void;
  /** Waits for “last used” that is being written. */
  settle(): Promise<void>;
};

type Kept = {
  readonly who: Omit<Actor, 'address' | 'device' | 'requestId'> & { readonly apiKeyId: string };
  /** Of the person, for the rules of networks and hours: all, not only those of the key. */
  readonly roles: readonly string[];
  readonly networks: readonly string[];
  readonly keptUntil: number;
  readonly isLive: boolean;
  readonly expiresAt: number;
  lastUsed: number;
};

export function openKeyActors(deps: { database: Database; keyring: Keyring; clock: Clock; rules: Rules }): KeyActors {
  const { database, keyring, clock, rules } = deps;
  const kept = new Map<string, Kept>();
  const writing = new Set<Promise<void>>();
  const limits = openKeyLimits(clock);
  let generation = 0;

  const load = async (organizationId: string, hash: Buffer): Promise<Kept | undefined> => {
    const now = clock.now();
    const row = await database.read(systemReach(organizationId), (tx) => findKey(tx, organizationId, hash, now));
    if (row === undefined) return undefined;
    const seals = await keyring.of(organizationId);
    const person = actorRights(row.roles, row.language);
    const held = new Set(person.roles.map(({ id }) => id));
    return {
      who: {
        organizationId,
        personId: row.person_id,
        sessionId: row.key_id,
        apiKeyId: row.key_id,
        name: seals.open<PersonSecret>(personPlace(row.person_id), row.sealed).name,
        roles: row.key_roles.filter(({ id }) => held.has(id)).map((role) => markOf(role, row.language)),
        // Attack: a key wider than its person, made before the person lost a right.
        ...narrowRights(person, row.key_roles),
        departmentId: row.department_id,
        departmentIds: row.department_ids,
        factors: [],
        provedAt: null,
        language: row.language,
      },
      roles: person.roles.map(referenceOf),
      networks: row.networks,
      keptUntil: now.getTime() + sessionKeptMillis,
      // Attack: the role that forbids is deleted, for nobody has it; the key would go on without what it forbids.
      isLive: row.revoked_at === null && row.deactivated_at === null && row.key_roles.length === row.role_ids.length,
      expiresAt: row.expires_at.getTime(),
      lastUsed: row.last_used_at?.getTime() ?? 0,
    };
  };

  const find = async (organizationId: string, hash: Buffer, address: string): Promise<Kept> => {
    const name = `${organizationId}${hash.toString('base64')}`;
    const found = kept.get(name);
    if (found !== undefined && found.keptUntil > clock.now().getTime()) return found;
    // Attack: a flood of keys that nobody has, each a question to the database. A key that was good here is not held up by it.
    const wait = found === undefined ? limits.missWait(address) : 0;
    if (wait > 0) throw new LubartError('api-key.too_many', { details: { retryAfterSeconds: wait } });
    const before = generation;
    const loaded = await load(organizationId, hash);
    if (loaded === undefined) {
      kept.delete(name);
      limits.countMiss(address);
      throw new LubartError('api-key.refused');
    }
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    // What changed while this was being read must be read again, by the next who asks.
    kept.set(name, before === generation ? loaded : { ...loaded, keptUntil: 0 });
    return loaded;
  };

  const pass = async (key: Kept, actor: Actor): Promise<void> => {
    const { personId, organizationId, address } = actor;
    const wait = limits.takeRequest(key.who.apiKeyId);
    if (wait > 0) throw new GateRefusal('api-key.too_many', actor, { retryAfterSeconds: wait });
    if (!key.isLive || key.expiresAt <= clock.now().getTime()) throw new GateRefusal('api-key.refused', actor);
    const { networks, hours } = await rules.of(organizationId);
    try {
      requireNetwork(networks, { personId, roles: key.roles, keyRanges: key.networks }, address);
      requireHours(hours, { personId, roles: key.roles }, clock.now());
    } catch (error) {
      throw hasCode(error) ? new GateRefusal(error.code, actor) : error;
    }
  };

  /** Once a minute at most, and not awaited by the request. */
  const touch = (key: Kept, address: string): void => {
    const at = clock.now();
    if (at.getTime() - key.lastUsed < touchMillis) return;
    key.lastUsed = at.getTime();
    const { organizationId, apiKeyId: id } = key.who;
    const write: Promise<void> = database
      .act(systemReach(organizationId), (tx) => touchKey(tx, { organizationId, id, address, at }))
      .catch(() => {})
      .finally(() => writing.delete(write));
    writing.add(write);
  };

  return {
    actorOf: async (secret, { address, device, requestId }) => {
      const read = readSecret(secret);
      if (read === undefined) throw new LubartError('api-key.refused');
      const key = await find(read.organizationId, read.hash, address);
      const actor = { ...key.who, address, device, requestId };
      await pass(key, actor);
      touch(key, address);
      return actor;
    },
    forget: () => {
      generation += 1;
      for (const [name, key] of kept) kept.set(name, { ...key, keptUntil: 0 });
    },
    settle: async () => {
      await Promise.all(writing);
    },
  };
}
