/** Letters that somebody is in with a new factor, or is being let in on the server: to the person and to all who may vouch. */
import type { Visitor } from '#http';
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import { letterTo, readAddressee } from '../links/tell-person.ts';
import { readRules } from '../rules.ts';
import type { Credentials } from '../sign-in-store.ts';
import { listApprovers } from './approvers.ts';

type Notice = 'recoveryFinished' | 'recoveryByOperator';

export async function tellRecovery(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  kind: Notice,
  {
    personId,
    person,
    visitor,
  }: { personId: string; person: Credentials; visitor: Pick<Visitor, 'device' | 'address'> },
): Promise<void> {
  const { organizationId } = seals;
  const at = deps.clock.now();
  const { recovery } = await readRules(tx, organizationId);
  const colleagues = await listApprovers(tx, organizationId, personId, recovery.approvers, at);
  const { name } = await readAddressee(tx, seals, personId, person);
  const { device, address } = visitor;
  for (const one of [{ id: personId, sealed: person.sealed, language: person.language }, ...colleagues]) {
    const who = await readAddressee(tx, seals, one.id, one);
    const facts = { person: name, own: one.id === personId, when: momentInWords(who.language, at), device, address };
    await deps.mail.send(tx, { organizationId, ...letterTo(who, kind, facts) });
  }
}
