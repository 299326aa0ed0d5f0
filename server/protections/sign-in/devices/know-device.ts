/**
 * From which browser somebody comes in. A password and a code that were phished together open nothing on the thief’s browser: it
 * has to be approved first, on another one of the person’s own or by whoever may approve devices. What is bound to a browser is a
 * random secret in its cookie, kept here as a hash (ASVS 5.0 §7.1; NIST SP 800-63B-4 §5.1 “session binding” by analogy).
 */
import type { DeviceRule } from '#contract';
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { ProvenFactor } from '#protections/access';
import { referenceOf, rolesOfPerson } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import type { Entrant } from '../entrant.ts';
import type { Entry } from '../open-door.ts';
import { deviceRuleFor, readRules } from '../rules.ts';
import type { Way } from '../session-store.ts';
import type { Holder } from '../sign-in-store.ts';
import type { DeviceRow } from './device-store.ts';
import { findDevice, hadDevice, hashOfBrowser, insertDevice } from './device-store.ts';

/** Ways that colleagues or a sealed sheet vouched for: the browser they lead to is approved by them. */
const vouching: ReadonlySet<Way> = new Set(['setup', 'invitation', 'recovery', 'break-glass']);
/** Nobody phishes these: a key that asked for finger or PIN answers no other site; recovery codes lie in a drawer and are loud. */
const vouchingFactors: ReadonlySet<ProvenFactor> = new Set(['passkey-verified', 'recovery']);

const day = 86_400_000;

/** What was not used since then is not known any more. */
export const usedSinceOf = ({ days }: DeviceRule, at: Date) => new Date(at.getTime() - days * day);
/** When it has to be approved anew, unless it is used before. */
export const expiryOf = ({ days }: DeviceRule, { last_used_at: used }: Pick<DeviceRow, 'last_used_at'>) =>
  new Date(used.getTime() + days * day);

type Asked = Pick<Entrant, 'roles' | 'rules' | 'device'>;

const ruleFor = ({ rules, roles }: Omit<Asked, 'device'>) => deviceRuleFor(rules.devices, roles.map(referenceOf));

/** The device that was approved before and used since; undefined when there is none. */
export function approvedDevice(entrant: Asked, at: Date): string | undefined {
  const { device } = entrant;
  return device !== undefined && device.last_used_at > usedSinceOf(ruleFor(entrant), at) ? device.id : undefined;
}

/** The device for an entry from a browser that is not approved: null when it keeps no cookie and needs none; undefined: it waits. */
export async function admitDevice(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  entrant: Omit<Asked, 'device'>,
  { who, visitor, way, factors }: Entry,
): Promise<string | null | undefined> {
  const holder = { organizationId: seals.organizationId, personId: who.personId };
  const vouched = vouching.has(way) || factors.some((factor) => vouchingFactors.has(factor));
  if (ruleFor(entrant).demanded && !vouched && (await hadDevice(tx, holder))) return undefined;
  return noteDevice(deps, tx, seals, who, visitor);
}

/** Whether a try comes from a browser that is known as the person’s. */
export async function isKnownBrowser(
  deps: Pick<SignInDeps, 'clock'>,
  tx: Transaction,
  holder: Holder,
  { browser }: Visitor,
): Promise<boolean> {
  if (browser === null || browser === undefined) return false;
  const at = deps.clock.now();
  const [{ devices }, found] = await allSent([readRules(tx, holder.organizationId), findDevice(tx, holder, browser)]);
  if (found === undefined) return false;
  const roles = devices.roles.length === 0 ? [] : await rolesOfPerson(tx, holder.organizationId, holder.personId, at);
  return found.last_used_at > usedSinceOf(deviceRuleFor(devices, roles.map(referenceOf)), at);
}

/** What a ticket of the first step says of a browser that is known as the person’s. */
export const knownAt = ({ browser }: Visitor, { known = false }: { known?: boolean }): { browser?: string } =>
  known && browser !== null && browser !== undefined ? { browser: hashOfBrowser(browser).toString('base64url') } : {};

/** Whether the second step is taken at that browser. Attack: a ticket carried off to another browser, to have its tries. */
export const isKnownStill = (visitor: Visitor, { browser }: { browser?: string }): boolean =>
  browser !== undefined && browser === knownAt(visitor, { known: true }).browser;

/** The first browser of a person, and whatever was vouched for, is written down; so that the next one has to be approved. */
async function noteDevice(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  who: Entry['who'],
  visitor: Visitor,
): Promise<string | null> {
  const { browser, address, device: name } = visitor;
  if (browser === null || browser === undefined) return null;
  const { personId } = who;
  const at = deps.clock.now();
  const given = { personId, secretHash: hashOfBrowser(browser), name, address, approvedBy: null, at };
  const id = await insertDevice(tx, seals, given);
  await deps.auditLog.record(tx, seals, doerAt(seals.organizationId, { ...who, sessionId: null }, visitor), {
    event: 'device.added',
    subjectKind: 'person',
    subjectIds: [personId],
    facts: { device: id },
  });
  return id;
}

/** @throws device.cookie_needed for a browser that keeps no cookie: nothing could be approved */
export function requireBrowser({ browser }: Visitor): string {
  if (browser === null || browser === undefined) throw new LubartError('device.cookie_needed');
  return browser;
}
