/** The rooms of contacts and companies over the world of the cast, as the tests of the crm open them. */
import type { RecordRoom } from '#crm/records';
import { companyKind, contactKind, openRecordRoom } from '#crm/records';
import type { Permission } from '#contract';
import type { Fields } from './kind.ts';
import type { RecordDeps, View } from './record-room.ts';
import { reachOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';

export type Rooms = { contacts: RecordRoom; companies: RecordRoom };

export function openRooms(world: World, changed: Partial<RecordDeps> = {}): Rooms {
  const { database, keyring, auditLog, clock } = world;
  const deps = { database, keyring, auditLog, clock, references: world.signIn.directory, ...changed };
  return { contacts: openRecordRoom(contactKind, deps), companies: openRecordRoom(companyKind, deps) };
}

export const reachFor = (who: CastMember, permission: Permission) => reachOf(who.actor, permission);

export const create = (room: RecordRoom, who: CastMember, fields: Fields): Promise<View> =>
  room.create(who.actor, reachFor(who, room.kind.permission('create')), fields);
export const open = (room: RecordRoom, who: CastMember, id: string): Promise<View> =>
  room.open(who.actor, reachFor(who, room.kind.permission('read')), id);
export const change = (room: RecordRoom, who: CastMember, id: string, version: number, fields: Fields): Promise<View> =>
  room.change(who.actor, reachFor(who, room.kind.permission('update')), id, version, fields);
export const archive = (room: RecordRoom, who: CastMember, id: string): Promise<View> =>
  room.archive(who.actor, reachFor(who, room.kind.permission('archive')), id);
export const restore = (room: RecordRoom, who: CastMember, id: string): Promise<View> =>
  room.restore(who.actor, reachFor(who, room.kind.permission('archive')), id);

/** Entries of the log, newest last, with whom they are about. */
export async function entriesAbout(
  world: World,
  subjectId: string,
): Promise<{ event: string; outcome: string; actorId: string | null }[]> {
  await world.auditLog.flush();
  const rows = await world.database.read(
    systemReach(world.organizationId),
    (tx) => tx`SELECT event, outcome, actor_id FROM audit_entries
      WHERE organization_id = ${world.organizationId} AND ${subjectId} = ANY (subject_ids) ORDER BY id`,
  );
  return rows.map((row) => ({ event: row['event'], outcome: row['outcome'], actorId: row['actor_id'] }));
}
