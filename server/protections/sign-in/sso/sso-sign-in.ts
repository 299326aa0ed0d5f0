/**
 * Sign-in through a provider: the browser leaves with a sealed flow in its own cookie and must come back with the answer to it
 * (login CSRF, RFC 6749 §10.12). The provider says who came; whether that person may come in is said here: active, of an allowed
 * domain, with a verified e-mail, and with a second factor of ours unless the provider proved one.
 */
import type { SessionView } from '#contract';
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { signInToken } from '../enrol-person.ts';
import { entersBySso } from '../demands/require-factors.ts';
import type { Waiting } from '../devices/ask-approval.ts';
import { isKnownBrowser, knownAt } from '../devices/know-device.ts';
import { openDoorOrWait } from '../open-door.ts';
import type { Ways } from '../read-factors.ts';
import { readWays } from '../read-factors.ts';
import { findCredentials, lockCredentials } from '../sign-in-store.ts';
import { applyGroups } from './apply-groups.ts';
import { domainOf } from './domain-of.ts';
import { joinAtFirst } from './join-at-first.ts';
import type { Claims } from './openid.ts';
import type { ProviderRow } from './provider-store.ts';
import {
  findByEmail,
  findIdentity,
  findProvider,
  linkIdentity,
  listProviders,
  settingsOf,
  spendAnswer,
  touchIdentity,
} from './provider-store.ts';

/** In, or one step before: our own second factor is still asked, or the browser has to be approved. */
export type SsoOutcome = { token: string; session: SessionView } | ({ ticket: string } & Ways) | Waiting;

export const callbackPath = '/api/v1/sign-in/sso/callback';

/** Providers with a button of their own. Where several companies share an installation none is shown: it would tell who they are. */
export async function shownProviders(deps: SignInDeps): Promise<{ id: string; name: string }[]> {
  const ids = await deps.organizations();
  if (ids.length !== 1) return [];
  return (await enabledProviders(deps, ids[0]!)).map(({ id, name }) => ({ id, name }));
}

/**
 * By the button, or by the domain of an e-mail; the person behind the e-mail is not looked for.
 * @throws sso.no_provider, sso.provider_down, sso.issuer_wrong
 */
export async function startSso(
  deps: SignInDeps,
  visitor: Visitor,
  given: { providerId?: string; email?: string },
): Promise<{ url: string; flow: string }> {
  deps.failures.enterStart(visitor.address);
  const domain = given.email === undefined ? undefined : domainOf(given.email);
  for (const organizationId of await deps.organizations()) {
    const found = (await enabledProviders(deps, organizationId)).find((row) =>
      given.providerId === undefined
        ? domain !== undefined && row.domains.includes(domain)
        : row.id === given.providerId,
    );
    if (found === undefined) continue;
    const settings = settingsOf(await deps.keyring.of(organizationId), found);
    const { url, flow } = await deps.openId.start(settings, deps.origin() + callbackPath);
    return { url, flow: deps.tickets.make('sso', { organizationId, providerId: found.id, ...flow }).ticket };
  }
  throw new LubartError('sso.no_provider');
}

