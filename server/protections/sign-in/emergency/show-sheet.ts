/** How the sheet stands, the warning after it was used, and the letter before its year is over. */
import type { EmergencyState, EmergencyView } from '#contract';
import type { Transaction } from '#database';
import type { Actor, PersonSecret } from '#protections/access';
import { actorRights, findPersonRow, isOwner, personPlace, rolesOfPerson } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import { requireOrdinary } from './make-sheet.ts';
import type { SheetRow } from './sheet-store.ts';
import { acknowledge, claimReminder, findAlarm, findLastSheet } from './sheet-store.ts';
import { tellWatchers } from './watchers.ts';

/** Days for which everybody who may look at protections is warned. */
export const alarmDays = 7;
/** Days before its end on which the letter about it leaves. */
export const reminderDays = 30;
const day = 24 * 3_600_000;

export async function showSheet(deps: SignInDeps, actor: Actor): Promise<EmergencyView> {
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const now = deps.clock.now();
  const mayMake = isOwner(actor) && !actor.factors.includes('break-glass');
  return deps.database.read(systemReach(organizationId), async (tx) => {
    const row = await findLastSheet(tx, organizationId);
    if (row === undefined) return { state: 'none', sheet: null, alarm: null, mayMake };
    const used = await findAlarm(tx, { organizationId, personId }, new Date(now.getTime() - alarmDays * day));
    return {
      state: await stateOf(tx, organizationId, row, now),
      sheet: {
        id: row.id,
        number: row.number,
        ownerName: await nameOf(tx, seals, row.person_id),
        madeAt: row.made_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        firstCheckedAt: row.first_checked_at?.toISOString() ?? null,
        secondCheckedAt: row.second_checked_at?.toISOString() ?? null,
      },
      alarm:
        used === undefined
          ? null
          : {
              sheetId: used.id,
              ownerName: await nameOf(tx, seals, used.person_id),
              at: used.used_at!.toISOString(),
              address: used.used_address!,
              device: used.used_device!,
            },
      mayMake,
    };
  });
}

/** How a sheet stands now: it opens nothing when its person is gone or owner no more. */
export async function stateOf(
  tx: Transaction,
  organizationId: string,
  row: SheetRow,
  now: Date,
): Promise<EmergencyState> {
  if (row.used_at !== null) return 'used';
  if (row.withdrawn_at !== null) return 'withdrawn';
  if (row.expires_at <= now) return 'expired';
  const person = await findPersonRow(tx, organizationId, row.person_id);
  const roles = actorRights(await rolesOfPerson(tx, organizationId, row.person_id, now), 'uk');
  return person?.deactivated_at === null && isOwner(roles) ? 'standing' : 'ownerless';
}

async function nameOf(tx: Transaction, seals: OrganizationSeals, personId: string): Promise<string> {
  const person = await findPersonRow(tx, seals.organizationId, personId);
  return person === undefined ? '—' : seals.open<PersonSecret>(personPlace(personId), person.sealed).name;
}

/** Each for oneself. @throws emergency.not_here */
export async function acknowledgeAlarm(deps: SignInDeps, actor: Actor): Promise<void> {
  // Attack: whoever came in by the sheet takes the warning away from the owner whose name it is.
  requireOrdinary(actor);
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const sheets = await acknowledge(tx, { organizationId, personId }, deps.clock.now());
    if (sheets.length === 0) return;
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'emergency.acknowledged',
      subjectKind: 'emergency sheet',
      subjectIds: sheets,
    });
  });
}

/** A month before the end of its year, once. */
export async function remindOfSheet(deps: SignInDeps, organizationId: string): Promise<void> {
  const at = deps.clock.now();
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const until = new Date(at.getTime() + reminderDays * day);
    const sheet = await claimReminder(tx, organizationId, { until, at });
    if (sheet === undefined) return;
    await tellWatchers(deps, tx, seals, 'emergencyExpires', ({ language }) => ({
      number: sheet.number.toUpperCase(),
      when: momentInWords(language, sheet.expires_at),
      link: `${deps.origin()}/security/emergency`,
    }));
  });
}
