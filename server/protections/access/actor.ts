/** Who asks. Made once per request from the session, handed on as an argument, never ambient. */
import type { Wall } from '#contract';
import type { StandIn, StandsFor } from './heads/stand-in.ts';
import { standInOf } from './heads/stand-in.ts';
import type { FieldRights, Grants, RoleMark, RoleRow } from './role.ts';
import { combineRights, markOf, rightsOf } from './role.ts';

/** What a person can have proved in a session: it stands in the session and in the audit log. */
export const provenFactors = [
  'password',
  'totp',
  /** The key was there. */
  'passkey',
  /** The key was there and asked for finger, face or PIN: two factors in one. */
  'passkey-verified',
  'sms',
  'recovery',
  'sso',
  // A second factor at the provider, proved by its token.
  'sso-proved',
  'link',
  'break-glass',
] as const;
export type ProvenFactor = (typeof provenFactors)[number];

export type Actor = {
  readonly organizationId: string;
  readonly personId: string;
  readonly sessionId: string | null;
  /** The key by which a program asks; then `sessionId` is the same id, and no session has it. */
  readonly apiKeyId?: string;
  readonly name: string;
  readonly roles: readonly RoleMark[];
  /** What all roles give together; read through policy.ts. */
  readonly grants: Grants;
  readonly fieldRights: FieldRights;
  readonly departmentId: string;
  /** The person’s department with all departments below it. */
  readonly departmentIds: readonly string[];
  /** What the actor may do in the place of an absent head, and in which departments; read through policy.ts. */
  readonly standIn?: StandIn;
  /** What was proved in this session; nothing for a local operator or a job. */
  readonly factors: readonly ProvenFactor[];
  /** When a factor was proved the last time; null when none was. */
  readonly provedAt: Date | null;
  /** A factor that is demanded is missing: nothing but enrolling or proving one is open. Never for a local operator or a job. */
  readonly wall?: Wall;
  readonly language: 'uk' | 'en';
  /** Where the request came from, for the audit log. */
  readonly address: string;
  readonly device: string;
  readonly requestId: string;
};

/** What the rows of somebody’s roles (with the one that everybody has) make of an actor. */
export function actorRights(
  rows: readonly RoleRow[],
  language: 'uk' | 'en',
): Pick<Actor, 'roles' | 'grants' | 'fieldRights'> {
  return { roles: marksOfHeld(rows, language), ...combineRights(rows.map(rightsOf)) };
}

/** The roles themselves; the one that everybody has is not among them. */
export const marksOfHeld = (rows: readonly RoleRow[], language: 'uk' | 'en'): RoleMark[] =>
  rows.filter(({ key }) => key !== 'baseline').map((row) => markOf(row, language));

/** The same for somebody who may stand in for a head at this moment. */
export function rightsWithPlaces(
  rows: readonly RoleRow[],
  language: 'uk' | 'en',
  departmentIds: readonly string[],
  places: readonly StandsFor[],
): Pick<Actor, 'roles' | 'grants' | 'fieldRights' | 'standIn'> {
  const own = actorRights(rows, language);
  return { ...own, ...standInOf({ ...own, rows, departmentIds }, places) };
}

export const isOwner = (actor: Pick<Actor, 'roles'>): boolean => actor.roles.some(({ key }) => key === 'owner');