/** @throws sso.flow_lost, sso.* and what openDoor throws */
export async function finishSso(
  deps: SignInDeps,
  visitor: Visitor,
  given: { query: Readonly<Record<string, string>>; flow: string | null },
): Promise<SsoOutcome> {
  let organizationId: string | null = null;
  let person: Doer['actor'] = null;
  try {
    const flow = openFlow(deps, given.flow);
    organizationId = flow.organizationId;
    const seals = await deps.keyring.of(organizationId);
    const row = await deps.database.read(systemReach(organizationId), (tx) =>
      findProvider(tx, seals.organizationId, flow.providerId),
    );
    const provider = requireEnabled(row);
    const answer = new URL(deps.origin() + callbackPath);
    answer.search = new URLSearchParams(given.query).toString();
    const claims = await deps.openId.finish(settingsOf(seals, provider), answer, flow);
    const email = requireEmail(provider, claims);
    const outcome = await deps.database.act(systemReach(organizationId), async (tx) => {
      const now = requireEnabled(await findProvider(tx, seals.organizationId, provider.id, 'share'));
      if (now.version !== provider.version) throw new LubartError('sso.flow_lost');
      // Attack: an answer that was seen once (a log, a history) is sent again.
      if (!(await spendAnswer(tx, seals.organizationId, flow.nonce, deps.clock.now()))) {
        throw new LubartError('sso.answer_invalid');
      }
      const { personId, link } = await findPerson(deps, tx, seals, now, claims, { email, visitor });
      const holder = { organizationId: seals.organizationId, personId };
      // Whose roles may change is locked for that from the start: two of one person’s sign-ins would wait for each other.
      const found =
        claims.groups === null ? await findCredentials(tx, holder, true) : await lockCredentials(tx, holder);
      if (found === undefined) throw new LubartError('sso.refused');
      const { name } = seals.open<PersonSecret>(personPlace(personId), found.sealed);
      const who = { personId, name };
      person = { ...who, sessionId: null };
      // Dismissed here is out, whatever the provider says.
      if (found.deactivated_at !== null) throw new LubartError('sso.refused');
      await link();
      const about = { subjectKind: 'person', subjectIds: [personId] };
      const facts = { provider: provider.id, factorProved: claims.factorProved };
      const actor = { ...who, sessionId: null };
      const doer = doerAt(seals.organizationId, actor, visitor);
      await deps.auditLog.record(tx, seals, doer, { event: 'sso.accepted', facts, ...about });
      await applyGroups(deps, tx, seals, now, claims, { actor, visitor });
      const factors = claims.factorProved ? (['sso', 'sso-proved'] as const) : (['sso'] as const);
      if (await entersBySso(tx, seals.organizationId, personId, factors, deps.clock.now()))
        return openDoorOrWait(deps, tx, seals, { who, visitor, way: 'sso', factors });
      const body = {
        organizationId: seals.organizationId,
        personId,
        passwordChangedAt: found.changed_at.getTime(),
        first: 'sso' as const,
        ...knownAt(visitor, { known: await isKnownBrowser(deps, tx, holder, visitor) }),
      };
      const ways = await readWays(deps, tx, holder, { factors: ['sso'], passkeyId: null });
      return { ticket: deps.tickets.make('second-step', body).ticket, ...ways };
    });
    // Roles and people may be others now.
    deps.sessions.forget();
    deps.directory.forget(seals.organizationId);
    return outcome;
  } catch (error) {
    const coded = hasCode(error) ? error : new LubartError('sso.answer_invalid', { cause: error });
    const refusal = { event: 'sso.denied', code: coded.code, visitor, organizationId, actor: person } as const;
    await deps.noteRefusal({ ...refusal, facts: { step: 'provider' } });
    throw hasCode(error) ? coded : error;
  }
}

function openFlow(deps: SignInDeps, sealed: string | null) {
  if (sealed === null) throw new LubartError('sso.flow_lost');
  try {
    return deps.tickets.open('sso', sealed);
  } catch (error) {
    throw new LubartError('sso.flow_lost', { cause: error });
  }
}

function requireEnabled(row: ProviderRow | undefined): ProviderRow {
  if (row === undefined || row.enabled_at === null) throw new LubartError('sso.no_provider');
  return row;
}

/** @throws sso.email_unverified, sso.domain_foreign */
function requireEmail(provider: ProviderRow, { email, emailVerified }: Claims): string {
  // Attack: an account elsewhere with somebody else’s e-mail typed into it.
  if (email === null || !(emailVerified || provider.email_trusted)) throw new LubartError('sso.email_unverified');
  // Attack: the provider serves many companies; only the domains of this one come in.
  if (!provider.domains.includes(domainOf(email))) throw new LubartError('sso.domain_foreign');
  return email;
}

/**
 * By the account that was linked; the first time by the e-mail. Attack: an e-mail that was given to a new colleague must not open
 * what belonged to the one before, so a person has one account at a provider, for ever.
 */
async function findPerson(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  provider: ProviderRow,
  claims: Claims,
  { email, visitor }: { email: string; visitor: Visitor },
): Promise<{ personId: string; link: () => Promise<void> }> {
  const { organizationId } = seals;
  const at = deps.clock.now();
  const subjectHash = deps.keyring.root.token('sso', `${organizationId} ${provider.issuer} ${claims.subject}`);
  const known = await findIdentity(tx, organizationId, provider.id, subjectHash);
  if (known !== undefined) {
    return { personId: known, link: () => touchIdentity(tx, organizationId, provider.id, subjectHash, at) };
  }
  const personId =
    (await findByEmail(tx, organizationId, signInToken(deps.keyring.root, email))) ??
    (await joinAtFirst(deps, tx, seals, provider, claims, { email, visitor }));
  const link = async () => {
    const linked = await linkIdentity(tx, { organizationId, providerId: provider.id, subjectHash, personId, at });
    if (!linked) throw new LubartError('sso.refused');
  };
  return { personId, link };
}

async function enabledProviders(deps: SignInDeps, organizationId: string): Promise<ProviderRow[]> {
  const rows = await deps.database.read(systemReach(organizationId), (tx) => listProviders(tx, organizationId));
  return rows.filter((row) => row.enabled_at !== null);
}
