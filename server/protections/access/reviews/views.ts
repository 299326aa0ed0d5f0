/** Campaigns and rights as they travel: names are put to ids here, from the directory that was read before. */
import type { ErrorCode, Language, ReviewCampaignView, ReviewFateView, ReviewRightView } from '#contract';
import { words } from '#contract';
import type { DirectoryDepartment, DirectoryPerson } from '#protections/access';
import { markOf, whyHeld } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { CampaignNumbers, CampaignRow } from './campaign-store.ts';
import type { House } from './choose-reviewer.ts';
import type { ReviewDeps } from './deps.ts';
import type { ItemRow } from './item-store.ts';
import { notePlace } from './item-store.ts';

export type Names = {
  person(id: string): { id: string; name: string };
  nameOf(id: string | null): string | null;
  departmentOf(personId: string): string;
  departmentNamed(id: string): string;
};

export async function readNames({ directory }: Pick<ReviewDeps, 'directory'>, organizationId: string): Promise<Names> {
  const people = new Map<string, DirectoryPerson>(
    (await directory.list(organizationId)).map((person) => [person.id, person]),
  );
  const departments = new Map<string, DirectoryDepartment>(
    (await directory.departments(organizationId)).map((department) => [department.id, department]),
  );
  return {
    person: (id) => ({ id, name: people.get(id)?.name ?? '' }),
    nameOf: (id) => (id === null ? null : (people.get(id)?.name ?? '')),
    departmentOf: (id) => departments.get(people.get(id)?.departmentId ?? '')?.name ?? '',
    departmentNamed: (id) => departments.get(id)?.name ?? '',
  };
}

export function campaignView(row: CampaignRow & CampaignNumbers, names: Names): ReviewCampaignView {
  return {
    id: row.id,
    reason: row.reason,
    person: row.person_id === null ? null : names.person(row.person_id),
    startedBy: names.nameOf(row.started_by),
    startedAt: row.started_at.toISOString(),
    deadlineAt: row.deadline_at.toISOString(),
    closing: row.closing_at !== null && row.closed_at === null,
    closedAt: row.closed_at?.toISOString() ?? null,
    total: row.total,
    answered: row.answered,
    kept: row.kept,
    withdrawn: row.withdrawn,
    refused: row.refused,
  };
}

export function rightView(item: ItemRow, names: Names, seals: OrganizationSeals, language: Language): ReviewRightView {
  const { hints, ...snapshot } = item.snapshot;
  const isRole = item.kind === 'role' || item.kind === 'temporary-role';
  const role = markOf(
    { id: item.subject_id, key: snapshot.roleKey, name: snapshot.name, grants: null, fieldRights: null },
    language,
  );
  return {
    id: item.id,
    person: names.person(item.person_id),
    department: names.departmentOf(item.person_id),
    kind: item.kind,
    role: isRole ? role : null,
    name: nameOfRight(item, names, language),
    grants: snapshot.grants,
    fieldRights: snapshot.fieldRights,
    until: snapshot.until,
    hints: { ...hints, givenBy: names.nameOf(snapshot.givenBy), givenAt: snapshot.givenAt },
    reviewer: item.reviewer_id === null ? null : names.person(item.reviewer_id),
    escalatedTo: item.escalated_at === null ? null : (names.nameOf(item.escalated_to) ?? ''),
    answer: item.answer,
    answeredBy: names.nameOf(item.answered_by),
    answeredAt: item.answered_at?.toISOString() ?? null,
    note: item.note === null ? null : seals.open<string>(notePlace(item.id), item.note),
    outcome: item.outcome,
    refused: item.refused,
  };
}

const shared = {
  uk: { contact: 'Один контакт', company: 'Одна компанія', department: 'відділ' },
  en: { contact: 'One contact', company: 'One company', department: 'department' },
} as const;

function nameOfRight({ kind, snapshot }: ItemRow, names: Names, language: Language): string {
  const { name, roleKey, departmentId } = snapshot;
  if (kind === 'share' || kind === 'department-share') {
    const one = shared[language][name === 'company' ? 'company' : 'contact'];
    if (departmentId === undefined) return one;
    return `${one}, ${shared[language].department}: ${names.departmentNamed(departmentId)}`;
  }
  return name ?? (roleKey === null ? '' : words[language].roles[roleKey]);
}

/** What the deadline will do to rights that nobody answers for, by the very rules that will hold then. */
export function fatesOf(items: readonly ItemRow[], house: House, names: Names, language: Language): ReviewFateView[] {
  const owners = new Set(
    house.standings
      .filter(
        ({ active, rows }) => active && rows.some(({ key, until }) => key === 'owner' && (until ?? null) === null),
      )
      .map(({ personId }) => personId),
  );
  // In the order in which they will be taken: the second right of a person meets what the first left.
  const taken = new Map<string, Set<string>>();
  return items
    .filter(({ outcome }) => outcome === null)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((item) => {
      const gone = taken.get(item.person_id) ?? new Set<string>();
      taken.set(item.person_id, gone);
      const standing = house.standings.find(({ personId }) => personId === item.person_id);
      const rows = (standing?.rows ?? []).filter(({ id }) => !gone.has(id));
      const role = rows.find(({ id }) => id === item.subject_id);
      const otherOwners = [...owners].filter((id) => id !== item.person_id).length;
      const held: ErrorCode | null = role === undefined ? null : whyHeld(role, rows, { asOwner: true, otherOwners });
      if (held === null) gone.add(item.subject_id);
      if (held === null && role?.key === 'owner') owners.delete(item.person_id);
      return {
        id: item.id,
        person: names.person(item.person_id),
        name: nameOfRight(item, names, language),
        reviewer: item.reviewer_id === null ? null : names.person(item.reviewer_id),
        held,
      };
    });
}

export function reviewersOf(items: readonly ItemRow[], names: Names) {
  const groups = Map.groupBy(items, ({ reviewer_id }) => reviewer_id);
  return [...groups]
    .map(([reviewer, rows]) => ({
      reviewer: reviewer === null ? null : names.person(reviewer),
      total: rows.length,
      answered: rows.filter(({ outcome }) => outcome !== null).length,
      escalated: rows.filter(({ escalated_at, outcome }) => escalated_at !== null && outcome === null).length,
    }))
    .toSorted((a, b) => a.answered / a.total - b.answered / b.total);
}
