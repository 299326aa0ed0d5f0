/** One shape for rules of everybody, of roles and of people, so that each section edits only what is its own. */
import type { Whom } from './ForWhom.tsx';

type Ruled<T> = {
  organization: T;
  roles: readonly (T & { role: string })[];
  people?: readonly (T & { personId: string })[];
};

const isOf = (whom: Whom) => (one: { role: string } | { personId: string }) =>
  'role' in one
    ? whom.kind === 'role' && one.role === whom.role
    : whom.kind === 'person' && one.personId === whom.personId;

export function linesOf<T>({ organization, roles, people = [] }: Ruled<T>): { whom: Whom; rule: T }[] {
  return [
    { whom: { kind: 'organization' }, rule: organization },
    ...roles.map((rule) => ({ whom: { kind: 'role' as const, role: rule.role }, rule })),
    ...people.map((rule) => ({ whom: { kind: 'person' as const, personId: rule.personId }, rule })),
  ];
}

/** With this rule for whom it is; in its place when there was one. */
export function withRule<T, R extends Ruled<T>>(rules: R, whom: Whom, rule: T): R {
  if (whom.kind === 'organization') return { ...rules, organization: rule };
  const put = <One extends { role: string } | { personId: string }>(list: readonly One[], made: One): One[] =>
    list.some(isOf(whom)) ? list.map((one) => (isOf(whom)(one) ? made : one)) : [...list, made];
  if (whom.kind === 'role') return { ...rules, roles: put(rules.roles, { ...rule, role: whom.role }) };
  return { ...rules, people: put(rules.people ?? [], { ...rule, personId: whom.personId }) };
}

export function withoutRule<T, R extends Ruled<T>>(rules: R, whom: Whom): R {
  const rest = <One extends { role: string } | { personId: string }>(list: readonly One[]) =>
    list.filter((one) => !isOf(whom)(one));
  return {
    ...rules,
    roles: rest(rules.roles),
    ...(rules.people === undefined ? {} : { people: rest(rules.people) }),
  };
}
