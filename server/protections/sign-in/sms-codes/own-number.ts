/** One’s own number: proved by a code before it is taken, sealed, shown by its last two digits, given up again. */
import type { FactorsView } from '#contract';
import type { Transaction } from '#database';
import { hasCode, LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { lockStandingNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { parsePhone } from '#ukraine/phone-abroad';
import { bringTicket } from '../bring-ticket.ts';
import { countsSms } from '../demands/demand.ts';
import type { Enrolled } from '../demands/lift-wall.ts';
import { liftWall } from '../demands/lift-wall.ts';
import type { SignInDeps } from '../deps.ts';
import { requireOneLeft } from '../factors.ts';
import { judgeIn, requireDone } from '../judged-act.ts';
import { readRules } from '../rules.ts';
import type { SentCode } from './send-code.ts';
import { hintOf, sendCode } from './send-code.ts';
import { enterCode, spendSmsCode } from './spend-code.ts';
import type { CodeFor } from './sms-store.ts';
import { deleteNumber, findNumber, numberPlace, saveNumber } from './sms-store.ts';

const holderOf = ({ organizationId, personId }: Actor) => ({ organizationId, personId });
const aboutMe = ({ personId }: Actor) => ({ subjectKind: 'person', subjectIds: [personId] });
const enrolmentOf = (actor: Actor, ticket: string): CodeFor => ({
  ...holderOf(actor),
  purpose: 'enrol',
  boundTo: ticket,
});

/** What the profile shows. */
export async function readNumber(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
): Promise<FactorsView['sms']> {
  const row = await findNumber(tx, holderOf(actor));
  const { factors } = await readRules(tx, actor.organizationId);
  const roles = actor.roles.map(({ key, id }) => ({ reference: key ?? id }));
  return {
    available: deps.sms.configured && countsSms(factors, roles),
    number:
      row === undefined
        ? null
        : {
            hint: hintOf(seals.open<string>(numberPlace(actor.personId), row.sealed)),
            createdAt: row.created_at.toISOString(),
            lastUsedAt: row.last_used_at?.toISOString() ?? null,
          },
  };
}

/** @throws field.phone_invalid, and as sendCode */
export async function beginNumber(
  deps: SignInDeps,
  actor: Actor,
  text: string,
): Promise<SentCode & { ticket: string }> {
  const phone = parsePhone(text);
  if (phone === null) throw new LubartError('field.phone_invalid', { field: 'phone' });
  const { ticket } = deps.tickets.make('sms-number', { ...holderOf(actor), phone: phone.number });
  return { ticket, ...(await sendCode(deps, actor, { ...enrolmentOf(actor, ticket), asker: actor }, phone.number)) };
}

/** @throws sign-in.ticket_expired, sms.code_over, sign-in.code_wrong */
export async function takeNumber(
  deps: SignInDeps,
  actor: Actor,
  given: { ticket: string; code: string },
): Promise<Enrolled> {
  const brought = await bringTicket(deps, actor, 'sms-number', given.ticket);
  const { organizationId, personId, phone } = brought;
  // Attack: the ticket of a colleague, whose number would become mine.
  if (organizationId !== actor.organizationId || personId !== actor.personId)
    throw new LubartError('sign-in.ticket_expired');
  const whose = enrolmentOf(actor, given.ticket);
  const seals = await deps.keyring.of(organizationId);
  try {
    const judged = await deps.database.act(systemReach(organizationId), async (tx) => {
      await lockStandingNow(tx, actor);
      return judgeIn(tx, await enterCode(deps, tx, whose), async () => {
        await spendSmsCode(deps, tx, whose, given.code);
        const at = deps.clock.now();
        await saveNumber(tx, whose, { sealed: seals.seal(numberPlace(personId), phone), at });
        const facts = { factor: 'sms', proved: true };
        await deps.auditLog.record(tx, seals, doerOf(actor), {
          event: 'person.factor_enrolled',
          ...aboutMe(actor),
          facts,
        });
        return liftWall(deps, tx, seals, actor, { factor: 'sms' });
      });
    });
    const enrolled = requireDone(judged);
    deps.sessions.forget();
    return enrolled;
  } catch (error) {
    if (hasCode(error)) {
      const facts = { step: 'sms', purpose: 'enrol' };
      await deps.noteRefusal({
        event: 'sign-in.denied',
        code: error.code,
        visitor: actor,
        organizationId,
        actor,
        facts,
      });
    }
    throw error;
  }
}

/** @throws request.not_found, factor.last, factor.demanded */
export async function dropNumber(deps: SignInDeps, actor: Actor): Promise<void> {
  const seals = await deps.keyring.of(actor.organizationId);
  await deps.database.act(systemReach(actor.organizationId), async (tx) => {
    await lockStandingNow(tx, actor);
    if (!(await deleteNumber(tx, holderOf(actor)))) throw new LubartError('request.not_found');
    await requireOneLeft(tx, actor, deps.clock.now());
    const facts = { factor: 'sms' };
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'person.factor_removed', ...aboutMe(actor), facts });
  });
  deps.sessions.forget();
}
