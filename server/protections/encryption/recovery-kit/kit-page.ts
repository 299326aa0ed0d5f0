/**
 * The kit on the page of the owner. It is the root key: it leaves only to an owner of today who has just proved a factor, and in the
 * transaction of its entry every owner gets a letter, before anything is shown (decision 0027). Its sheets are in one answer and are kept
 * nowhere; what stays is who made it, when, and who proved that it works.
 */
import type { BodyOf, KitSheetsView, KitView, kitRoutes } from '#contract';
import type { Transaction } from '#database';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { isOwner, lockPeople, readOrganization, requireStillEntitled } from '#protections/access';
import { doerOf, systemDoer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { kitFilePath, readKnownKit, stateOfKit } from './kit-file.ts';
import type { KitDeps } from './prove-kit.ts';
import { makeRecoveryKit, proveRecoveryKit } from './prove-kit.ts';

export type KitPageDeps = KitDeps & {
  nameOf: (organizationId: string) => Promise<(personId: string) => string>;
  /** A letter to all owners. */
  tell: (
    tx: Transaction,
    seals: OrganizationSeals,
    notice: { person: string; device: string; address: string; at: Date },
  ) => Promise<unknown>;
};

/** Days for which everybody who may look at protections is warned of a kit that somebody else made. */
export const alarmDays = 3;
const day = 86_400_000;

export function kitHandlers(deps: KitPageDeps): Handlers<typeof kitRoutes> {
  return {
    'GET /api/v1/security/kit': ({ actor }) => showKit(deps, actor),
    'POST /api/v1/security/kit': ({ actor, body }) => makeKitOnPage(deps, actor, body),
    'POST /api/v1/security/kit/prove': async ({ actor, body }) => {
      await requireOneCompany(deps);
      await proveRecoveryKit(deps, doerIn(actor), body.text);
      return showKit(deps, actor);
    },
  };
}

/** @throws key.kit_owner_only, key.kit_several, key.kit_split_invalid, key.rotation_runs, emergency.not_here, access.denied */
async function makeKitOnPage(
  deps: KitPageDeps,
  actor: Actor,
  { needed, sheets }: BodyOf<(typeof kitRoutes)['POST /api/v1/security/kit']>,
): Promise<KitSheetsView> {
  requireOrdinaryOwner(actor);
  await requireOneCompany(deps);
  const at = deps.clock.now();
  let organizationName = '';
  const kit = await makeRecoveryKit(deps, doerIn(actor), needed, sheets, async (tx, seals) => {
    const locked = await lockPeople(tx, actor.organizationId, [actor.personId], at);
    // Attack: an owner who was made a manager a moment ago, with a session that does not know it yet.
    if (!isOwner(await requireStillEntitled(tx, locked, actor, 'security.update', at)))
      throw new LubartError('key.kit_owner_only');
    organizationName = (await readOrganization(tx, seals)).name;
    await deps.tell(tx, seals, { person: actor.name, device: actor.device, address: actor.address, at });
  });
  return { ...kit, key: deps.rootFile.fingerprint, organizationName, madeAt: at.toISOString() };
}

/** The root key is one for all companies of an installation: each of them remembers what happened to it. */
const doerIn = (actor: Actor) => (organizationId: string) =>
  organizationId === actor.organizationId ? doerOf(actor) : systemDoer(organizationId);

/**
 * Attack: the owner of one company takes the key of all that live on this server; or somebody of one fills the logs of all others with
 * proofs that fail. With several, both are done on the server.
 */
async function requireOneCompany({ organizations }: KitPageDeps): Promise<void> {
  if ((await organizations()).length !== 1) throw new LubartError('key.kit_several');
}

function requireOrdinaryOwner(actor: Actor): void {
  // Attack: a security officer takes the key of the house along.
  if (!isOwner(actor)) throw new LubartError('key.kit_owner_only');
  // Attack: whoever came in by a stolen emergency sheet leaves with the root key.
  if (actor.factors.includes('break-glass')) throw new LubartError('emergency.not_here');
}

async function showKit(deps: KitPageDeps, actor: Actor): Promise<KitView> {
  const { rootFile, clock, organizations } = deps;
  await rootFile.reload();
  const now = clock.now();
  const known = await readKnownKit(kitFilePath(rootFile.file));
  const several = (await organizations()).length !== 1;
  const names = await deps.nameOf(actor.organizationId);
  const nameOf = (personId: string | null) => (personId === null ? null : names(personId) || '—');
  const recent = known !== null && now.getTime() - Date.parse(known.madeAt) < alarmDays * day;
  return {
    state: stateOfKit(known, rootFile.fingerprint, now),
    key: rootFile.fingerprint,
    kit:
      known === null
        ? null
        : {
            id: known.id,
            needed: known.needed,
            sheets: known.sheets,
            madeAt: known.madeAt,
            madeBy: nameOf(known.madeBy),
            provenAt: known.provenAt,
            provenBy: nameOf(known.provenBy),
          },
    alarm: recent && known.madeBy !== actor.personId,
    mayMake: isOwner(actor) && !actor.factors.includes('break-glass'),
    hindrance: several ? 'several' : rootFile.fingerprints.length > 1 ? 'rotation' : null,
  };
}
