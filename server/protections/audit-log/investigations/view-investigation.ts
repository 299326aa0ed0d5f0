/** An investigation as it is shown, and who leads it. */
import type { AuditQueryValue, InvestigationView, SavedFilterView } from '#contract';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { may } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { FilterRow, InvestigationRow } from './investigation-store.ts';
import { filterPlace, investigationPlace } from './investigation-store.ts';

/** What `investigations.sealed` holds. */
export type InvestigationText = { name: string; purpose: string; conclusion: string };
type FilterText = { title: string; filter: Omit<AuditQueryValue, 'cursor' | 'limit'> };

type NameOf = (id: string) => string;

export const mayLead = (actor: Actor, row: Pick<InvestigationRow, 'opened_by'>): boolean =>
  row.opened_by === actor.personId || may(actor, 'security.update');

/** Attack: whoever an investigation is about may read the log, too, and closes it. @throws access.denied */
export function leads(actor: Actor, row: Pick<InvestigationRow, 'opened_by'>): void {
  if (!mayLead(actor, row)) throw new LubartError('access.denied', { details: { permission: 'security.update' } });
}

export function viewInvestigation(
  seals: OrganizationSeals,
  actor: Actor,
  row: InvestigationRow,
  nameOf: NameOf,
): InvestigationView {
  const person = (id: string) => ({ id, name: nameOf(id) });
  return {
    id: row.id,
    ...seals.open<InvestigationText>(investigationPlace(row.id), row.sealed),
    openedBy: person(row.opened_by),
    openedAt: row.opened_at.toISOString(),
    closedBy: row.closed_by === null ? null : person(row.closed_by),
    closedAt: row.closed_at?.toISOString() ?? null,
    marks: row.marks,
    abilities: { mark: row.closed_at === null, lead: mayLead(actor, row) },
  };
}

export function viewFilter(seals: OrganizationSeals, row: FilterRow, nameOf: NameOf): SavedFilterView {
  return {
    id: row.id,
    ...seals.open<FilterText>(filterPlace(row.id), row.sealed),
    savedBy: { id: row.saved_by, name: nameOf(row.saved_by) },
    savedAt: row.saved_at.toISOString(),
  };
}
