/** Notices to colleagues about what others did with access. A letter is written in the transaction of the act it tells about. */
import type { Language } from '#contract';
import type { Transaction } from '#database';
import type { ElevationNotice } from '#protections/access';
import { findPersonRow, markOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import type { LetterFacts, LetterKind } from './letter-facts.ts';
import { momentInWords } from './letters.ts';

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

/** What became of a request for a temporary role, to whom it concerns. */
export function tellElevation(
  deps: Pick<SignInDeps, 'mail' | 'origin'>,
  tx: Transaction,
  seals: OrganizationSeals,
  personIds: readonly string[],
  notice: ElevationNotice,
): Promise<void> {
  const role = (language: Language) => markOf(notice.role, language).name;
  const tell = <Kind extends LetterKind>(kind: Kind, facts: Facts<Kind>) =>
    tellPeople(deps, tx, seals, personIds, kind, facts);
  switch (notice.what) {
    case 'asked': {
      const { person, hours } = notice;
      const link = `${deps.origin()}/security/elevations`;
      return tell('elevationAsked', (language) => ({ person, hours, role: role(language), link }));
    }
    case 'approved': {
      const { by, until } = notice;
      return tell('elevationApproved', (language) => ({
        by,
        role: role(language),
        until: momentInWords(language, until),
      }));
    }
    case 'refused':
      return tell('elevationRefused', (language) => ({ by: notice.by, role: role(language) }));
    case 'ended':
      return tell('elevationEnded', (language) => ({ by: notice.by, role: role(language) }));
  }
}
