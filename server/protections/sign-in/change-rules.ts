/**
 * Changing the rules of sign-in. Before they are saved one sees who would be locked out now; whoever would lock oneself out is
 * refused, because nobody inside could take it back.
 */
import type { BodyOf, ResponseOf, RulesChange, RulesView, securityRoutes, SignInRules } from '#contract';
import type { Reach, Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { actorNow, listHeldRoles, referenceOf, requireEntitledNow, requireRolesOnce } from '#protections/access';
import { findPersonRow, readLine } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { countConcerned, dateDemands, demandsKey, readFactorRules } from './demands/factor-rules.ts';
import { demandsFrom, readStandings } from './demands/read-standing.ts';
import { isHourAllowed, readHours } from './hours.ts';
import type { Asking } from './networks.ts';
import { isNetworkAllowed, readRange } from './networks.ts';
import { isRecoveryLowered, readRecoveryRules, requireApprovers } from './recovery/recovery-rules.ts';
import { relyingPartyOf } from './relying-party.ts';
import { readRules, writeRules } from './rules.ts';
import { endSessions, listOpenSessions } from './session-store.ts';

type Routes = typeof securityRoutes;

export async function showRules(deps: SignInDeps, actor: Actor): Promise<RulesView> {
  const { organizationId, address } = actor;
  const rules = await deps.database.read(systemReach(organizationId), (tx) => readRules(tx, organizationId));
  return { ...rules, address, smsConfigured: deps.sms.configured };
}

/** @throws security.version_conflict, security.own_lock_out, security.range_invalid, security.hours_invalid, security.root_invalid, security.attested_empty, security.approvers_empty, passkey.needs_host_name, request.invalid, access.denied */
export async function changeRules(
  deps: SignInDeps,
  actor: Actor,
  { version, change }: BodyOf<Routes['PUT /api/v1/security/rules']>,
): Promise<RulesView> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const read = readChange(change);
  // Attack (of one’s own hand): a key is demanded of everybody where this host name lets nobody make one.
  if (read.factors !== undefined && demandsKey(read.factors)) relyingPartyOf(deps.origin());
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    // Attack: who was dismissed or lost the right a moment ago turns the demands down for everybody.
    const self = await requireEntitledNow(tx, actor, 'security.update', at);
    const before = await readRules(tx, organizationId, true);
    if (before.version !== version) throw new LubartError('security.version_conflict');
    const { version: _, ...standing } = before;
    const rules = { ...standing, ...read };
    if (read.factors !== undefined) rules.factors = dateDemands(before.factors, read.factors, at);
    if (isLockedOut(deps, rules, actorNow(actor, self))) throw new LubartError('security.own_lock_out');
    if (read.recovery !== undefined) await requireApprovers(tx, organizationId, read.recovery, at);
    if (!(await writeRules(tx, organizationId, { version, rules, at })))
      throw new LubartError('security.version_conflict');
    const sections = Object.keys(read) as (keyof SignInRules)[];
    const pick = (from: SignInRules) => Object.fromEntries(sections.map((section) => [section, from[section]]));
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'security.rules_changed',
      subjectKind: 'organization',
      subjectIds: [organizationId],
      facts: {
        sections,
        before: pick(before),
        after: pick(rules),
        recoveryLowered: isRecoveryLowered(before.recovery, rules.recovery),
      },
    });
  });
  deps.rules.forget(organizationId);
  deps.sessions.forget();
  return showRules(deps, actor);
}

/** A local operator comes by no network and at any hour. */
function isLockedOut(deps: SignInDeps, rules: SignInRules, actor: Actor): boolean {
  if (actor.sessionId === null) return false;
  const asking = { personId: actor.personId, roles: actor.roles.map(referenceOf) };
  return (
    !isNetworkAllowed(rules.networks, asking, actor.address) || !isHourAllowed(rules.hours, asking, deps.clock.now())
  );
}

