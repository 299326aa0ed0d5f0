/**
 * Passkeys and hardware keys of a person (WebAuthn Level 3, §7.1): made, named, taken away. The challenge travels in a sealed
 * ticket made for this person and for making a key; it opens nothing else and is good once.
 */
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { randomBytes } from 'node:crypto';
import type { FactorRules } from '#contract';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { lockStandingNow, readLine } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import { readAttestation } from './attestation.ts';
import type { Enrolled } from './demands/lift-wall.ts';
import { liftWall } from './demands/lift-wall.ts';
import { bringTicket } from './bring-ticket.ts';
import type { SignInDeps } from './deps.ts';
import { insertPasskey, listPasskeys, renamePasskey, spendChallenge } from './passkey-store.ts';
import { relyingPartyOf } from './relying-party.ts';
import type { Holder } from './sign-in-store.ts';
import { ticketMinutes } from './tickets.ts';

/** ES256, EdDSA and RS256: what every authenticator speaks (COSE, RFC 9053). */
const algorithms = [-7, -8, -257];

export const passkeyPlace = (id: string) => `passkeys/${id}/sealed`;
const holderOf = ({ organizationId, personId }: Actor): Holder => ({ organizationId, personId });

/** What a discoverable key brings back to say whose it is: two ids, nothing personal (§14.6.1). */
export const userHandleOf = ({ organizationId, personId }: Holder): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(`${organizationId}${personId}`.replaceAll('-', ''), 'hex'));

export function readUserHandle(text: string | undefined): Holder | undefined {
  const hex = Buffer.from(text ?? '', 'base64url').toString('hex');
  if (hex.length !== 64) return undefined;
  const id = (from: number) => hex.slice(from, from + 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { organizationId: id(0), personId: id(32) };
}

const demandsAttested = ({ organization, roles }: FactorRules): boolean =>
  [organization, ...roles].some(({ level }) => level === 'attested');

/** @throws passkey.needs_host_name */
export async function beginPasskey(deps: SignInDeps, actor: Actor, email: string) {
  const party = relyingPartyOf(deps.origin());
  const holder = holderOf(actor);
  const known = await deps.database.read(systemReach(actor.organizationId), (tx) => listPasskeys(tx, holder));
  const challenge = randomBytes(32).toString('base64url');
  const { factors } = await deps.rules.of(actor.organizationId);
  const { generateRegistrationOptions } = await import('@simplewebauthn/server');
  const options = await generateRegistrationOptions({
    rpName: 'Lubart',
    rpID: party.id,
    userName: email,
    userDisplayName: actor.name,
    userID: userHandleOf(holder),
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    // Browsers ask the person about it, so only where a rule needs to know who made the key.
    attestationType: demandsAttested(factors) ? 'direct' : 'none',
    excludeCredentials: known.map((row) => ({
      id: row.credential_id.toString('base64url'),
      transports: row.transports,
    })),
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  });
  return { options, ...deps.tickets.make('passkey-registration', { ...holder, challenge }) };
}

/** @throws sign-in.ticket_expired, passkey.refused, passkey.known */
export async function addPasskey(
  deps: SignInDeps,
  actor: Actor,
  given: { ticket: string; name: string; response: unknown },
): Promise<Enrolled & { id: string }> {
  const party = relyingPartyOf(deps.origin());
  const name = readLine(given.name, 'name');
  const holder = holderOf(actor);
  const ticket = await bringTicket(deps, actor, 'passkey-registration', given.ticket);
  if (ticket.personId !== actor.personId) throw new LubartError('sign-in.ticket_expired');
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const made = await verifyRegistrationResponse({
    response: given.response as RegistrationResponseJSON,
    expectedChallenge: ticket.challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: false,
    supportedAlgorithmIDs: algorithms,
  }).catch((error: unknown) => {
    throw new LubartError('passkey.refused', { cause: error });
  });
  if (!made.verified) throw new LubartError('passkey.refused');
  const { credential, credentialDeviceType, credentialBackedUp, aaguid, fmt, attestationObject, userVerified } =
    made.registrationInfo;
  const deviceBound = credentialDeviceType === 'singleDevice';
  const seals = await deps.keyring.of(actor.organizationId);
  const id = newId();
  const at = deps.clock.now();
  const { roots } = (await deps.rules.of(actor.organizationId)).factors.attested;
  const { vouched, root } = await readAttestation(attestationObject, roots, at);
  const over = new Date(at.getTime() + ticketMinutes['passkey-registration'] * 60_000);
  const enrolled = await deps.database.act(systemReach(actor.organizationId), async (tx) => {
    await lockStandingNow(tx, actor);
    if (!(await spendChallenge(tx, actor.organizationId, ticket.challenge, over)))
      throw new LubartError('sign-in.ticket_expired');
    const isNew = await insertPasskey(tx, holder, {
      id,
      credentialId: credential.id,
      publicKey: credential.publicKey,
      counter: credential.counter,
      transports: credential.transports ?? [],
      deviceBound,
      backedUp: credentialBackedUp,
      aaguid,
      attestation: fmt,
      vouched,
      attestedRoot: root,
      sealed: seals.seal(passkeyPlace(id), { name }),
      host: party.id,
      at,
    });
    if (!isNew) throw new LubartError('passkey.known');
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.factor_enrolled',
      subjectKind: 'person',
      subjectIds: [actor.personId],
      facts: { factor: 'passkey', deviceBound, aaguid, attestation: fmt, vouched: root !== null },
    });
    return liftWall(deps, tx, seals, actor, {
      factor: userVerified ? 'passkey-verified' : 'passkey',
      passkeyId: id,
    });
  });
  deps.sessions.forget();
  return { id, ...enrolled };
}

/** @throws request.not_found */
export async function nameMyPasskey(deps: SignInDeps, actor: Actor, id: string, text: string): Promise<void> {
  const name = readLine(text, 'name');
  const seals = await deps.keyring.of(actor.organizationId);
  await deps.database.act(systemReach(actor.organizationId), async (tx) => {
    await lockStandingNow(tx, actor);
    if (!(await renamePasskey(tx, holderOf(actor), id, seals.seal(passkeyPlace(id), { name }))))
      throw new LubartError('request.not_found');
    const subject = { subjectKind: 'person', subjectIds: [actor.personId] };
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.factor_renamed',
      ...subject,
      facts: { factor: 'passkey' },
    });
  });
}
