/**
 * From a session token to the actor. Every request asks, so the answer is kept for at most a second; whoever ends sessions or
 * changes rights on this node empties that memory at once, another node’s change is seen within the second. Networks and hours
 * are asked about anew each time, from memory too, and before “last seen”: a stolen session used from elsewhere keeps nothing alive.
 */
import type { Database } from '#database';
import type { Visitor } from '#http';
import type { Clock } from '#kernel';
import { hasCode, LubartError } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import { GateRefusal, personPlace, referenceOf, rightsWithPlaces } from '#protections/access';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { asksMore } from './demands/demand.ts';
import { readVerdict } from './demands/session-demand.ts';
import { requireHours } from './hours.ts';
import { requireNetwork } from './networks.ts';
import type { Rules } from './rules.ts';
import { sessionLimitsFor } from './rules.ts';
import { emergencyIdleMinutesMax, findSession, placesOf, readToken, touchSession } from './session-store.ts';

/** Longest time an answer is kept, milliseconds, and how many are. */
export const sessionKeptMillis = 1_000;
const keptMax = 10_000;
/** How often “last seen” is written, milliseconds. */
const touchMillis = 60_000;
const hour = 3_600_000;
const day = 24 * hour;

export type Sessions = {
  /**
   * @throws session.missing (not a token), session.expired (ended, slept, unknown, or the person may not sign in),
   * session.network_denied, session.hours_denied (these two name the actor)
   */
  actorOf(token: string, visitor: Pick<Visitor, 'address' | 'device' | 'requestId'>): Promise<Actor>;
  /** Forgets what is kept in memory. */
  forget(): void;
  /** Waits for “last seen” that is being written. */
  settle(): Promise<void>;
};

type Kept = Omit<Actor, 'address' | 'device' | 'requestId' | 'sessionId'> & {
  readonly sessionId: string;
  readonly keptUntil: number;
  readonly validUntil: number;
  lastSeen: number;
  lastAddress: string;
  /** The person was noted as seen since this session began. */
  isNoted: boolean;
  readonly deviceId: string | null;
};

/** Of the sealed sheet: short, and from anywhere at any hour (docs/decisions/0016). */
const isEmergency = ({ factors }: Pick<Actor, 'factors'>) => factors.includes('break-glass');

export function openSessions(deps: { database: Database; keyring: Keyring; clock: Clock; rules: Rules }): Sessions {
  const { database, keyring, clock, rules } = deps;
  const kept = new Map<string, Kept>();
  const touching = new Set<Promise<void>>();
  let generation = 0;

  const load = async (organizationId: string, tokenHash: Buffer): Promise<Kept> => {
    const now = clock.now().getTime();
    const { row, places } = await database.read(systemReach(organizationId), async (tx) => {
      const found = await findSession(tx, organizationId, { tokenHash }, new Date(now));
      const isDeputy = found?.stands_in === true;
      return { row: found, places: isDeputy ? await placesOf(tx, organizationId, found.person_id, new Date(now)) : [] };
    });
    if (row === undefined || row.ended_at !== null || row.deactivated_at !== null)
      throw new LubartError('session.expired');
    const seals = await keyring.of(organizationId);
    const rights = rightsWithPlaces(row.roles, row.language, row.department_ids, places);
    const { sessions, factors } = await rules.of(organizationId);
    const limits = sessionLimitsFor(sessions, rights.roles.map(referenceOf));
    const proof = { factors: row.factors, passkeyId: row.passkey_id };
    const verdict = asksMore(factors, proof.factors)
      ? await database.read(systemReach(organizationId), (tx) =>
          readVerdict(tx, organizationId, row.person_id, proof, new Date(now)),
        )
      : undefined;
    return {
      organizationId,
      personId: row.person_id,
      sessionId: row.session_id,
      name: seals.open<PersonSecret>(personPlace(row.person_id), row.sealed).name,
      ...rights,
      departmentId: row.department_id,
      departmentIds: row.department_ids,
      factors: row.factors,
      provedAt: row.proved_at,
      ...(verdict?.wall === undefined || verdict.wall === null ? {} : { wall: verdict.wall }),
      language: row.language,
      keptUntil: now + sessionKeptMillis,
      validUntil: Math.min(
        row.expires_at.getTime(),
        row.created_at.getTime() + limits.days * day,
        row.last_seen_at.getTime() + limits.idleHours * hour,
        row.last_seen_at.getTime() + (isEmergency(row) ? emergencyIdleMinutesMax * 60_000 : Infinity),
      ),
      lastSeen: row.last_seen_at.getTime(),
      lastAddress: row.last_address,
      deviceId: row.device_id,
      isNoted: row.person_seen_at !== null && row.person_seen_at >= row.created_at,
    };
  };

  const passGates = async (actor: Actor): Promise<void> => {
    if (isEmergency(actor)) return;
    const { networks, hours } = await rules.of(actor.organizationId);
    const asking = { personId: actor.personId, roles: actor.roles.map(referenceOf) };
    try {
      requireNetwork(networks, asking, actor.address);
      requireHours(hours, asking, clock.now());
    } catch (error) {
      throw hasCode(error) ? new GateRefusal(error.code, actor) : error;
    }
  };

  /** Not awaited by the request: that somebody was seen a minute ago is worth no delay. */
  const touch = (session: Kept, address: string): void => {
    const at = clock.now();
    const isFresh = at.getTime() - session.lastSeen < touchMillis && session.lastAddress === address;
    if (isFresh && session.isNoted) return;
    session.isNoted = true;
    session.lastSeen = at.getTime();
    session.lastAddress = address;
    const { organizationId, personId, sessionId: id, deviceId } = session;
    const writing = database
      .act(systemReach(organizationId), (tx) =>
        touchSession(tx, organizationId, { id, personId, deviceId, address }, at),
      )
      .catch(() => {}) // the next request after a minute tries again
      .finally(() => touching.delete(writing));
    touching.add(writing);
  };

  return {
    actorOf: async (token, { address, device, requestId }) => {
      const read = readToken(token);
      if (read === undefined) throw new LubartError('session.missing');
      const key = `${read.organizationId}${read.hash.toString('base64')}`;
      const now = clock.now().getTime();
      let session = kept.get(key);
      if (session === undefined || session.keptUntil <= now) {
        const before = generation;
        kept.delete(key);
        session = await load(read.organizationId, read.hash);
        if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
        // Rights that changed while this was being read must not be kept.
        if (before === generation) kept.set(key, session);
      }
      if (session.validUntil <= now) throw new LubartError('session.expired');
      const {
        keptUntil: _,
        validUntil: __,
        lastSeen: ___,
        lastAddress: ____,
        isNoted: _____,
        deviceId: ______,
        ...who
      } = session;
      const actor = { ...who, address, device, requestId };
      await passGates(actor);
      touch(session, address);
      return actor;
    },
    forget: () => {
      generation += 1;
      kept.clear();
    },
    settle: async () => {
      await Promise.all(touching);
    },
  };
}
