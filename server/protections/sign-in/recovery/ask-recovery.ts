/**
 * “I lost my phone.” Only after the password was right: the ticket of the first step is the proof, so asking tells nobody who works
 * here and guessing is counted where passwords are. The person and everybody who may vouch learn of it at once; the person cancels
 * from any open session or by the letter. The waiting time runs on this server.
 */
import { recoveryWaitingHoursMax } from '#contract';
import type { Visitor } from '#http';
import { hasCode, LubartError, newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import { bringTicket } from '../bring-ticket.ts';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import { letterTo, readAddressee } from '../links/tell-person.ts';
import { readRules } from '../rules.ts';
import { newToken } from '../session-store.ts';
import { lockCredentials } from '../sign-in-store.ts';
import { listApprovers } from './approvers.ts';
import { conditionsFor } from './conditions.ts';
import { cancelRequests, findOpenRequest, insertRequest } from './request-store.ts';

/** How long a request lives, from asking: two days longer than the longest wait, also when rules that are made later are stricter. */
export const requestHours = recoveryWaitingHoursMax + 48;
const hour = 3_600_000;

export type AskedRecovery = { token: string; readyAt: string; expiresAt: string; needed: number };

/** @throws sign-in.ticket_expired, recovery.already_asked, recovery.too_few_approvers */
export async function askRecovery(deps: SignInDeps, visitor: Visitor, ticket: string): Promise<AskedRecovery> {
  const { passwordChangedAt, ...holder } = await bringTicket(deps, visitor, 'second-step', ticket);
  const { organizationId, personId } = holder;
  const seals = await deps.keyring.of(organizationId);
  const at = deps.clock.now();
  const expiresAt = new Date(at.getTime() + requestHours * hour);
  const mine = newToken(organizationId);
  const stop = newToken(organizationId);
  const { address, device } = visitor;
  try {
    const asked = await deps.database.act(systemReach(organizationId), async (tx) => {
      const person = await lockCredentials(tx, holder);
      if (person === undefined || person.deactivated_at !== null || person.changed_at.getTime() !== passwordChangedAt) {
        throw new LubartError('sign-in.ticket_expired');
      }
      await cancelRequests(tx, holder, at, 'over');
      // Attack: whoever asks again must neither start the waiting anew nor push the person’s own request out.
      if ((await findOpenRequest(tx, organizationId, { personId }, at)) !== undefined) {
        throw new LubartError('recovery.already_asked');
      }
      const { recovery } = await readRules(tx, organizationId);
      const approvers = await listApprovers(tx, organizationId, personId, recovery.approvers, at);
      if (approvers.length === 0) throw new LubartError('recovery.too_few_approvers');
      const { needed, readyAt } = conditionsFor(recovery, approvers.length, at);
      const id = newId();
      await insertRequest(tx, organizationId, {
        id,
        person_id: personId,
        way: 'approval',
        token_hash: mine.hash,
        cancel_hash: stop.hash,
        password_changed_at: person.changed_at,
        needed,
        asked_ids: approvers.map((approver) => approver.id),
        address,
        device,
        asked_at: at,
        ready_at: readyAt,
        expires_at: expiresAt,
      });
      const who = await readAddressee(tx, seals, personId, person);
      const link = `${deps.origin()}/recover#cancel=${stop.token}`;
      const when = momentInWords(who.language, at);
      await deps.mail.send(tx, {
        organizationId,
        goodUntil: expiresAt,
        ...letterTo(who, 'recoveryAsked', { when, device, address, link }),
      });
      for (const approver of approvers) {
        const colleague = await readAddressee(tx, seals, approver.id, approver);
        const facts = { person: who.name, needed, link: `${deps.origin()}/people/recovery` };
        await deps.mail.send(tx, { organizationId, ...letterTo(colleague, 'recoveryToApprove', facts) });
      }
      await deps.auditLog.record(
        tx,
        seals,
        doerAt(organizationId, { personId, name: who.name, sessionId: null }, visitor),
        {
          event: 'recovery.asked',
          subjectKind: 'person',
          subjectIds: [personId],
          facts: {
            request: id,
            needed,
            readyAt: readyAt.toISOString(),
            asked: approvers.map((approver) => approver.id),
          },
        },
      );
      return { needed, readyAt };
    });
    return {
      token: mine.token,
      readyAt: asked.readyAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      needed: asked.needed,
    };
  } catch (error) {
    if (hasCode(error)) {
      const { code } = error;
      const facts = { step: 'ask', about: personId };
      await deps.noteRefusal({ event: 'recovery.denied', code, visitor, organizationId, actor: null, facts });
    }
    throw error;
  }
}
