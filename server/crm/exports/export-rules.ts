/** How much may leave at once and in a day: the strictest of what holds for everybody and for each role of the person. */
import type { ExportLimits, ExportRules } from '#contract';
import type { Actor } from '#protections/access';
import { referenceOf } from '#protections/access';

export function limitsFor(rules: ExportRules, actor: Pick<Actor, 'roles'>): ExportLimits {
  const held = actor.roles.map(referenceOf);
  const limits = [rules.organization, ...rules.roles.filter(({ role }) => held.includes(role))];
  return {
    rows: Math.min(...limits.map(({ rows }) => rows)),
    perDay: Math.min(...limits.map(({ perDay }) => perDay)),
  };
}
