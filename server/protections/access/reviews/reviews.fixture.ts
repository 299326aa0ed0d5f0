/** Reviews over the world of the cast, as the tests of this room open them. */
import type { BodyOf, ParamsOf, Routes, reviewRoutes } from '#contract';
import { routes } from '#contract';
import { importLeavingStep } from '#crm/import-export';
import { openHandOver } from '#crm/records';
import { reachOf } from '#protections/access';
import type { Actor } from '#protections/access';
import { apiKeyKind, openSignIn } from '#protections/sign-in';
import type { SignIn } from '#protections/sign-in';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, origin, signInAs, visitorFrom } from '#test/cast.ts';
import type { ReviewHandlers, Reviews } from './index.ts';
import { openReviews } from './index.ts';

export type House = { world: World; reviews: Reviews; signIn: SignIn };

/** A node of its own: sign-in that knows reviews, and reviews that know sign-in. */
export function openNode(world: World, changed: Partial<Parameters<typeof openReviews>[0]> = {}): House {
  const { database, keyring, auditLog, clock, mail } = world;
  const signIn = openSignIn({
    database,
    keyring,
    auditLog,
    clock,
    mail,
    origin: () => origin,
    records: openHandOver(auditLog),
    leavingSteps: [importLeavingStep],
    moved: (...given) => reviews.moved(...given),
  });
  const { directory, ties } = signIn;
  const reviews: Reviews = openReviews({
    database,
    keyring,
    auditLog,
    clock,
    mail,
    origin: () => origin,
    directory,
    ties,
    kinds: [apiKeyKind({ auditLog })],
    ...changed,
  });
  return { world, reviews, signIn };
}

type Key = keyof typeof reviewRoutes;
type Asked<K extends Key> = { params?: ParamsOf<Routes[K]>; body?: BodyOf<Routes[K]> };

/** Calls a handler the way the frame does: permission first, then reach. */
export async function callReview<K extends Key>(
  { reviews }: Pick<House, 'reviews'>,
  key: K,
  who: CastMember | Actor,
  asked: Asked<K> = {},
): Promise<Awaited<ReturnType<ReviewHandlers[K]>>> {
  const actor = 'actor' in who ? who.actor : who;
  const { permission } = routes[key];
  const { organizationId, personId, departmentIds } = actor;
  const reach =
    permission === 'signed-in'
      ? { organizationId, personId, departmentIds, scope: 'none' as const }
      : reachOf(actor, permission);
  const call = { ...asked, actor, reach, visitor: visitorFrom(actor.address) };
  return (reviews.handlers[key] as (given: unknown) => Promise<Awaited<ReturnType<ReviewHandlers[K]>>>)(call);
}

/** Gives roles, and signs the person in anew. */
export async function giveRoles({ world, signIn }: House, whom: CastMember, roles: string[]): Promise<void> {
  await callAs(signIn, 'PATCH /api/v1/people/:id', world.cast.owner, {
    params: { id: whom.personId },
    body: { roles },
  });
  whom.token = await signInAs(signIn, world.clock, whom);
  whom.actor = await signIn.actorOf(whom.token, visitorFrom('192.0.2.10'));
}

export async function start(house: House, by: CastMember = house.world.cast.owner): Promise<string> {
  const { id } = await callReview(house, 'POST /api/v1/reviews', by, { body: { dryRun: false } });
  return id!;
}

/** What somebody is asked about one person. */
export async function asked(house: House, who: CastMember, whom: CastMember) {
  const { campaigns } = await callReview(house, 'GET /api/v1/reviews/mine', who);
  return campaigns
    .flatMap(({ id, rights }) => rights.map((right) => ({ ...right, campaignId: id })))
    .filter(({ person }) => person.id === whom.personId);
}

export const answer = (
  house: House,
  who: CastMember | Actor,
  campaignId: string,
  answers: { itemId: string; answer: 'confirm' | 'withdraw'; note?: string }[],
) =>
  callReview(house, 'POST /api/v1/reviews/:id/answers', who, { params: { id: campaignId }, body: { answers } }).then(
    (done) => done.answers,
  );

export async function rolesOf({ world, signIn }: House, whom: CastMember): Promise<(string | null)[]> {
  signIn.directory.forget(world.organizationId);
  const person = await signIn.directory.find(world.organizationId, whom.personId);
  return person!.roles.map(({ key, name }) => key ?? name);
}
