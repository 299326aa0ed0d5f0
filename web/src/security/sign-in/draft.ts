/** The rules while they are being changed: what differs from what is kept goes to the server, section by section. */
import type { BodyOf, Routes, RulesView } from '../../contract.ts';

export type RulesChange = BodyOf<Routes['PUT /api/v1/security/rules']>['change'];
export type RulesDraft = Omit<RulesView, 'version' | 'address' | 'smsConfigured'>;

/** What a section of the page is given. `closed`: this person may look, not change. */
export type SectionProps = {
  rules: RulesDraft;
  address: string;
  smsConfigured: boolean;
  closed: boolean;
  change: (part: Partial<RulesDraft>) => void;
};

export function draftOf({
  version: _version,
  address: _address,
  smsConfigured: _sms,
  ...rules
}: RulesView): RulesDraft {
  return rules;
}

/** Sections that are not what is kept; undefined when all are. */
export function changesIn(draft: RulesDraft, kept: RulesView): RulesChange | undefined {
  const sections = (Object.keys(draft) as (keyof RulesDraft)[]).filter(
    (section) => JSON.stringify(draft[section]) !== JSON.stringify(kept[section]),
  );
  if (sections.length === 0) return undefined;
  return Object.fromEntries(sections.map((section) => [section, draft[section]])) as RulesChange;
}

/** Places without a name or a range, lists without a place, and a group of nobody: they would be refused. */
export function isUnfinished({ networks: { places, organization, roles, people }, recovery }: RulesDraft): boolean {
  const { approvers } = recovery;
  return (
    approvers.roles.length + approvers.people.length === 0 ||
    places.some(({ name, ranges }) => name.trim() === '' || ranges.length === 0) ||
    [organization, ...roles, ...people].some((one) => !one.anywhere && one.places.length === 0)
  );
}
