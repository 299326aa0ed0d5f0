/**
 * Whom an operator of this machine means by an e-mail. It is looked for in every organization of the server: the door that sign-in asks
 * answers with five, whoever left among them.
 */
import { LubartError } from '#kernel';
import { findPersonRow, readOrganization } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { signInToken } from './enrol-person.ts';
import type { Holder } from './sign-in-store.ts';
import { findByEmail } from './sso/provider-store.ts';

/**
 * Attack: an e-mail that works in two companies. What is done by it goes into the older one, and was meant for the other. `within`: the
 * organization that is meant. @throws person.not_found (nobody active with this e-mail), person.several_organizations
 */
export async function requireOneHolder(deps: SignInDeps, email: string, within: string | undefined): Promise<Holder> {
  const token = signInToken(deps.keyring.root, email);
  const active: Holder[] = [];
  for (const organizationId of within === undefined ? await deps.organizations() : [within]) {
    const personId = await findActive(deps, organizationId, token);
    if (personId !== undefined) active.push({ organizationId, personId });
  }
  const [only, ...others] = active;
  if (only === undefined) throw new LubartError('person.not_found');
  if (others.length === 0) return only;
  const organizations = await Promise.all(active.map(({ organizationId }) => nameOf(deps, organizationId)));
  throw new LubartError('person.several_organizations', { details: { organizations: organizations.join('; ') } });
}

const findActive = (deps: SignInDeps, organizationId: string, token: Buffer): Promise<string | undefined> =>
  deps.database.read(systemReach(organizationId), async (tx) => {
    const id = await findByEmail(tx, organizationId, token);
    const person = id === undefined ? undefined : await findPersonRow(tx, organizationId, id);
    return person?.deactivated_at === null ? id : undefined;
  });

async function nameOf(deps: SignInDeps, id: string): Promise<string> {
  const seals = await deps.keyring.of(id);
  const { name } = await deps.database.read(systemReach(id), (tx) => readOrganization(tx, seals));
  return `${id} ${name}`;
}
