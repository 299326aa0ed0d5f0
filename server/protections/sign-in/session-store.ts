/** The only SQL on the table sessions. A session is found by the hash of its token; the token itself is nowhere. */
import { createHash, randomBytes } from 'node:crypto';
import type { SqlStatement, Transaction } from '#database';
import { isId, newId } from '#kernel';
import type { ProvenFactor, RoleRow } from '#protections/access';
import { readStandIns } from '#protections/access';
import { touchDevice } from './devices/device-store.ts';

/** Hours without a request after which a session ends, and days after which it ends in any case. */
export const sessionIdleHoursMax = 12;
export const sessionDaysMax = 7;

const hour = 3_600_000;
export const idleMillis = sessionIdleHoursMax * hour;
const lifeMillis = sessionDaysMax * 24 * hour;
/** Minutes that an emergency session lives, and sleeps. */
export const emergencyMinutesMax = 60;
export const emergencyIdleMinutesMax = 15;
const emergencyMillis = emergencyMinutesMax * 60_000;
const secretBytes = 32;
const secretForm = /^[A-Za-z0-9_-]{43}$/;

/** `<organization id>.<secret>`: the organization says where to look, the secret is what counts. */
export function newToken(organizationId: string): { token: string; hash: Buffer } {
  const secret = randomBytes(secretBytes).toString('base64url');
  return { token: `${organizationId}.${secret}`, hash: hashOf(secret) };
}

/** Undefined when the text has not the form of a token. */
export function readToken(token: string): { organizationId: string; hash: Buffer } | undefined {
  const organizationId = token.slice(0, 36);
  const secret = token.slice(37);
  if (token[36] !== '.' || !isId(organizationId) || !secretForm.test(secret)) return undefined;
  return { organizationId, hash: hashOf(secret) };
}

/** 256 random bits need no slow hash: there is nothing to guess. */
const hashOf = (secret: string) => createHash('sha256').update(secret).digest();

/** By which door somebody came. */
export type Way = 'password' | 'passkey' | 'sso' | 'invitation' | 'setup' | 'link' | 'recovery' | 'break-glass';

export type NewSession = {
  organizationId: string;
  personId: string;
  address: string;
  device: string;
  /** The browser it comes from; null for one that keeps no cookie. */
  deviceId: string | null;
  way: Way;
  factors: readonly ProvenFactor[];
  passkeyId?: string | undefined;
  /** null when no factor of one’s own was proved (a provider of single sign-on said who it is). */
  provedAt: Date | null;
  at: Date;
};

/** What of a session is made before it is written: its holder is given the token, the database the hash. */
export type FreshSession = { id: string; token: string; hash: Buffer };

/** Always a new token: what the browser brought along is never taken over (session fixation). */
export function newSession(organizationId: string): FreshSession {
  return { id: newId(), ...newToken(organizationId) };
}

/** The session, as a statement that is sent with its entry. */
export function sessionInsert({ id, hash }: FreshSession, given: NewSession): SqlStatement {
  const { organizationId, personId, address, device, deviceId, way, factors, passkeyId = null, provedAt, at } = given;
  const expiresAt = new Date(at.getTime() + (way === 'break-glass' ? emergencyMillis : lifeMillis));
  return {
    text: `INSERT INTO sessions (organization_id, id, person_id, token_hash, address, device, device_id, way, factors, passkey_id, proved_at,
      created_at, last_seen_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)`,
    values: [
      organizationId,
      id,
      personId,
      hash,
      address,
      device,
      deviceId,
      way,
      [...factors],
      passkeyId,
      provedAt,
      at,
      expiresAt,
    ],
  };
}

/** A fresh proof gives the session a new token: what was stolen before it opens nothing after it. Undefined when it ended. */
export async function rotateSession(
  tx: Transaction,
  given: { organizationId: string; id: string; factor: ProvenFactor; passkeyId?: string; at: Date },
): Promise<string | undefined> {
  const { token, hash } = newToken(given.organizationId);
  const rows = await tx`
    UPDATE sessions SET token_hash = ${hash}, proved_at = ${given.at},
      passkey_id = coalesce(${given.passkeyId ?? null}::uuid, passkey_id),
      factors = CASE WHEN ${given.factor} = ANY (factors) THEN factors ELSE factors || ${given.factor}::text END
    WHERE organization_id = ${given.organizationId} AND id = ${given.id} AND ended_at IS NULL RETURNING id`;
  return rows.length === 1 ? token : undefined;
}

