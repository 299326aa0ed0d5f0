/**
 * Letters. `send` writes a letter, sealed, in the transaction of the act it tells about: the act and its letter happen together or
 * not at all, and a mail server that is down keeps nobody from anything. A job delivers; what cannot be delivered within its time
 * is given up with an entry in the audit log. Without a mail server nothing is written, and `send` says so by null.
 */
import type { LetterState } from '#contract';
import type { Database, Transaction } from '#database';
import type { Clock, MailSettings } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { parseEmail } from '#ukraine';
import { deliverDue } from './deliver-due.ts';
import { withOwnLinksOnly } from './letter-text.ts';
import type { LetterSecret } from './letter-store.ts';
import {
  deleteWaitingLetter,
  findLetters,
  insertLetter,
  letterPlace,
  summarize,
  sweepLetters,
} from './letter-store.ts';
import type { Post } from './smtp.ts';
import { openSmtp } from './smtp.ts';

/** Hours for which delivery is tried. */
export const letterHoursMax = 24;
const textLengthMax = 20_000;
const hour = 3_600_000;

export type Letter = {
  organizationId: string;
  to: string;
  subject: string;
  /** Paragraphs parted by an empty line; an address of ours alone in a paragraph becomes a link. */
  text: string;
  /** When its link is dead and delivering makes no sense any more; a day when not given, and at most. */
  goodUntil?: Date;
};

export type MailStatus = {
  configured: boolean;
  from: string | null;
  waiting: number;
  oldestWaitingAt: string | null;
  /** Code of the last failure of a letter that waits or was given up. */
  fault: string | null;
  sentToday: number;
  givenUpToday: number;
  lastSentAt: string | null;
};

export type Mail = {
  /** False: there is no mail server; links are shown on the screen instead. */
  readonly configured: boolean;
  /** Queues the letter in the caller’s transaction; its id, or null without a mail server. @throws field.email_invalid */
  send(tx: Transaction, letter: Letter): Promise<string | null>;
  /** The letter is not wanted any more; nothing happens when it left already. */
  takeBack(tx: Transaction, organizationId: string, id: string | null): Promise<void>;
  statesOf(tx: Transaction, organizationId: string, ids: readonly (string | null)[]): Promise<Map<string, LetterState>>;
  status(organizationId: string): Promise<MailStatus>;
  /** Delivers what is due; what fails is tried again later. */
  deliverDue(organizationId: string, signal?: AbortSignal): Promise<void>;
  sweep(organizationId: string): Promise<void>;
};

export type MailOptions = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  origin: () => string;
  settings: MailSettings | undefined;
  /** Asks that what is due be delivered soon, when the transaction will have ended. */
  nudge?: (organizationId: string) => Promise<void>;
};

export function openMail(options: MailOptions): Mail {
  const { database, keyring, clock, settings } = options;
  const post: Post | undefined = settings === undefined ? undefined : openSmtp(settings);
  return {
    configured: post !== undefined,
    send: async (tx, letter) => {
      if (post === undefined) return null;
      const { organizationId } = letter;
      const at = clock.now();
      const id = newId();
      const seals = await keyring.of(organizationId);
      const sealed = seals.seal(letterPlace(id), readLetter(letter, options.origin()));
      const latest = at.getTime() + letterHoursMax * hour;
      const goodUntil = new Date(Math.min(letter.goodUntil?.getTime() ?? latest, latest));
      await insertLetter(tx, organizationId, { id, sealed, at, goodUntil });
      // Whoever asks for delivery a minute later by the clock does it as well: a failed nudge loses nothing.
      void options.nudge?.(organizationId).catch(() => {});
      return id;
    },
    takeBack: async (tx, organizationId, id) => {
      if (id !== null) await deleteWaitingLetter(tx, organizationId, id);
    },
    statesOf: async (tx, organizationId, ids) => {
      const rows = await findLetters(
        tx,
        organizationId,
        ids.filter((id) => id !== null),
      );
      return new Map(rows.map((row) => [row.id, stateOf(row)]));
    },
    status: async (organizationId) => {
      const since = new Date(clock.now().getTime() - 24 * hour);
      const found = await database.read(systemReach(organizationId), (tx) => summarize(tx, organizationId, since));
      return {
        configured: post !== undefined,
        from: settings?.from.address ?? null,
        waiting: found.waiting,
        oldestWaitingAt: found.oldest?.toISOString() ?? null,
        fault: found.fault,
        sentToday: found.sent,
        givenUpToday: found.given_up,
        lastSentAt: found.last_sent_at?.toISOString() ?? null,
      };
    },
    deliverDue: async (organizationId, signal) => {
      if (post !== undefined) await deliverDue({ ...options, post }, organizationId, signal);
    },
    sweep: (organizationId) =>
      database.act(systemReach(organizationId), (tx) => sweepLetters(tx, organizationId, clock.now())),
  };
}

function readLetter({ to, subject, text }: Letter, origin: string): LetterSecret {
  const address = parseEmail(to);
  if (address === null) throw new LubartError('field.email_invalid', { field: 'email' });
  return {
    to: address,
    // Attack: a line break in a subject starts a header of its own.
    subject: subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200),
    text: withOwnLinksOnly(text.replace(/\r\n?/g, '\n'), origin).slice(0, textLengthMax),
  };
}

function stateOf(row: { fault: string | null; sent_at: Date | null; given_up_at: Date | null }): LetterState {
  if (row.sent_at !== null) return 'sent';
  if (row.given_up_at !== null) return 'given-up';
  return row.fault === null ? 'waiting' : 'failing';
}
