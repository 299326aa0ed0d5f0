/** A key that ends within a week is told to its owner by letter, once; a program that suddenly stops is found too late. */
import { apiKeyNoticeDays } from '#contract';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { momentInWords } from '../links/letters.ts';
import { letterTo, readAddressee } from '../links/tell-person.ts';
import { lockCredentials } from '../sign-in-store.ts';
import { keyPlace } from './change-keys.ts';
import { claimEndingKeys, endOf } from './key-store.ts';

/** Returns how many letters were queued. */
export async function tellEndingKeys(deps: SignInDeps, organizationId: string): Promise<number> {
  const seals = await deps.keyring.of(organizationId);
  const now = deps.clock.now();
  return deps.database.act(systemReach(organizationId), async (tx) => {
    const ending = await claimEndingKeys(tx, organizationId, now, endOf(now, apiKeyNoticeDays.ending));
    for (const { id, person_id: personId, sealed, expires_at: expiresAt } of ending) {
      const person = await lockCredentials(tx, { organizationId, personId });
      if (person === undefined) continue;
      const who = await readAddressee(tx, seals, personId, person);
      const key = seals.open<{ name: string }>(keyPlace(id), sealed).name;
      const until = momentInWords(who.language, expiresAt);
      const link = `${deps.origin()}/security/api-keys`;
      await deps.mail.send(tx, { organizationId, ...letterTo(who, 'apiKeyEnding', { key, until, link }) });
    }
    return ending.length;
  });
}
