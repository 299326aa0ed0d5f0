/**
 * Making, withdrawing and checking the sheet. An owner makes it for himself, after a fresh proof; its halves leave this server once, in
 * the answer, and are never here again. One sheet stands at a time.
 */
import type { EmergencySheetView } from '#contract';
import { readHalf } from '#contract';
import type { Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { isOwner, lockPeople, readOrganization, requireEntitledNow, requireStillEntitled } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import { drawSheet, isHalf } from './secret.ts';
import { findStandingSheet, insertSheet, markChecked, withdrawSheet } from './sheet-store.ts';
import { tellWatchers } from './watchers.ts';

/** A sheet that nobody looked after for a year may be anywhere. */
export const sheetDays = 365;
const day = 24 * 3_600_000;

/** @throws emergency.owner_only, emergency.not_here, access.denied */
export async function makeSheet(deps: SignInDeps, actor: Actor): Promise<EmergencySheetView> {
  // Attack: whoever came in by a stolen sheet makes the next one, and stays.
  requireOrdinary(actor);
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const at = deps.clock.now();
  const expiresAt = new Date(at.getTime() + sheetDays * day);
  const { number, halves, hashes } = drawSheet();
  const organizationName = await deps.database.act(systemReach(organizationId), async (tx) => {
    const locked = await lockPeople(tx, organizationId, [personId], at);
    const self = await requireStillEntitled(tx, locked, actor, 'security.update', at);
    // Attack: a security officer makes a sheet and signs in as an owner.
    if (!isOwner(self)) throw new LubartError('emergency.owner_only');
    const id = newId();
    for (const old of await withdrawSheet(tx, organizationId, at))
      await record(deps, tx, seals, actor, { event: 'emergency.sheet_withdrawn', ...old, facts: { replacedBy: id } });
    await insertSheet(tx, organizationId, {
      id,
      person_id: personId,
      number,
      secret_hash: hashes.secret,
      first_hash: hashes.first,
      second_hash: hashes.second,
      made_at: at,
      expires_at: expiresAt,
    });
    await tellWatchers(deps, tx, seals, 'emergencyMade', ({ language }) => ({
      person: actor.name,
      number: number.toUpperCase(),
      when: momentInWords(language, at),
    }));
    await record(deps, tx, seals, actor, { event: 'emergency.sheet_made', id, number });
    return (await readOrganization(tx, seals)).name;
  });
  return {
    number,
    halves,
    organizationName,
    ownerName: actor.name,
    address: `${deps.origin()}/emergency`,
    madeAt: at.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

/** A half was lost or seen. @throws emergency.no_sheet, emergency.not_here, access.denied */
export async function withdrawStanding(deps: SignInDeps, actor: Actor): Promise<void> {
  requireOrdinary(actor);
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    // Attack: who lost the right a moment ago takes the last way in from the owners.
    await requireEntitledNow(tx, actor, 'security.update', at);
    const [old] = await withdrawSheet(tx, organizationId, at);
    if (old === undefined) throw new LubartError('emergency.no_sheet');
    await record(deps, tx, seals, actor, { event: 'emergency.sheet_withdrawn', ...old });
  });
}

/** Whoever keeps a half proves that it works: each alone, so that they need not meet. @throws emergency.no_sheet, emergency.half_wrong */
export async function checkHalf(
  deps: SignInDeps,
  actor: Actor,
  text: string,
): Promise<{ half: number; both: boolean }> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const typed = readHalf(text);
  const checked = await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    const sheet = await findStandingSheet(tx, organizationId);
    if (sheet === undefined || sheet.expires_at <= at) throw new LubartError('emergency.no_sheet');
    if (typed === undefined || typed.sheet !== sheet.number) return null;
    if (!isHalf(typed, typed.half === 1 ? sheet.first_hash : sheet.second_hash)) return null;
    await markChecked(tx, organizationId, { id: sheet.id, half: typed.half, at });
    const facts = { half: typed.half };
    await record(deps, tx, seals, actor, { event: 'emergency.half_checked', ...sheet, facts });
    return { half: typed.half, both: (typed.half === 1 ? sheet.second_checked_at : sheet.first_checked_at) !== null };
  });
  if (checked !== null) return checked;
  const code = 'emergency.half_wrong';
  await deps.noteRefusal({
    event: 'emergency.denied',
    code,
    visitor: actor,
    organizationId,
    actor,
    facts: { step: 'check' },
  });
  throw new LubartError(code, { field: 'half' });
}

/** @throws emergency.not_here */
export function requireOrdinary(actor: Actor): void {
  if (actor.factors.includes('break-glass')) throw new LubartError('emergency.not_here');
}

type Deed = { id: string; number: string; facts?: Record<string, unknown> } & {
  event: 'emergency.sheet_made' | 'emergency.sheet_withdrawn' | 'emergency.half_checked';
};

const record = (
  deps: SignInDeps,
  tx: Transaction,
  seals: Parameters<SignInDeps['auditLog']['record']>[1],
  actor: Actor,
  { event, id, number, facts = {} }: Deed,
) =>
  deps.auditLog.record(tx, seals, doerOf(actor), {
    event,
    subjectKind: 'emergency sheet',
    subjectIds: [id],
    facts: { number, ...facts },
  });
