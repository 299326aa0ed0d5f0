/** Who learns of everything about the emergency sheet, the recovery kit and certificates: all owners, and everybody who may change protections. */
import type { Transaction } from '#database';
import { actorRights, isOwner, listHeldRoles, listRoles, may } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import type { LetterFacts } from '../links/letter-facts.ts';
import type { Addressee } from '../links/tell-person.ts';
import { letterTo, readAddressee } from '../links/tell-person.ts';
import { listActivePeople } from '../recovery/request-store.ts';

type WatcherLetter =
  | 'emergencyUsed'
  | 'emergencyMade'
  | 'emergencyExpires'
  | 'kitMade'
  | 'certificateTrouble'
  | 'clientEnding';

export async function listWatchers(tx: Transaction, organizationId: string, now: Date) {
  const held = await listHeldRoles(tx, organizationId, now);
  const everybodys = (await listRoles(tx, organizationId)).filter(({ key }) => key === 'baseline');
  return (await listActivePeople(tx, organizationId)).filter(({ id, language }) => {
    const rights = actorRights([...everybodys, ...held.filter(({ personId }) => personId === id)], language);
    return isOwner(rights) || may(rights, 'security.update');
  });
}

/** A letter to each of them, in the caller’s transaction. Returns how many there are. */
export async function tellWatchers<Kind extends WatcherLetter>(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  kind: Kind,
  factsFor: (who: Addressee) => Omit<LetterFacts[Kind], 'name' | 'organization'>,
): Promise<number> {
  const { organizationId } = seals;
  const watchers = await listWatchers(tx, organizationId, deps.clock.now());
  for (const watcher of watchers) {
    const who = await readAddressee(tx, seals, watcher.id, watcher);
    await deps.mail.send(tx, { organizationId, ...letterTo(who, kind, factsFor(who)) });
  }
  return watchers.length;
}
