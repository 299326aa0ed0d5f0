/** Sharing over HTTP. Both kinds go the same ways; the permission of each route says how far they lead. */
import type { sharingRoutes, ShareBodyValue, ShareView } from '#contract';
import type { Reach } from '#database';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '../actor.ts';
import type { PeopleDirectory } from '../people-directory.ts';
import { reaches } from '../policy.ts';
import type { RecordKindName } from '../role.ts';
import type { SharingDeps } from './share-record.ts';
import { reasonPlace, shareRecord, withdrawShare } from './share-record.ts';
import { listSharesOf, sharedWithAsker } from './share-store.ts';

export type SharingHandlers = Handlers<typeof sharingRoutes>;

export function sharingHandlers(deps: SharingDeps & { directory: PeopleDirectory }): SharingHandlers {
  const list = (kind: RecordKindName, actor: Actor, reach: Reach, id: string) =>
    listShares(deps, kind, actor, reach, id);
  const share = async (kind: RecordKindName, actor: Actor, reach: Reach, id: string, body: ShareBodyValue) => {
    await shareRecord(deps, actor, reach, kind, id, body);
    return list(kind, actor, reach, id);
  };
  const withdraw = async (
    kind: RecordKindName,
    actor: Actor,
    reach: Reach,
    params: { id: string; shareId: string },
  ) => {
    await withdrawShare(deps, actor, reach, kind, params.id, params.shareId);
    return {};
  };
  return {
    'GET /api/v1/contacts/:id/shares': ({ actor, reach, params }) => list('contact', actor, reach, params.id),
    'POST /api/v1/contacts/:id/shares': ({ actor, reach, params, body }) =>
      share('contact', actor, reach, params.id, body),
    'DELETE /api/v1/contacts/:id/shares/:shareId': ({ actor, reach, params }) =>
      withdraw('contact', actor, reach, params),
    'GET /api/v1/companies/:id/shares': ({ actor, reach, params }) => list('company', actor, reach, params.id),
    'POST /api/v1/companies/:id/shares': ({ actor, reach, params, body }) =>
      share('company', actor, reach, params.id, body),
    'DELETE /api/v1/companies/:id/shares/:shareId': ({ actor, reach, params }) =>
      withdraw('company', actor, reach, params),
  };
}

/** With whom a record within reach is shared now. @throws *.not_found */
async function listShares(
  deps: SharingDeps & { directory: PeopleDirectory },
  kind: RecordKindName,
  actor: Actor,
  reach: Reach,
  id: string,
): Promise<{ shares: ShareView[] }> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const found = await deps.database.read(reach, async (tx) => {
    const record = await deps.findRecord(tx, kind, organizationId, id);
    const rows = record === undefined ? [] : await listSharesOf(tx, organizationId, kind, id);
    const mark = (await sharedWithAsker(tx, reach, kind, [id])).get(id);
    return { record, rows, shared: mark?.right };
  });
  const { record, shared } = found;
  if (record === undefined) throw new LubartError(`${kind}.not_found`);
  // The second wall: row-level security has shown it already.
  const seen = reach.shares === undefined || reaches(actor, `${kind}.read`, { ...record, shared });
  if (!seen) throw new LubartError(`${kind}.not_found`);
  const [people, departments] = [
    await deps.directory.list(organizationId),
    await deps.directory.departments(organizationId),
  ];
  const named = (list: readonly { id: string; name: string }[], wanted: string) => ({
    id: wanted,
    name: list.find((one) => one.id === wanted)?.name ?? '',
  });
  const sharesHere = reaches(actor, `${kind}.share`, record);
  return {
    shares: found.rows.map((row) => ({
      id: row.id,
      person: row.person_id === null ? null : named(people, row.person_id),
      department: row.department_id === null ? null : named(departments, row.department_id),
      right: row.may_edit ? 'edit' : 'read',
      until: row.until.toISOString(),
      createdAt: row.created_at.toISOString(),
      by: named(people, row.shared_by),
      reason: row.sealed === null ? '' : seals.open<string>(reasonPlace(row.id), row.sealed),
      mayWithdraw: sharesHere || row.shared_by === actor.personId,
    })),
  };
}