export type SessionWithPerson = {
  session_id: string;
  last_seen_at: Date;
  last_address: string;
  created_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  factors: ProvenFactor[];
  passkey_id: string | null;
  proved_at: Date | null;
  person_id: string;
  /** Of this moment, with the one that everybody has. */
  roles: RoleRow[];
  sealed: Buffer;
  language: 'uk' | 'en';
  deactivated_at: Date | null;
  department_id: string;
  department_ids: string[];
  /** Whether the person takes somebody’s place at this moment. */
  stands_in: boolean;
  person_seen_at: Date | null;
  /** The browser it comes from. */
  device_id: string | null;
};

/** The session with its person and the person’s branch of the department tree, in one statement. */
export async function findSession(
  tx: Transaction,
  organizationId: string,
  by: { tokenHash: Buffer },
  now: Date,
): Promise<SessionWithPerson | undefined> {
  const [row] = await tx<SessionWithPerson[]>`
    WITH RECURSIVE found AS (
      SELECT s.id AS session_id, s.last_seen_at, coalesce(s.last_address, s.address) AS last_address, s.created_at, s.expires_at, s.ended_at, s.device_id, s.factors, s.passkey_id, s.proved_at, p.id AS person_id, p.sealed, p.language, p.last_seen_at AS person_seen_at,
        p.deactivated_at, p.department_id
      FROM sessions s JOIN people p ON p.organization_id = s.organization_id AND p.id = s.person_id
      WHERE s.organization_id = ${organizationId} AND s.token_hash = ${by.tokenHash}
    ), branch AS (
      SELECT department_id AS id FROM found
      UNION
      SELECT d.id FROM departments d JOIN branch b ON d.parent_id = b.id WHERE d.organization_id = ${organizationId}
    )
    SELECT found.*, ARRAY(SELECT id FROM branch) AS department_ids, ${rolesOfFound(tx, organizationId, now)},
      ${standsIn(tx, organizationId, now)} FROM found`;
  return row;
}

/** The roles of the person who was found, as one column: a session is read in one statement. */
export const rolesOfFound = (tx: Transaction, organizationId: string, now: Date) => tx`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name, 'grants', r.grants,
    'fieldRights', r.field_rights) ORDER BY r.created_at, r.id), '[]')
  FROM roles r WHERE r.organization_id = ${organizationId} AND (r.key = 'baseline' OR EXISTS (
    SELECT 1 FROM person_roles h WHERE h.organization_id = ${organizationId} AND h.person_id = found.person_id
      AND h.role_id = r.id AND (h.until IS NULL OR h.until > ${now})))) AS roles`;

const standsIn = (tx: Transaction, organizationId: string, now: Date) => tx`EXISTS (
  SELECT 1 FROM deputies s WHERE s.organization_id = ${organizationId} AND s.deputy_id = found.person_id
    AND s.ended_at IS NULL AND s.from_at <= ${now} AND s.until_at > ${now}) AS stands_in`;

/** The heads whose place the person takes; asked only of who takes one. */
export async function placesOf(tx: Transaction, organizationId: string, personId: string, now: Date) {
  return (await readStandIns(tx, organizationId, now, personId)).get(personId) ?? [];
}

/** A person as an actor needs one, without a session. */
export async function findPersonWithBranch(
  tx: Transaction,
  organizationId: string,
  personId: string,
  now: Date,
): Promise<
  | Pick<
      SessionWithPerson,
      'roles' | 'sealed' | 'language' | 'deactivated_at' | 'department_id' | 'department_ids' | 'stands_in'
    >
  | undefined
> {
  const [row] = await tx<SessionWithPerson[]>`
    WITH RECURSIVE found AS (
      SELECT id AS person_id, sealed, language, deactivated_at, department_id FROM people
      WHERE organization_id = ${organizationId} AND id = ${personId}
    ), branch AS (
      SELECT department_id AS id FROM found
      UNION
      SELECT d.id FROM departments d JOIN branch b ON d.parent_id = b.id WHERE d.organization_id = ${organizationId}
    )
    SELECT found.*, ARRAY(SELECT id FROM branch) AS department_ids, ${rolesOfFound(tx, organizationId, now)},
      ${standsIn(tx, organizationId, now)} FROM found`;
  return row;
}

