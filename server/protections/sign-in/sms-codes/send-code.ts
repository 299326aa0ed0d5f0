/**
 * A code leaves: may SMS be used here and by this person → the message is counted → the code is kept as a keyed hash and recorded →
 * only then it is sent. A provider that takes nothing costs nothing: code and counts are taken back, and the answer names other ways.
 * One that does not answer may have taken it: then the message stays counted.
 * SMS is restricted (NIST SP 800-63B-4 §3.1.3.3; ASVS 5.0 §6.6): a number can be taken over, a text can be read on a locked screen.
 */
import { randomInt } from 'node:crypto';
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError, newId } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import { findPersonRow, personPlace, requireStandingNow } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import { countsSms } from '../demands/demand.ts';
import { readStanding } from '../demands/read-standing.ts';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { readRules } from '../rules.ts';
import type { Holder } from '../sign-in-store.ts';
import { findCredentials } from '../sign-in-store.ts';
import { countMessage, takeMessageOff } from './sms-caps.ts';
import type { CodeFor } from './sms-store.ts';
import { deleteCode, findNumber, insertCode, numberPlace } from './sms-store.ts';

export type SentCode = { hint: string; expiresAt: string; againInSeconds: number };

/** All of a number that is ever shown. */
export const hintOf = (phone: string): string => phone.slice(-2);

/** Short enough for one part in Cyrillic. The last line binds the code to our page (WICG “origin-bound one-time codes”). */
function textOf(language: 'uk' | 'en', origin: string, code: string): string {
  const words =
    language === 'uk' ? `Lubart: код ${code}. Нікому не кажіть.` : `Lubart code: ${code}. Tell it to nobody.`;
  return `${words}\n\n@${new URL(origin).hostname} #${code}`;
}

/** Whether a person may rest on SMS at all. @throws sms.not_allowed */
export async function requireSmsAllowed(tx: Transaction, deps: SignInDeps, whose: CodeFor) {
  const { factors } = await readRules(tx, whose.organizationId);
  const standing = await readStanding(tx, whose.organizationId, whose.personId, deps.clock.now());
  // Attack: an owner’s number taken over; a rule that was closed while a code was on its way.
  if (standing === undefined || !countsSms(factors, standing.roles)) throw new LubartError('sms.not_allowed');
  return factors;
}

async function requireSamePassword(tx: Transaction, holder: Holder, changedAt: number): Promise<void> {
  const credentials = await findCredentials(tx, holder, false);
  if (credentials?.changed_at.getTime() !== changedAt) throw new LubartError('sign-in.ticket_expired');
}

const surelyNotSent = (cause: unknown): boolean => hasCode(cause) && cause.details?.['mayHaveLeft'] !== true;

/**
 * `asker`: who asks from a session of their own; `phone`: the number that is being enrolled, otherwise the code goes to the one that was.
 * @throws session.expired, sms.not_allowed, sms.no_number, sms.country_denied, sms.too_soon, sms.too_many, sms.unavailable, sms.number_refused
 */
export async function sendCode(
  deps: SignInDeps,
  visitor: Pick<Visitor, 'address' | 'device' | 'requestId'>,
  whose: CodeFor & { passwordChangedAt?: number; asker?: Actor },
  phone?: string,
): Promise<SentCode> {
  const { organizationId, personId, purpose, passwordChangedAt, asker } = whose;
  const seals = await deps.keyring.of(organizationId);
  const reach = systemReach(organizationId);
  const id = newId();
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  let actor: Doer['actor'] = asker ?? null;
  try {
    const made = await deps.database.act(reach, async (tx) => {
      // Attack: a stolen session is ended, and has the company write to whatever number for as long as it is still believed.
      if (asker !== undefined) await requireStandingNow(tx, asker);
      const person = await findPersonRow(tx, organizationId, personId);
      if (person === undefined || person.deactivated_at !== null) throw new LubartError('sign-in.ticket_expired');
      // Attack: a ticket from before the password was changed still makes messages leave.
      if (passwordChangedAt !== undefined) await requireSamePassword(tx, whose, passwordChangedAt);
      actor = {
        personId,
        name: seals.open<PersonSecret>(personPlace(personId), person.sealed).name,
        sessionId: purpose === 'sign-in' ? null : whose.boundTo,
      };
      if (purpose === 'enrol') actor = { ...actor, sessionId: null };
      const rules = await requireSmsAllowed(tx, deps, whose);
      const row = phone === undefined ? await findNumber(tx, whose) : undefined;
      if (phone === undefined && row === undefined) throw new LubartError('sms.no_number');
      const to = phone ?? seals.open<string>(numberPlace(personId), row!.sealed);
      const at = deps.clock.now();
      const againInSeconds = await countMessage(tx, deps.keyring.root, rules, {
        organizationId,
        personId,
        phone: to,
        at,
      });
      const expiresAt = await insertCode(tx, deps.keyring.root, whose, { id, code, at });
      await deps.auditLog.record(tx, seals, doerAt(organizationId, actor, visitor), {
        event: 'sign-in.sms_sent',
        subjectKind: 'person',
        subjectIds: [personId],
        facts: { purpose },
      });
      return { to, rules, againInSeconds, expiresAt, language: person.language };
    });
    await deps.sms
      .send({ to: made.to, text: textOf(made.language, deps.origin(), code) })
      .catch(async (cause: unknown) => {
        await deps.database.act(reach, async (tx) => {
          await deleteCode(tx, organizationId, id);
          // Attack: a provider that sends but answers late, so that each message is taken back and the next one leaves at once.
          if (surelyNotSent(cause))
            await takeMessageOff(tx, deps.keyring.root, made.rules, { organizationId, personId, phone: made.to });
        });
        throw cause;
      });
    return { hint: hintOf(made.to), expiresAt: made.expiresAt.toISOString(), againInSeconds: made.againInSeconds };
  } catch (error) {
    if (hasCode(error)) {
      const facts = { step: 'sms', purpose };
      await deps.noteRefusal({ event: 'sign-in.denied', code: error.code, visitor, organizationId, actor, facts });
    }
    throw error;
  }
}
