/** Letters to a person who is known: whom, in which language, and the notices that somebody changed something. */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import type { PersonSecret } from '#protections/access';
import { personPlace, readOrganization } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import type { Credentials } from '../sign-in-store.ts';
import type { LetterFacts, LetterKind } from './letter-facts.ts';
import { momentInWords, writeLetter } from './letters.ts';

export type Addressee = { name: string; email: string; language: 'uk' | 'en'; organization: string };

export async function readAddressee(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
  person: Pick<Credentials, 'sealed' | 'language'>,
): Promise<Addressee> {
  const { name, email } = seals.open<PersonSecret>(personPlace(personId), person.sealed);
  const organization = await readOrganization(tx, seals);
  return { name, email, language: person.language, organization: organization.name };
}

/** A letter to the person’s own address, or to another one of theirs. */
export function letterTo<Kind extends LetterKind>(
  who: Addressee,
  kind: Kind,
  facts: Omit<LetterFacts[Kind], 'name' | 'organization'>,
  to = who.email,
) {
  const { name, organization, language } = who;
  return { to, ...writeLetter(language, kind, { ...facts, name, organization } as LetterFacts[Kind]) };
}

/** “Your password was changed”: whoever did it, the person learns of it. */
export async function tellPasswordChanged(
  deps: SignInDeps,
  tx: Transaction,
  who: Addressee,
  { organizationId, device, address }: Pick<Visitor, 'device' | 'address'> & { organizationId: string },
): Promise<void> {
  const when = momentInWords(who.language, deps.clock.now());
  await deps.mail.send(tx, { organizationId, ...letterTo(who, 'passwordChanged', { when, device, address }) });
}
