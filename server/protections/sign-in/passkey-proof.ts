/**
 * Proving oneself with a passkey (WebAuthn Level 3, §7.2): alone at the door, after the password, or anew in an open session.
 * Each has a ticket of its own kind, so an answer for one is never taken for another. A key that asked for finger, face or PIN is
 * two factors; one that did not is possession only, and opens the door only together with the password.
 */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { randomBytes } from 'node:crypto';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { ProvenFactor } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { Proof } from './demands/demand.ts';
import { keysThatServe } from './demands/demand.ts';
import { readDemands, readStanding } from './demands/read-standing.ts';
import type { SignInDeps } from './deps.ts';
import { countPasskeyUse, findPasskey, listPasskeys, spendChallenge } from './passkey-store.ts';
import { userHandleOf } from './passkeys.ts';
import { relyingPartyOf } from './relying-party.ts';
import type { Holder } from './sign-in-store.ts';
import { ticketMinutes } from './tickets.ts';

/** What a proof proved, and with which key. */
export type Proven = { factor: ProvenFactor; passkeyId?: string };

export type ProofPurpose = 'passkey-sign-in' | 'passkey-second-step' | 'passkey-step-up';

/**
 * `holder` null: nobody is known yet, the key itself says whose it is. `before` is what was proved already: only keys that lead in
 * together with it are asked for. @throws passkey.needs_host_name
 */
export async function beginPasskeyProof(
  deps: SignInDeps,
  purpose: ProofPurpose,
  holder: Holder | null,
  before: Proof | null = null,
) {
  const party = relyingPartyOf(deps.origin());
  const known =
    holder === null
      ? []
      : await deps.database.read(systemReach(holder.organizationId), (tx) => askedKeys(deps, tx, holder, before));
  const challenge = randomBytes(32).toString('base64url');
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
  const options = await generateAuthenticationOptions({
    rpID: party.id,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    allowCredentials: known.map((row) => ({
      id: row.credential_id.toString('base64url'),
      transports: row.transports,
    })),
    userVerification: purpose === 'passkey-sign-in' ? 'required' : 'preferred',
  });
  return { options, ...deps.tickets.make(purpose, { holder, challenge }) };
}

async function askedKeys(deps: SignInDeps, tx: Transaction, holder: Holder, before: Proof | null) {
  const keys = await listPasskeys(tx, holder);
  const now = deps.clock.now();
  const standing = before === null ? undefined : await readStanding(tx, holder.organizationId, holder.personId, now);
  if (before === null || standing === undefined) return keys;
  const serving = keysThatServe(await readDemands(tx, holder.organizationId), standing, before, now);
  return serving.length === 0 ? keys : keys.filter(({ id }) => serving.some((key) => key.id === id));
}

/**
 * Spends the answer of a key, in the caller’s transaction.
 * @throws sign-in.ticket_expired, passkey.refused, passkey.copied
 */
export async function spendPasskeyProof(
  deps: SignInDeps,
  tx: Transaction,
  holder: Holder,
  given: { purpose: ProofPurpose; ticket: string; response: AuthenticationResponseJSON },
): Promise<Proven> {
  const { organizationId } = holder;
  const { purpose, response } = given;
  const ticket = deps.tickets.open(purpose, given.ticket);
  // Attack: a challenge made for somebody else, answered with a key of one’s own.
  if (ticket.holder !== null && ticket.holder.personId !== holder.personId)
    throw new LubartError('sign-in.ticket_expired');
  const at = deps.clock.now();
  const over = new Date(at.getTime() + ticketMinutes[purpose] * 60_000);
  const row = await findPasskey(tx, holder, response.id);
  if (row === undefined) throw new LubartError('passkey.refused');
  requireOwnHandle(holder, response);
  const party = relyingPartyOf(deps.origin());
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: ticket.challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    // The counter is compared and set below, in one statement: the library compares with what was read before.
    credential: { id: response.id, publicKey: new Uint8Array(row.public_key), counter: 0, transports: row.transports },
    requireUserVerification: purpose === 'passkey-sign-in',
  }).catch((error: unknown) => {
    throw new LubartError('passkey.refused', { cause: error });
  });
  if (!verified) throw new LubartError('passkey.refused');
  // Attack: the answer was overheard and is played again.
  if (!(await spendChallenge(tx, organizationId, ticket.challenge, over)))
    throw new LubartError('sign-in.ticket_expired');
  const { newCounter: counter, credentialBackedUp: backedUp, userVerified } = authenticationInfo;
  // Attack: a key that was copied; one of the two counts behind the other.
  if (!(await countPasskeyUse(tx, organizationId, { id: row.id, counter, backedUp, at })))
    throw new LubartError('passkey.copied');
  return { factor: userVerified ? 'passkey-verified' : 'passkey', passkeyId: row.id };
}

function requireOwnHandle(holder: Holder, { response }: AuthenticationResponseJSON): void {
  const said = response.userHandle;
  if (said === undefined || said === '') return;
  if (!Buffer.from(said, 'base64url').equals(Buffer.from(userHandleOf(holder))))
    throw new LubartError('passkey.refused');
}
