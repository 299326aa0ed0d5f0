/** Whom it would touch to close the password for the domains of a provider: seen before it is done. */
import type { ResponseOf, ssoRoutes } from '#contract';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { domainOf } from './domain-of.ts';
import { findProvider, listLinked } from './provider-store.ts';

/** @throws sso.provider_not_found */
export async function previewClosing(
  deps: SignInDeps,
  { organizationId }: Actor,
  id: string,
): Promise<ResponseOf<(typeof ssoRoutes)['GET /api/v1/sso/providers/:id/affected']>> {
  const { provider, linked } = await deps.database.read(systemReach(organizationId), async (tx) => ({
    provider: await findProvider(tx, organizationId, id),
    linked: new Set(await listLinked(tx, organizationId, id)),
  }));
  if (provider === undefined) throw new LubartError('sso.provider_not_found');
  const everybody = await deps.directory.list(organizationId);
  const people = everybody.filter(({ active, email }) => active && provider.domains.includes(domainOf(email)));
  const isOwner = ({ roles }: (typeof people)[number]) => roles.some(({ key }) => key === 'owner');
  return {
    people: people
      .filter((person) => !isOwner(person))
      .map(({ id: personId, name }) => ({ personId, name, linked: linked.has(personId) })),
    owners: people.filter(isOwner).length,
  };
}
