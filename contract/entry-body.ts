/**
 * The form of an entry of the audit log, as its exact bytes say it (JSON, UTF-8, keys in this order). `actor.name` and `changes` are
 * sealed; nothing else of it is personal of a client.
 */
import type { AuditLevel } from './events.ts';

export type EntryBody = {
  /** 1: the seal of `actor.name` belongs to the entry. 2: it belongs to whoever acted, and stands so in all their entries. */
  v: 1 | 2;
  id: string;
  at: string;
  organization: string;
  level: AuditLevel;
  event: string;
  outcome: 'done' | 'refused';
  /** Error code of a refusal. */
  reason: string | null;
  actor: { id: string | null; role: string | null; name: string | null };
  address: string | null;
  device: string | null;
  session: string | null;
  /** The API key by which a program did it; stands only in entries of keys. */
  key?: string;
  /** The plugin whose call did it, and the entry that called the plugin; stands only in entries of plugins. */
  plugin?: { id: string; calledBy: string | null };
  request: string | null;
  /** What began it, when it was done later and by nobody’s request; stands only in entries of the queue. */
  cause?: EntryCause;
  subject: { kind: string | null; ids: readonly string[]; count: number };
  facts: Record<string, unknown>;
  changes: string | null;
  /** Entries that go on with this one, for it did not fit; and the one that an entry goes on with. */
  more?: readonly string[];
  of?: string;
};

/** The request and the entry from which something follows that was done later, and by which job of the queue. */
export type EntryCause = { request: string | null; entry: string | null; job: string };

/** Facts of an entry that stands for many equal ones: how many, and the moments of the first and the last. */
export type ManyAtOnce = { times: number; firstAt: string; lastAt: string };

/** The session in which it was done, or the API key by which: so everything that came by one is found. */
export const sessionOf = ({ session, key }: Pick<EntryBody, 'session' | 'key'>): string | null =>
  session ?? key ?? null;

/** The request of an entry, or that from which it follows: so everything that came of a request is found by it. */
export const requestOf = ({ request, cause }: Pick<EntryBody, 'request' | 'cause'>): string | null =>
  request ?? cause?.request ?? null;
