/**
 * Both halves of the sheet, once. Whatever is wrong, the answer is the same after the same time; what is right lets the owner in from
 * anywhere at any hour (docs/decisions/0016) for an hour, and everybody who watches over the house is told in the same transaction.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace } from '#protections/access';
import { systemReach } from '#protections/encryption';
import { refusalMillisMin } from '../begin-sign-in.ts';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import type { SignedIn } from '../open-door.ts';
import { openDoor } from '../open-door.ts';
import type { Holder } from '../sign-in-store.ts';
import { findCredentials } from '../sign-in-store.ts';
import { joinHalves } from './secret.ts';
import { claimSheet, findSheetHolder } from './sheet-store.ts';
import { tellWatchers } from './watchers.ts';

/** Tries of one network in a quarter of an hour. Not against guessing (nobody guesses 256 bits) but against noise. */
export const emergencyTriesMax = 10;

/** @throws emergency.refused, sign-in.too_many_attempts */
export async function emergencySignIn(
  deps: SignInDeps,
  visitor: Visitor,
  halves: readonly string[],
): Promise<SignedIn> {
  const startedAt = performance.now();
  try {
    return await comeIn(deps, visitor, halves);
  } catch (error) {
    await sleep(Math.max(0, refusalMillisMin - (performance.now() - startedAt)));
    throw error;
  }
}

async function comeIn(deps: SignInDeps, visitor: Visitor, halves: readonly string[]): Promise<SignedIn> {
  if (!deps.emergencyLimit.admit(visitor.address)) {
    await note(deps, visitor, null, 'sign-in.too_many_attempts', 'too many');
    throw new LubartError('sign-in.too_many_attempts');
  }
  const secretHash = joinHalves(halves);
  const holder = secretHash === undefined ? undefined : await findSheetHolder(deps.database, secretHash);
  try {
    if (secretHash === undefined || holder === undefined) throw new LubartError('emergency.refused');
    return await spend(deps, visitor, holder, secretHash);
  } catch (error) {
    if (!hasCode(error)) throw error;
    // Attack: learning from the answer whether a sheet is used, over, of somebody who left, or was never there.
    const why =
      secretHash === undefined ? 'not two halves of one sheet' : holder === undefined ? 'unknown' : error.code;
    await note(deps, visitor, holder?.organizationId ?? null, 'emergency.refused', why);
    throw new LubartError('emergency.refused', { cause: error });
  }
}

async function spend(deps: SignInDeps, visitor: Visitor, holder: Holder, secretHash: Buffer): Promise<SignedIn> {
  const { organizationId, personId } = holder;
  const { address, device } = visitor;
  const seals = await deps.keyring.of(organizationId);
  return deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    const person = await findCredentials(tx, holder, true);
    const sheet = await claimSheet(tx, organizationId, { secretHash, at, address, device });
    if (person === undefined || sheet === undefined) throw new LubartError('emergency.refused');
    const { name } = seals.open<PersonSecret>(personPlace(personId), person.sealed);
    const who = { personId, name };
    const told = await tellWatchers(deps, tx, seals, 'emergencyUsed', ({ language }) => ({
      person: name,
      when: momentInWords(language, at),
      device,
      address,
      link: `${deps.origin()}/security/emergency`,
    }));
    const signedIn = await openDoor(deps, tx, seals, { who, visitor, way: 'break-glass', factors: ['break-glass'] });
    await deps.auditLog.record(tx, seals, doerAt(organizationId, { ...who, sessionId: null }, visitor), {
      event: 'emergency.signed_in',
      subjectKind: 'person',
      subjectIds: [personId],
      facts: { sheet: sheet.id, number: sheet.number, told },
    });
    return signedIn;
  });
}

const note = (
  deps: SignInDeps,
  visitor: Visitor,
  organizationId: string | null,
  code: 'emergency.refused' | 'sign-in.too_many_attempts',
  why: string,
) => deps.noteRefusal({ event: 'emergency.denied', code, visitor, organizationId, actor: null, facts: { why } });
