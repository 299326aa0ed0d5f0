/**
 * An audit entry is a record made once: `bytes` is its exact form (JSON, UTF-8, keys in the order below), what a later hash
 * tree will seal. The columns beside it repeat parts so that it can be found. The actor’s name is sealed under the
 * organization’s key, once for all their entries (docs/protections/encryption.md), and what changed under the key of the client it is about; the
 * entry still verifies when that key is gone.
 */
import type { AuditLevel, EntryBody, EntryCause, EventName } from '#contract';
import { eventLevels, requestOf, sessionOf } from '#contract';
import type { Actor } from '#protections/access';
import type { OrganizationSeals, RecordSeal } from '#protections/encryption';
import { momentOfId, newId } from '#kernel';
import { entryBytesMax, splitHappening } from './split-entry.ts';

/** Before and after of one field; values as they travel. */
export type Change = { field: string; before: unknown; after: unknown };

/** What happened, as the acting room tells it. */
export type Happening = {
  event: EventName;
  /** Error code: the attempt was refused. */
  refused?: string;
  subjectKind?: string;
  subjectIds?: readonly string[];
  /** When `subjectIds` names only a part: how many there were. */
  subjectCount?: number;
  /** Counts, formats, names of permissions: never anything personal. */
  facts?: Record<string, unknown>;
  /** Sealed under `under`, the key of the client whom the entry is about. */
  changes?: { under: RecordSeal; list: readonly Change[] };
  /** Known before the entry when the changes are sealed; a new id otherwise. */
  id?: string;
};

/** Who did it. `actor` null: nobody known (a refused sign-in) or the system itself. */
export type Doer = {
  organizationId: string;
  actor: (Pick<Actor, 'personId' | 'name' | 'sessionId'> & Partial<Pick<Actor, 'roles' | 'apiKeyId'>>) | null;
  address: string | null;
  device: string | null;
  requestId: string | null;
  /** The plugin that did it on behalf of whoever acts, and the entry of the call that made it. */
  plugin?: { id: string; calledBy: string | null };
  /** What it follows from, when it is done by the queue. */
  cause?: EntryCause | undefined;
};

/** Nobody asks now: the installation itself, on its own or because somebody asked for it before. */
export const systemDoer = (organizationId: string, cause?: EntryCause): Doer => ({
  organizationId,
  actor: null,
  address: null,
  device: null,
  requestId: null,
  cause,
});

export type EntryRow = {
  organization_id: string;
  id: string;
  /** As the entry says it. */
  at: string;
  level: AuditLevel;
  event: string;
  outcome: 'done' | 'refused';
  actor_id: string | null;
  session_id: string | null;
  subject_ids: string[];
  request_id: string | null;
  address: string | null;
  device: string | null;
  /** Its bytes in UTF-8 are the entry. */
  text: string;
  /** Whether it lies elsewhere in the log than its moment says, for a clock was set; or its id is no time. */
  isStray: boolean;
};

const namePlace = (personId: string) => `audit_entries/actor/${personId}`;
/** Where the seal of a name belonged in entries of the first form. */
const namePlaceOfEntry = (id: string) => `audit_entries/${id}/actor`;
export const changesPart = (id: string) => `audit/${id}`;

const levels: ReadonlyMap<string, AuditLevel> = new Map(Object.entries(eventLevels));

export const levelOf = (event: EventName): AuditLevel => levels.get(event) ?? 'security';

/** How far the moment of an entry may lie from that of its id. */
export const strayMillisMax = 60_000;

const hasStrayed = (id: string, at: Date): boolean =>
  id[14] !== '7' || Math.abs(momentOfId(id) - at.getTime()) > strayMillisMax;

/** Makes the rows of an entry: one, or several where one would be too long. Pure but for random ids and nonces. */
export function makeEntries(seals: OrganizationSeals, doer: Doer, what: Happening, at: Date): EntryRow[] {
  const whole = makeEntry(seals, doer, what, at);
  if (Buffer.byteLength(whole.text, 'utf8') <= entryBytesMax) return [whole];
  const { head, rest } = splitHappening(what);
  const ids = rest.map(() => newId());
  const level = levelOf(what.event);
  return [
    makeEntry(seals, doer, { ...head, id: whole.id }, at, { more: ids }),
    ...rest.map((one, nth) => makeEntry(seals, doer, { ...one, id: ids[nth]! }, at, { of: whole.id, level })),
  ];
}

type Link = { more?: readonly string[]; of?: string; level?: AuditLevel };

function makeEntry(seals: OrganizationSeals, doer: Doer, what: Happening, at: Date, link: Link = {}): EntryRow {
  const id = what.id ?? newId();
  const ids = what.subjectIds ?? [];
  const level = link.level ?? levelOf(what.event);
  const outcome = what.refused === undefined ? 'done' : 'refused';
  const key = doer.actor?.apiKeyId;
  // What is undefined JSON leaves out; parts that are spread in by a condition cost more than all that stands here.
  const body = {
    v: 2,
    id,
    at: at.toISOString(),
    organization: doer.organizationId,
    level,
    event: what.event,
    outcome,
    reason: what.refused ?? null,
    actor: {
      id: doer.actor?.personId ?? null,
      role: doer.actor?.roles?.map(({ key, name }) => key ?? name).join(', ') ?? null,
      name: doer.actor === null ? null : seals.sealOften(namePlace(doer.actor.personId), doer.actor.name),
    },
    address: doer.address,
    device: doer.device,
    session: key === undefined ? (doer.actor?.sessionId ?? null) : null,
    key,
    plugin: doer.plugin,
    request: doer.requestId,
    cause: doer.cause,
    subject: { kind: what.subjectKind ?? null, ids, count: what.subjectCount ?? ids.length },
    facts: what.facts ?? {},
    changes:
      what.changes === undefined
        ? null
        : what.changes.under.seal(changesPart(id), what.changes.list).toString('base64'),
    more: link.more,
    of: link.of,
  } as EntryBody;
  return {
    organization_id: doer.organizationId,
    id,
    at: body.at,
    level,
    event: what.event,
    outcome,
    actor_id: body.actor.id,
    session_id: sessionOf(body),
    subject_ids: [...ids],
    request_id: requestOf(body),
    address: body.address,
    device: body.device,
    text: JSON.stringify(body),
    isStray: hasStrayed(id, at),
  };
}

/** The name of whoever acted; null where nobody did. @throws sealed.cannot_open */
export function openName(seals: OrganizationSeals, { v, id, actor }: EntryBody): string | null {
  if (actor.name === null) return null;
  // Attack: the name of another person put into an entry. Their id stands beside it, and the seal belongs to that.
  const place = v === 1 ? namePlaceOfEntry(id) : namePlace(actor.id ?? '');
  return seals.open<string>(place, Buffer.from(actor.name, 'base64'));
}

/** The doer of an actor’s own request. */
export function doerOf(actor: Actor): Doer {
  const { organizationId, address, device, requestId } = actor;
  return { organizationId, actor, address, device, requestId };
}