/** Everybody with an open session whom these rules would lock out at this moment, by the address of last use. */
export async function previewRules(
  deps: SignInDeps,
  actor: Actor,
  change: RulesChange,
): Promise<ResponseOf<Routes['POST /api/v1/security/rules/preview']>> {
  const { organizationId } = actor;
  const now = deps.clock.now();
  const read = readChange(change);
  const { rules, sessions, held, standings } = await deps.database.read(systemReach(organizationId), async (tx) => ({
    rules: { ...(await readRules(tx, organizationId)), ...read },
    standings: read.factors === undefined ? [] : await readStandings(tx, organizationId, now),
    sessions: await listOpenSessions(tx, organizationId, now),
    held: await listHeldRoles(tx, organizationId, now),
  }));
  const people = [];
  for (const session of sessions) {
    const asking: Asking = {
      personId: session.person_id,
      roles: held.filter(({ personId }) => personId === session.person_id).map(referenceOf),
    };
    const byNetwork = !isNetworkAllowed(rules.networks, asking, session.address);
    const byHours = !isHourAllowed(rules.hours, asking, now);
    if (!byNetwork && !byHours) continue;
    const person = await deps.directory.find(organizationId, session.person_id);
    people.push({
      personId: session.person_id,
      name: person?.name ?? '—',
      address: session.address,
      byNetwork,
      byHours,
    });
  }
  const factors = countConcerned(demandsFrom(rules.factors), standings);
  return { self: isLockedOut(deps, rules, actor), people, openSessions: sessions.length, factors };
}

/** Each section is kept in one form, or refused with the place of its fault. */
function readChange(change: RulesChange): Partial<SignInRules> {
  const { networks, hours, sessions, devices, factors, recovery } = change;
  for (const [section, rules] of Object.entries({ networks, hours, sessions, devices }))
    requireRolesOnce(rules?.roles ?? [], `${section}.roles`);
  const places = networks?.places.map(({ id, name, ranges }) => ({
    id,
    name: readLine(name, 'networks.places'),
    ranges: [...new Set(ranges.map((range) => readRange(range)))],
  }));
  const known = new Set(places?.map(({ id }) => id));
  for (const one of [networks?.organization, ...(networks?.roles ?? []), ...(networks?.people ?? [])]) {
    // Attack: an empty list or a place that was deleted, so that “only from there” quietly means nothing or everything.
    if (
      one === undefined ||
      (one.anywhere ? one.places.length === 0 : one.places.length > 0 && one.places.every((id) => known.has(id)))
    )
      continue;
    throw new LubartError('request.invalid', { field: 'networks', details: { reason: 'place' } });
  }
  return {
    ...(networks === undefined ? {} : { networks: { ...networks, places: places! } }),
    ...(sessions === undefined ? {} : { sessions }),
    ...(devices === undefined ? {} : { devices }),
    ...(factors === undefined ? {} : { factors: readFactorRules(factors) }),
    ...(recovery === undefined ? {} : { recovery: readRecoveryRules(recovery) }),
    ...(hours === undefined
      ? {}
      : {
          hours: {
            organization: readHours(hours.organization, 'hours.organization'),
            roles: hours.roles.map(({ role, hours: one }) => ({ role, hours: readHours(one, 'hours.roles') })),
            people: hours.people.map(({ personId, hours: one }) => ({
              personId,
              hours: readHours(one, 'hours.people'),
            })),
          },
        }),
  };
}

/** @throws person.not_found, access.denied */
export async function endSessionsOf(deps: SignInDeps, actor: Actor, reach: Reach, personId: string): Promise<number> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const ended = await deps.database.act(reach, async (tx: Transaction) => {
    // Attack: who was dismissed a moment ago puts out those who dismissed them.
    await requireEntitledNow(tx, actor, 'security.update', deps.clock.now());
    if ((await findPersonRow(tx, organizationId, personId)) === undefined) throw new LubartError('person.not_found');
    const ids = await endSessions(tx, { organizationId, personId, at: deps.clock.now() });
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'session.ended',
      subjectKind: 'person',
      subjectIds: [personId],
      facts: { sessionsEnded: ids.length },
    });
    return ids.length;
  });
  deps.sessions.forget();
  return ended;
}
