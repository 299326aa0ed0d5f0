/**
 * An entry of the audit log as an event of OCSF 1.4.0 (https://schema.ocsf.io): what a SIEM takes. Made from the exact bytes alone, so anybody who
 * holds an entry can make it. What is sealed stays out: the name of the actor and before and after; facts go under `unmapped`.
 */
import type { EntryBody, ManyAtOnce } from './entry-body.ts';
import { requestOf } from './entry-body.ts';
import type { OcsfActivity, OcsfClass } from './event-classes.ts';
import { ocsfActivityOf, ocsfClasses, ocsfVersion, other } from './event-classes.ts';

export type OcsfProduct = { version?: string; language?: string };

/** The attributes that every event has; the rest depends on its class. */
export type OcsfEvent = {
  class_uid: number;
  category_uid: number;
  activity_id: number;
  activity_name?: string;
  type_uid: number;
  severity_id: number;
  status_id: 1 | 2;
  status: 'Success' | 'Failure';
  status_code?: string;
  /** Milliseconds since 1970. */
  time: number;
  start_time?: number;
  end_time?: number;
  count?: number;
  message: string;
  metadata: Record<string, unknown>;
  actor: Record<string, unknown>;
  src_endpoint: Record<string, unknown>;
  device?: Record<string, unknown>;
  unmapped: Record<string, unknown>;
} & Record<string, unknown>;

/** `message`: the event in words of the reader; its name otherwise. */
export function toOcsf(entry: EntryBody, product: OcsfProduct = {}, message: string = entry.event): OcsfEvent {
  const what = ocsfActivityOf(entry.event) ?? unknownActivity;
  const classUid = ocsfClasses[what.class];
  const many = manyOf(entry.facts);
  const request = requestOf(entry);
  return {
    class_uid: classUid,
    category_uid: Math.floor(classUid / 1000),
    activity_id: what.activity,
    ...(what.activity === other ? { activity_name: entry.event } : {}),
    type_uid: classUid * 100 + what.activity,
    severity_id: severityOf(entry, what),
    status_id: entry.outcome === 'done' ? 1 : 2,
    status: entry.outcome === 'done' ? 'Success' : 'Failure',
    ...(entry.reason === null ? {} : { status_code: entry.reason, status_detail: entry.reason }),
    time: Date.parse(entry.at),
    ...(many === null
      ? {}
      : { count: many.times, start_time: Date.parse(many.firstAt), end_time: Date.parse(many.lastAt) }),
    message,
    metadata: {
      version: ocsfVersion,
      product: { name: 'Lubart', vendor_name: 'Lubart', ...product },
      uid: entry.id,
      event_code: entry.event,
      log_name: 'audit',
      tenant_uid: entry.organization,
      ...(request === null ? {} : { correlation_uid: request }),
    },
    actor: actorOf(entry),
    src_endpoint: entry.address === null ? { svc_name: 'lubart' } : { ip: entry.address },
    ...(entry.device === null ? {} : { device: { type_id: 8, name: entry.device } }),
    ...ofClass[what.class](entry),
    unmapped: {
      level: entry.level,
      subject: { kind: entry.subject.kind, count: entry.subject.count },
      facts: entry.facts,
      ...(entry.plugin === undefined ? {} : { plugin: entry.plugin }),
    },
  };
}

/** An entry of a version that knew more events than this one. */
const unknownActivity: OcsfActivity = { class: 'api', activity: other, severity: 1 };

/** What was refused is worth a look, whatever the act would have been. */
function severityOf(entry: EntryBody, what: OcsfActivity): number {
  return entry.outcome === 'refused' ? Math.max(what.severity, 2) : what.severity;
}

/** How many equal ones the entry stands for; null when it is about one. */
function manyOf(facts: Record<string, unknown>): ManyAtOnce | null {
  const { times, firstAt, lastAt } = facts as Partial<ManyAtOnce>;
  return typeof times === 'number' && typeof firstAt === 'string' && typeof lastAt === 'string'
    ? { times, firstAt, lastAt }
    : null;
}

function actorOf(entry: EntryBody): Record<string, unknown> {
  const { id } = entry.actor;
  const isSystem = entry.level === 'system' || entry.address === null;
  return {
    ...(id === null ? {} : { user: { uid: id, type_id: 1 } }),
    ...(entry.session === null ? {} : { session: { uid: entry.session } }),
    ...(entry.key === undefined ? {} : { app_uid: entry.key }),
    ...(id === null && entry.key === undefined ? { app_name: isSystem ? 'Lubart' : (entry.device ?? '—') } : {}),
  };
}

const userOf = (entry: EntryBody): Record<string, unknown> => {
  const about = entry.subject.kind === 'person' ? entry.subject.ids[0] : undefined;
  const uid = about ?? entry.actor.id;
  return { user: uid === null ? { name: 'unknown', type_id: 0 } : { uid, type_id: 1 } };
};

/** What OCSF requires of each class besides. */
const ofClass: Readonly<Record<OcsfClass, (entry: EntryBody) => Record<string, unknown>>> = {
  account: userOf,
  authentication: (entry) => ({ ...userOf(entry), service: { name: 'lubart' }, is_remote: entry.address !== null }),
  entity: ({ subject, organization, event }) => ({
    entity: { type: subject.kind ?? event.split('.')[0], uid: subject.ids[0] ?? organization },
  }),
  records: ({ subject, event }) => {
    const type = subject.kind ?? event.split('.')[0];
    return {
      web_resources: subject.ids.length === 0 ? [{ type, name: type }] : subject.ids.map((uid) => ({ type, uid })),
    };
  },
  lifecycle: (entry) => ({
    app: {
      name: 'Lubart',
      vendor_name: 'Lubart',
      ...(entry.plugin === undefined ? {} : { feature: { name: entry.plugin.id } }),
    },
  }),
  api: ({ event }) => ({ api: { operation: event } }),
  fault: () => ({}),
};
