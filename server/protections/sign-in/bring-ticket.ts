/**
 * Somebody brings a ticket. One that opens nothing is refused like any other key that does not fit: whoever makes tickets up, or
 * found one and came too late, leaves an entry. A late one says whose it was; of one that is made up nothing is known.
 */
import { LubartError } from '#kernel';
import type { SignInDeps } from './deps.ts';
import type { RefusedVisitor } from './note-refusal.ts';
import type { TicketBody, TicketPurpose } from './tickets.ts';

/** @throws sign-in.ticket_expired */
export async function bringTicket<P extends TicketPurpose>(
  deps: Pick<SignInDeps, 'tickets' | 'noteRefusal'>,
  visitor: RefusedVisitor,
  purpose: P,
  ticket: string,
): Promise<TicketBody[P]> {
  const brought = deps.tickets.read(purpose, ticket);
  if (brought !== null && !brought.late) return brought.body;
  const said = (brought?.body ?? {}) as Partial<{ organizationId: string; personId: string }>;
  const code = 'sign-in.ticket_expired';
  await deps.noteRefusal({
    event: 'sign-in.denied',
    code,
    visitor,
    organizationId: said.organizationId ?? null,
    actor: null,
    facts: {
      step: 'ticket',
      purpose,
      late: brought !== null,
      ...(said.personId === undefined ? {} : { person: said.personId }),
    },
  });
  throw new LubartError(code);
}
