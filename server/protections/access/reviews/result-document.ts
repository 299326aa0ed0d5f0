/** What is signed: the whole campaign in names and words of that day, readable without this program. */
import type { Transaction } from '#database';
import type { DirectoryDepartment, DirectoryPerson } from '#protections/access';
import { markOf, readOrganization } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { CampaignRow } from './campaign-store.ts';
import type { Json } from './canonical-json.ts';
import type { ItemRow } from './item-store.ts';
import { notePlace } from './item-store.ts';

type Parts = {
  campaign: CampaignRow;
  items: readonly ItemRow[];
  people: readonly DirectoryPerson[];
  departments: readonly DirectoryDepartment[];
  closedAt: Date;
};

export async function documentOf(
  tx: Transaction,
  seals: OrganizationSeals,
  { campaign, items, people, departments, closedAt }: Parts,
): Promise<Json> {
  const { name } = await readOrganization(tx, seals);
  const person = (id: string | null) => people.find((one) => one.id === id);
  const named = (id: string | null): Json => (id === null ? null : { id, name: person(id)?.name ?? '' });
  const departmentOf = (id: string) =>
    departments.find((department) => department.id === person(id)?.departmentId)?.name ?? '';
  return {
    form: 'lubart-access-review/1',
    organization: { id: seals.organizationId, name },
    campaign: {
      id: campaign.id,
      reason: campaign.reason,
      person: named(campaign.person_id),
      startedAt: campaign.started_at.toISOString(),
      startedBy: named(campaign.started_by),
      deadlineAt: campaign.deadline_at.toISOString(),
      closedAt: closedAt.toISOString(),
      closedBy: named(campaign.closed_by),
    },
    rights: items.map((item) => rightOf(seals, item, { named, departmentOf })),
  };
}

function rightOf(
  seals: OrganizationSeals,
  item: ItemRow,
  { named, departmentOf }: { named(id: string | null): Json; departmentOf(id: string): string },
): Json {
  const { hints: _, ...snapshot } = item.snapshot;
  const role = { id: item.subject_id, key: snapshot.roleKey, name: snapshot.name, grants: null, fieldRights: null };
  return {
    id: item.id,
    person: named(item.person_id),
    department: departmentOf(item.person_id),
    kind: item.kind,
    right: {
      id: item.subject_id,
      name: markOf(role, 'uk').name,
      grants: { ...snapshot.grants } as Json,
      fieldRights: JSON.parse(JSON.stringify(snapshot.fieldRights)) as Json,
      until: snapshot.until,
      givenBy: named(snapshot.givenBy),
      givenAt: snapshot.givenAt,
    },
    reviewer: named(item.reviewer_id),
    answer: item.answer,
    answeredBy: named(item.answered_by),
    answeredAt: item.answered_at?.toISOString() ?? null,
    note: item.note === null ? null : seals.open<string>(notePlace(item.id), item.note),
    outcome: item.outcome,
    refused: item.refused,
  };
}
