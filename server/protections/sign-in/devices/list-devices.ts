/** Browsers people come in from: one’s own, and those of people within reach. Naming one, and taking one away with its sessions. */
import type { DeviceRequestView, DeviceView } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { listHeldRoles, readLine, referenceOf } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { placeOf } from '../networks.ts';
import type { KeptRules } from '../rules.ts';
import { deviceRuleFor, readRules } from '../rules.ts';
import { deviceOfSession, endSessionsOfDevice } from '../session-store.ts';
import { mayAnswerFor, mayAnswerNow } from './answer-request.ts';
import type { DeviceRow, DeviceSecret, RequestRow } from './device-store.ts';
import { devicePlace, findDeviceById, listDevices, listRequests, nameDevice, revokeDevices } from './device-store.ts';
import { expiryOf } from './know-device.ts';

type Lists = { devices: DeviceView[]; requests: DeviceRequestView[] };

export async function myDevices(deps: SignInDeps, actor: Actor): Promise<Lists> {
  return show(deps, actor, actor.personId);
}

/** Of everybody else for whom the actor may approve. */
export async function peoplesDevices(deps: SignInDeps, actor: Actor): Promise<Lists> {
  return show(deps, actor, null);
}

async function show(deps: SignInDeps, actor: Actor, personId: string | null): Promise<Lists> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const at = deps.clock.now();
  const read = await deps.database.read(systemReach(organizationId), async (tx) => {
    const rules = await readRules(tx, organizationId);
    const held = rules.devices.roles.length === 0 ? [] : await listHeldRoles(tx, organizationId, at);
    const expiryFor = (row: DeviceRow) => {
      const roles = held.filter((one) => one.personId === row.person_id).map(referenceOf);
      return expiryOf(deviceRuleFor(rules.devices, roles), row);
    };
    const devices = (await listDevices(tx, organizationId, personId))
      .map((row) => ({ ...row, expiresAt: expiryFor(row) }))
      .filter(({ expiresAt }) => expiresAt > at);
    const requests = await listRequests(tx, organizationId, { personId, at });
    const others = new Set([...devices, ...requests].map((row) => row.person_id));
    const inReach = new Set<string>();
    for (const id of others) if (await isShown(tx, actor, id, personId)) inReach.add(id);
    const current = actor.sessionId === null ? null : await deviceOfSession(tx, organizationId, actor.sessionId);
    return { rules, devices, requests, inReach, current };
  });
  const named = async (id: string) => ({ id, name: (await deps.directory.find(organizationId, id))?.name ?? '—' });
  const devices: DeviceView[] = [];
  for (const row of read.devices)
    if (read.inReach.has(row.person_id))
      devices.push({ ...deviceView(seals, read.rules, row, read.current), person: await named(row.person_id) });
  const requests: DeviceRequestView[] = [];
  for (const row of read.requests)
    if (read.inReach.has(row.person_id))
      requests.push({ ...requestView(read.rules, row), person: await named(row.person_id) });
  return { devices, requests };
}

async function isShown(tx: Transaction, actor: Actor, id: string, only: string | null): Promise<boolean> {
  return only === null ? id !== actor.personId && (await mayAnswerFor(tx, actor, id)) : id === only;
}

function deviceView(
  seals: OrganizationSeals,
  rules: KeptRules,
  row: DeviceRow & { expiresAt: Date },
  current: string | null,
) {
  return {
    id: row.id,
    name: seals.open<DeviceSecret>(devicePlace(row.id), row.sealed).name,
    address: row.address,
    place: placeOf(rules.networks, row.address),
    current: row.id === current,
    approvedAt: row.approved_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

function requestView(rules: KeptRules, { id, device, address, asked_at, until }: RequestRow) {
  return {
    id,
    device,
    address,
    place: placeOf(rules.networks, address),
    askedAt: asked_at.toISOString(),
    until: until.toISOString(),
  };
}

/** @throws device.not_found, field.* */
export async function renameDevice(deps: SignInDeps, actor: Actor, id: string, text: string): Promise<void> {
  const name = readLine(text, 'name');
  await change(deps, actor, id, { mine: true }, async (tx, seals) => {
    await nameDevice(tx, seals, id, name);
    return { event: 'device.renamed', facts: { device: id } };
  });
}

/** Its sessions end at once, on every node within a second. @throws device.not_found, access.denied */
export async function revokeDevice(
  deps: SignInDeps,
  actor: Actor,
  id: string,
  given: { mine: boolean },
): Promise<void> {
  const at = deps.clock.now();
  await change(deps, actor, id, given, async (tx, seals, personId) => {
    const { organizationId } = seals;
    await revokeDevices(tx, { organizationId, personId }, { at, only: id });
    const ended = await endSessionsOfDevice(tx, organizationId, id, at);
    return { event: 'device.revoked', facts: { device: id, sessionsEnded: ended } };
  });
  deps.sessions.forget();
}

async function change(
  deps: SignInDeps,
  actor: Actor,
  id: string,
  { mine }: { mine: boolean },
  act: (
    tx: Transaction,
    seals: OrganizationSeals,
    personId: string,
  ) => Promise<{ event: 'device.renamed' | 'device.revoked'; facts: Record<string, string | number> }>,
): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const now = deps.clock.now();
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const seen = await findDeviceById(tx, organizationId, id);
    const isAsked = seen !== undefined && (!mine || seen.person_id === actor.personId);
    const isInReach = isAsked && (await mayAnswerNow(tx, actor, seen.person_id, now));
    // Read again when its person is held: of two who take it away at once one finds it.
    const row = isInReach ? await findDeviceById(tx, organizationId, id) : undefined;
    if (row === undefined) throw new LubartError('device.not_found');
    const { event, facts } = await act(tx, seals, row.person_id);
    const about = { subjectKind: 'person', subjectIds: [row.person_id] };
    await deps.auditLog.record(tx, seals, doerOf(actor), { event, facts, ...about });
  });
}
