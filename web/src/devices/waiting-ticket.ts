/** The ticket of a browser that waits to be confirmed; kept for this tab, so that the page can be loaded anew. */
import { asProblem } from '../api/problem.ts';

const place = 'lubart-waiting';

export const keptTicket = (): string | null => sessionStorage.getItem(place);

export function keepTicket(ticket: string | null): void {
  if (ticket === null) sessionStorage.removeItem(place);
  else sessionStorage.setItem(place, ticket);
}

/** The ticket in a refusal of the sign-in; null when it was refused for another reason. */
export function ticketIn(error: unknown): string | null {
  const { code, details } = asProblem(error);
  const ticket = details['ticket'];
  return code === 'device.approval_needed' && typeof ticket === 'string' ? ticket : null;
}
