/** Notices to colleagues about what others did with access. A letter is written in the transaction of the act it tells about. */
import type { Language } from '#contract';
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import type { LetterFacts, LetterKind } from './letters.ts';
import { findPersonRow } from '#protections/access';
import { letterTo, readAddressee } from './tell-person.ts';

/** Facts in the language of whoever reads them. */
type Facts<Kind extends LetterKind> = (language: Language) => Omit<LetterFacts[Kind], 'name' | 'organization'>;

/** Who left meanwhile gets nothing. */
export async function tellPeople<Kind extends LetterKind>(
  deps: Pick<SignInDeps, 'mail'>,
  tx: Transaction,
  seals: OrganizationSeals,
  personIds: readonly string[],
  kind: Kind,
  facts: Facts<Kind>,
): Promise<void> {
  if (!deps.mail.configured) return;
  const { organizationId } = seals;
  for (const id of personIds) {
    const person = await findPersonRow(tx, organizationId, id);
    if (person === undefined || person.deactivated_at !== null) continue;
    const who = await readAddressee(tx, seals, id, person);
    await deps.mail.send(tx, { organizationId, ...letterTo(who, kind, facts(who.language)) });
  }
}
