/**
 * Codes of an authenticator app: TOTP (RFC 6238) with SHA-1, 30 seconds, 6 digits – what every app understands. A code lives about
 * 90 seconds (one step to each side for slow clocks), so the library’s “valid” is not enough: the time step of an accepted code is
 * remembered by compare-and-set, and one code opens one door once (RFC 6238 §5.2).
 */
import { Secret, TOTP } from 'otpauth';
import type { Transaction } from '#database';
import { askStatement, sendStatement } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import { LubartError, newId } from '#kernel';
import type { Holder } from './sign-in-store.ts';

const periodSeconds = 30;
const stepsAround = 1;
/** RFC 4226 §4 R6 recommends 160 bits. */
const secretBytes = 20;

const place = (id: string) => `authenticators/${id}/sealed`;

/** A new secret, base32. */
export function newTotpSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** The address that an authenticator app reads from a QR code. */
export function otpauthUri(secret: string, organizationName: string, email: string): string {
  return totp(secret, `Lubart ${organizationName}`.replaceAll(':', ' '), email).toString();
}

/** The secret as one types it: groups of four. */
export function manualKey(secret: string): string {
  return secret.replace(/.{4}(?=.)/g, '$& ');
}

/** The time step whose code this is, or null when it is none of now, just before or just after. */
export function stepOfCode(secret: string, code: string, at: Date): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null; // the library throws on another length
  const delta = totp(secret).validate({ token: code, timestamp: at.getTime(), window: stepsAround });
  return delta === null ? null : Math.floor(at.getTime() / (periodSeconds * 1000)) + delta;
}

function totp(secret: string, issuer = 'Lubart', label = ''): TOTP {
  return new TOTP({
    issuer,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: periodSeconds,
    secret: Secret.fromBase32(secret),
  });
}

/** Keeps an authenticator; `lastStep` is the step of the code that proved it (0 when none did yet). */
export async function insertAuthenticator(
  tx: Transaction,
  seals: OrganizationSeals,
  given: { personId: string; secret: string; name?: string; lastStep: number; at: Date },
): Promise<void> {
  const id = newId();
  const { secret, name = null } = given;
  await tx`
    INSERT INTO authenticators (organization_id, id, person_id, sealed, last_step, created_at)
    VALUES (${seals.organizationId}, ${id}, ${given.personId}, ${seals.seal(place(id), { secret, name })},
      ${given.lastStep}, ${given.at})`;
}

/** The person’s apps; the first one has no name of its own. */
export async function listAuthenticators(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
): Promise<{ id: string; name: string | null; createdAt: Date }[]> {
  const rows = await tx`
    SELECT id, sealed, created_at FROM authenticators
    WHERE organization_id = ${seals.organizationId} AND person_id = ${personId} ORDER BY created_at, id`;
  return rows.map((row) => {
    const { name = null } = seals.open<{ name?: string | null }>(place(row['id']), row['sealed']);
    return { id: row['id'], name, createdAt: row['created_at'] };
  });
}

export async function deleteAuthenticator(
  tx: Transaction,
  holder: { organizationId: string; personId: string },
  id: string,
): Promise<boolean> {
  const rows = await tx`
    DELETE FROM authenticators
    WHERE organization_id = ${holder.organizationId} AND person_id = ${holder.personId} AND id = ${id} RETURNING id`;
  return rows.length === 1;
}

/** An app, with its secret sealed. */
export type SealedApp = { id: string; sealed: Buffer };

export async function readApps(tx: Transaction, { organizationId, personId }: Holder): Promise<SealedApp[]> {
  const text = 'SELECT id, sealed FROM authenticators WHERE organization_id = $1 AND person_id = $2';
  return askStatement<SealedApp>(tx, { text, values: [organizationId, personId] });
}

/** A time step of an app: what a code stands for. */
export type AppStep = { id: string; step: number };

/** Of which of the person’s apps the code is, and of which time step. Nothing is spent by it. */
export function findStep(
  seals: OrganizationSeals,
  apps: readonly SealedApp[],
  given: { code: string; at: Date },
): AppStep | undefined {
  for (const { id, sealed } of apps) {
    const { secret } = seals.open<{ secret: string }>(place(id), sealed);
    const step = stepOfCode(secret, given.code, given.at);
    if (step !== null) return { id, step };
  }
  return undefined;
}

/** The statement found nothing to take (migrations/0055_taken_or_failed.sql). */
const nothingTaken = 'LB002';

const taking = `
  WITH taken AS (
    UPDATE authenticators SET last_step = $3 WHERE organization_id = $1 AND id = $2 AND last_step < $3 RETURNING id
  ) SELECT lubart_require_taken((SELECT count(*) FROM taken))`;

/**
 * Compare and set in one statement: of two requests with one code, one finds the step already taken. Its statement fails then, and
 * with it everything that was sent behind it.
 * @throws sign-in.code_already_used
 */
export async function takeStep(tx: Transaction, organizationId: string, { id, step }: AppStep): Promise<void> {
  try {
    await sendStatement(tx, { text: taking, values: [organizationId, id, step] });
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== nothingTaken) throw cause;
    throw new LubartError('sign-in.code_already_used', { field: 'code', cause });
  }
}

/** The code that somebody’s app shows at this moment; only for the check that proves single use. */
export async function findCurrentCode(
  tx: Transaction,
  seals: OrganizationSeals,
  at: Date,
): Promise<{ personId: string; code: string; at: Date } | undefined> {
  const [row] = await tx`
    SELECT id, person_id, sealed FROM authenticators WHERE organization_id = ${seals.organizationId} ORDER BY id LIMIT 1`;
  if (row === undefined) return undefined;
  const { secret } = seals.open<{ secret: string }>(place(row['id']), row['sealed']);
  return { personId: row['person_id'], code: totp(secret).generate({ timestamp: at.getTime() }), at };
}
