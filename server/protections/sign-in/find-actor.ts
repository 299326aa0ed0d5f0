/** Actors without a session: for a local operator, and for work that goes on after its request. */
import { LubartError } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import { personPlace, rightsWithPlaces } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { doerAt } from './deps.ts';
import type { RefusedVisitor } from './note-refusal.ts';
import { requireOneHolder } from './one-holder.ts';
import { findPersonWithBranch, placesOf } from './session-store.ts';

/**
 * The active person with this e-mail, in the organization that is meant; recorded as a sign-in from the command line.
 * @throws person.not_found, person.several_organizations
 */
export async function actorByEmail(
  deps: SignInDeps,
  email: string,
  within: string | undefined,
  visitor: RefusedVisitor,
): Promise<Actor> {
  const { organizationId, personId } = await requireOneHolder(deps, email, within);
  const actor = await actorById(deps, organizationId, personId, visitor);
  if (actor === undefined) throw new LubartError('person.not_found');
  const doer = doerAt(organizationId, actor, visitor);
  const subject = { subjectKind: 'person', subjectIds: [personId] };
  await deps.auditLog.recordAlone(doer, {
    event: 'session.signed_in',
    ...subject,
    facts: { factor: 'local operator' },
  });
  return actor;
}

/** Undefined when nobody active has this id. */
export async function actorById(
  deps: SignInDeps,
  organizationId: string,
  personId: string,
  { address, device, requestId }: RefusedVisitor,
): Promise<Actor | undefined> {
  const now = deps.clock.now();
  const { found, places } = await deps.database.read(systemReach(organizationId), async (tx) => {
    const person = await findPersonWithBranch(tx, organizationId, personId, now);
    return { found: person, places: person?.stands_in ? await placesOf(tx, organizationId, personId, now) : [] };
  });
  if (found === undefined || found.deactivated_at !== null) return undefined;
  const seals = await deps.keyring.of(organizationId);
  const { name } = seals.open<PersonSecret>(personPlace(personId), found.sealed);
  const { language, department_id: departmentId, department_ids: departmentIds } = found;
  return {
    organizationId,
    personId,
    sessionId: null,
    name,
    ...rightsWithPlaces(found.roles, language, departmentIds, places),
    departmentId,
    departmentIds,
    factors: [],
    provedAt: null,
    language,
    address,
    device,
    requestId,
  };
}
