/** Both learn that one stands in for the other, and when that ends before its time. */
import type { Transaction } from '#database';
import type { DeputyNotice } from '#protections/access';
import { findPersonRow } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { dayInWords } from './letters.ts';
import { letterTo, readAddressee } from './tell-person.ts';

export async function tellDeputy(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  personIds: readonly string[],
  { head, deputy, by, ...notice }: DeputyNotice,
): Promise<void> {
  const { organizationId } = seals;
  for (const id of personIds) {
    const person = await findPersonRow(tx, organizationId, id);
    if (person === undefined) continue;
    const who = await readAddressee(tx, seals, id, person);
    const from = dayInWords(who.language, notice.from);
    // The last day itself, not the midnight after it.
    const until = dayInWords(who.language, new Date(notice.until.getTime() - 1));
    const letter = notice.ended
      ? letterTo(who, 'deputyEnded', { head, deputy, by })
      : letterTo(who, 'deputyNamed', { head, deputy, by, from, until });
    await deps.mail.send(tx, { organizationId, ...letter });
  }
}
