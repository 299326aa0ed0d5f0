/** What stands in the address of the log, as the server is asked; and back. Days of the address are days of the reader’s clock. */
import type { AuditSearch } from '../app/search.ts';
import { readAuditSearch } from '../app/search.ts';
import type { AuditFilterValue } from '../contract.ts';

export function filterOf({ from, to, timeline: _, ...rest }: AuditSearch): AuditFilterValue {
  return {
    ...rest,
    ...(from !== undefined && { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to !== undefined && { to: new Date(`${to}T23:59:59.999`).toISOString() }),
  };
}

export function searchOf({ from, to, ...rest }: AuditFilterValue): AuditSearch {
  return readAuditSearch({
    ...rest,
    ...(from !== undefined && { from: dayOf(from) }),
    ...(to !== undefined && { to: dayOf(to) }),
  });
}

function dayOf(instant: string): string {
  const at = new Date(instant);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
