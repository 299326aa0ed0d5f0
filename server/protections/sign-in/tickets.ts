/**
 * A ticket carries what the first step of something proved to its second step, sealed: the browser brings it back and cannot read
 * or change it. Each purpose is associated data, so a ticket for one thing never opens another; each ends soon.
 */
import type { Clock } from '#kernel';
import { LubartError, Secret } from '#kernel';
import type { ProvenFactor } from '#protections/access';
import type { RootKey } from '#protections/encryption';
import { sealsFrom } from '#protections/encryption';
import type { Way } from './session-store.ts';

type Holder = { organizationId: string; personId: string };

/** What each kind of ticket says, and how long it lives. */
export type TicketBody = {
  /**
   * The first step was right, by password or a provider; `passwordChangedAt` makes the ticket die with that password, `browser`
   * (hash of its secret, base64url) says at which browser that is known as the person’s.
   */
  'second-step': Holder & { passwordChangedAt: number; browser?: string; first?: 'sso' };
  /** An authenticator secret shown to whoever holds `door` (the hash of a set-up token, the id of an invitation). */
  enrolment: { door: string; secret: string };
  /** The number that is to be proved by a code. */
  'sms-number': Holder & { phone: string };
  /** Challenges of passkeys, one kind for each thing they may be answered for. */
  'passkey-registration': Holder & { challenge: string };
  'passkey-sign-in': { holder: Holder | null; challenge: string };
  'passkey-second-step': { holder: Holder | null; challenge: string };
  'passkey-step-up': { holder: Holder | null; challenge: string };
  /** Both steps were right, and the browser waits to be approved. */
  device: {
    organizationId: string;
    personId: string;
    requestId: string;
    passwordChangedAt: number;
    way: Way;
    factors: readonly ProvenFactor[];
    passkeyId?: string;
  };
  /** The browser is away at a provider of single sign-on; lies in its cookie. */
  sso: { organizationId: string; providerId: string; state: string; nonce: string; verifier: string };
};
export type TicketPurpose = keyof TicketBody;

export const ticketMinutes: Readonly<Record<TicketPurpose, number>> = {
  'second-step': 5,
  enrolment: 30,
  'sms-number': 10,
  'passkey-registration': 5,
  'passkey-sign-in': 5,
  'passkey-second-step': 5,
  'passkey-step-up': 5,
  device: 10,
  sso: 10,
};

export type Tickets = {
  make<P extends TicketPurpose>(purpose: P, body: TicketBody[P]): { ticket: string; expiresAt: string };
  /** @throws sign-in.ticket_expired when it is over, was changed, or is for something else */
  open<P extends TicketPurpose>(purpose: P, ticket: string): TicketBody[P];
  /** What it says, and whether its time is over; null: it was changed, made up, or is for something else. */
  read<P extends TicketPurpose>(purpose: P, ticket: string): { body: TicketBody[P]; late: boolean } | null;
};

/** Tickets exist before an organization does: they have a key of their own, derived from the root key. */
const nowhere = '00000000-0000-0000-0000-000000000000';

export function openTickets(root: RootKey, clock: Clock): Tickets {
  const [sealing, index] = ['sealing', 'index'].map((name) => new Secret(root.token('tickets', name)));
  const seals = sealsFrom(nowhere, sealing!, index!);
  return {
    make: (purpose, body) => {
      const until = clock.now().getTime() + ticketMinutes[purpose] * 60_000;
      const ticket = seals.seal(`tickets/${purpose}`, { until, body }).toString('base64url');
      return { ticket, expiresAt: new Date(until).toISOString() };
    },
    open: (purpose, ticket) => {
      const brought = read(purpose, ticket);
      if (brought === null || brought.late) throw new LubartError('sign-in.ticket_expired');
      return brought.body;
    },
    read,
  };

  function read<P extends TicketPurpose>(purpose: P, ticket: string): { body: TicketBody[P]; late: boolean } | null {
    try {
      const sealed = Buffer.from(ticket, 'base64url');
      const { until, body } = seals.open<{ until: number; body: TicketBody[P] }>(`tickets/${purpose}`, sealed);
      return { body, late: until <= clock.now().getTime() };
    } catch {
      return null;
    }
  }
}