/** Neither ended nor over nor asleep, as far as the widest rules go: the one word on which sessions are open. */
const isOpen = (tx: Transaction, now: Date) =>
  tx`ended_at IS NULL AND expires_at > ${now} AND last_seen_at > ${new Date(now.getTime() - idleMillis)}`;

export type OpenSession = { id: string; address: string; device: string; created_at: Date; last_seen_at: Date };

export async function listSessions(
  tx: Transaction,
  organizationId: string,
  personId: string,
  now: Date,
): Promise<OpenSession[]> {
  return tx<OpenSession[]>`
    SELECT id, coalesce(last_address, address) AS address, device, created_at, last_seen_at FROM sessions
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND ${isOpen(tx, now)}
    ORDER BY last_seen_at DESC, id DESC`;
}

/** Every open session of the organization with who is in it and where it was last used from. */
export async function listOpenSessions(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<{ person_id: string; address: string }[]> {
  return tx`
    SELECT person_id, coalesce(last_address, address) AS address FROM sessions
    WHERE organization_id = ${organizationId} AND ${isOpen(tx, now)} ORDER BY last_seen_at DESC LIMIT 5000`;
}

/** Ends the person’s sessions: all, one (`only`), or all but one (`except`). Returns the ids that ended. */
export async function endSessions(
  tx: Transaction,
  given: { organizationId: string; personId: string; at: Date; only?: string; except?: string | null },
): Promise<string[]> {
  const { organizationId, personId, at, only = null, except = null } = given;
  const rows = await tx`
    UPDATE sessions SET ended_at = ${at}
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND ended_at IS NULL
      AND (${only}::uuid IS NULL OR id = ${only}) AND (${except}::uuid IS NULL OR id <> ${except})
    RETURNING id`;
  return rows.map((row) => row['id'] as string);
}

/** Returns how many ended. */
export async function endSessionsOfDevice(
  tx: Transaction,
  organizationId: string,
  deviceId: string,
  at: Date,
): Promise<number> {
  const rows = await tx`
    UPDATE sessions SET ended_at = ${at}
    WHERE organization_id = ${organizationId} AND device_id = ${deviceId} AND ended_at IS NULL RETURNING id`;
  return rows.length;
}

/** The browser a session comes from. */
export async function deviceOfSession(tx: Transaction, organizationId: string, id: string): Promise<string | null> {
  const [row] = await tx<{ device_id: string | null }[]>`
    SELECT device_id FROM sessions WHERE organization_id = ${organizationId} AND id = ${id}`;
  return row?.device_id ?? null;
}

/** Person, browser, session, as everybody does who changes them: two who take turns in another order would wait for each other. */
export async function touchSession(
  tx: Transaction,
  organizationId: string,
  session: { id: string; personId: string; deviceId: string | null; address: string },
  at: Date,
): Promise<void> {
  await tx`
    UPDATE people SET last_seen_at = ${at}
    WHERE organization_id = ${organizationId} AND id = ${session.personId} AND (last_seen_at IS NULL OR last_seen_at < ${at})`;
  // A browser in which one works all week is used, however long ago one signed in.
  if (session.deviceId !== null)
    await touchDevice(tx, organizationId, { id: session.deviceId, address: session.address, at });
  await tx`
    UPDATE sessions SET last_seen_at = ${at}, last_address = ${session.address}
    WHERE organization_id = ${organizationId} AND id = ${session.id} AND ended_at IS NULL AND last_seen_at <= ${at}`;
}

/** Removes sessions that ended, expired or slept too long, a day after. */
export async function sweepSessions(tx: Transaction, organizationId: string, now: Date): Promise<number> {
  const yesterday = new Date(now.getTime() - 24 * hour);
  const idle = new Date(yesterday.getTime() - idleMillis);
  const rows = await tx`
    DELETE FROM sessions WHERE organization_id = ${organizationId}
      AND (ended_at < ${yesterday} OR expires_at < ${yesterday} OR last_seen_at < ${idle}) RETURNING id`;
  return rows.length;
}

/** How many sessions each person has open. */
export async function countOpenSessions(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx<{ id: string; n: number }[]>`
    SELECT person_id AS id, count(*)::int AS n FROM sessions
    WHERE organization_id = ${organizationId} AND ${isOpen(tx, now)} GROUP BY person_id`;
  return new Map(rows.map(({ id, n }) => [id, n]));
}
