/**
 * What an import may not do with fields that are closed to whose import it is: fill in a hidden one, or learn by an outcome
 * (“skipped: is there already”) who has a phone that this person may not see.
 */
import type { ImportPlanValue } from '#contract';
import type { RecordKind } from '#crm/records';
import { closedFields, companyKind } from '#crm/records';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';

/** Fields of a record that a column fills, where they are called otherwise. */
const filledBy: ReadonlyMap<string, readonly string[]> = new Map([
  ['fullName', ['lastName', 'firstName', 'middleName']],
  ['ownerName', ['ownerId']],
  ['departmentName', ['departmentId']],
]);
const sameBy = { phone: 'phones', email: 'emails', edrpou: 'edrpou' } as const;

/** @throws access.denied with the part of the plan */
export function requireOpenPlan(kind: RecordKind, actor: Actor, plan: ImportPlanValue): void {
  const closed = closedFields(kind, actor);
  const refuse = (field: string) => new LubartError('access.denied', { field });
  for (const [column, target] of Object.entries(plan.mapping)) {
    const hidden = (filledBy.get(target) ?? [target]).some((field) => closed[field] === 'hidden');
    if (hidden || (target === 'companyEdrpou' && !mayLink(actor, closed))) throw refuse(`mapping.${column}`);
  }
  const filled = Object.keys(plan.defaults).find((field) => closed[field] === 'hidden');
  if (filled !== undefined) throw refuse(`defaults.${filled}`);
  const { by, then } = plan.duplicates;
  const told = then === 'create' ? undefined : by.findIndex((one) => closed[sameBy[one]] !== undefined);
  if (told !== undefined && told >= 0) throw refuse(`duplicates.by.${told}`);
}

/** A row that names a company by its code is given that company’s name. */
function mayLink(actor: Actor, closed: Readonly<Record<string, unknown>>): boolean {
  const ofCompany = closedFields(companyKind, actor);
  const needed = [ofCompany['edrpou'], ofCompany['name'], closed['companyId'], closed['companyName']];
  return needed.every((right) => right === undefined);
}
