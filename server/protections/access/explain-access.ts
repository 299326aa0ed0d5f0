/**
 * Explains, in the words of the policy itself: what a person can see, who can see a record, what a change of a role would do.
 * Rows are counted under row-level security with the reach of the person in question, so the number is what that person would get.
 */
import type {
  FieldRightTable,
  GrantTable,
  PersonAccessView,
  Permission,
  RolePreviewView,
  ViewersView,
} from '#contract';
import { company, contact, permissions, scopes } from '#contract';
import type { Database, Reach } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { Actor } from './actor.ts';
import { getRole, requireMayChange } from './change-roles.ts';
import type { PeopleDirectory } from './people-directory.ts';
import { departmentIdsFor, reaches, scopeOf } from './policy.ts';
import { listRoles } from './role-store.ts';
import type { RecordKindName, RoleRow } from './role.ts';
import { markOf, recordKinds, rightsOf } from './role.ts';
import type { ShareMark, ShareRow } from './sharing/share-store.ts';
import { listSharesOf, strongest } from './sharing/share-store.ts';
import type { Standing } from './standings.ts';
import { reachOfStanding, readStandings, standingWith } from './standings.ts';

type Rows = PersonAccessView['contacts'];
export type Holder = { readonly ownerId: string; readonly departmentId: string };

export type ExplainDeps = {
  database: Database;
  clock: Clock;
  directory: PeopleDirectory;
  /** Records that this reach sees; no more than a thousand are counted. */
  countRecords(kind: RecordKindName, reach: Reach): Promise<Rows>;
  /** Whose a record is. @throws contact.not_found, company.not_found when it is not within reach */
  holderOf(kind: RecordKindName, reach: Reach, id: string): Promise<Holder>;
};

const peopleShownMax = 200;
const fieldsOf = { contact: Object.keys(contact.fields), company: Object.keys(company.fields) };
const nothing: Rows = { count: 0, more: false };

/** @throws person.not_found */
export async function explainPerson(
  deps: ExplainDeps,
  actor: Actor,
  reach: Reach,
  id: string,
): Promise<PersonAccessView> {
  const standing = (await standingsOf(deps, reach)).find(({ personId }) => personId === id);
  const person = await deps.directory.find(actor.organizationId, id);
  if (standing === undefined || person === undefined) throw new LubartError('person.not_found');
  const { active, rows } = standing;
  const count = countOnce(deps, actor);
  return {
    id,
    name: person.name,
    active,
    roles: rows.map((row) => ({ ...markOf(row, actor.language), until: row.until?.toISOString() ?? null })),
    permissions: active ? permissions.flatMap((permission) => whyGranted(standing, permission, actor.language)) : [],
    fields: recordKinds.flatMap((record) =>
      Object.entries(standing.fieldRights[record]).map(([field, right]) => ({ record, field, right })),
    ),
    contacts: active ? await count('contact', standing) : nothing,
    companies: active ? await count('company', standing) : nothing,
  };
}

/** @throws contact.not_found, company.not_found, access.denied */
export async function explainRecord(
  deps: ExplainDeps,
  actor: Actor,
  reach: Reach,
  kind: RecordKindName,
  id: string,
): Promise<ViewersView> {
  const holder = await deps.holderOf(kind, reach, id);
  // Attack: learning whose the record is from the reasons, when that very field is closed.
  const closed = actor.fieldRights[kind];
  if (closed['ownerId'] !== undefined || closed['departmentId'] !== undefined) throw new LubartError('access.denied');
  const names = new Map((await deps.directory.list(actor.organizationId)).map((person) => [person.id, person.name]));
  const { standings, shares } = await deps.database.read(reach, async (tx) => ({
    standings: await readStandings(tx, reach.organizationId, deps.clock.now()),
    shares: await listSharesOf(tx, reach.organizationId, kind, id),
  }));
  const reached = (standing: Standing) => ({ ...holder, shared: shareFor(standing, shares)?.right });
  const seeing = standings.filter(
    (standing) => standing.active && reaches(standing, `${kind}.read`, reached(standing)),
  );
  const viewers = seeing.map((standing) => ({
    id: standing.personId,
    name: names.get(standing.personId) ?? '',
    reasons: [
      ...reasonsOf(standing, `${kind}.read`, holder, actor.language),
      ...reasonOfShare(standing, `${kind}.read`, shares, actor.language, names),
    ],
    may: (['update', 'archive', 'reassign', 'export', 'reveal', 'share'] as const)
      .map((verb): Permission => `${kind}.${verb}`)
      .filter((permission) => reaches(standing, permission, reached(standing))),
  }));
  const nearest = (viewer: (typeof viewers)[number]) => order.indexOf(viewer.reasons[0]!.why);
  return { viewers: viewers.sort((a, b) => nearest(a) - nearest(b) || a.name.localeCompare(b.name, 'uk')) };
}

/** @throws role.not_found, role.fixed, role.beyond_own: the same that saving would say */
export async function previewRole(
  deps: ExplainDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  given: { grants: GrantTable; fieldRights: FieldRightTable },
): Promise<RolePreviewView> {
  const roles = await deps.database.read(reach, (tx) => listRoles(tx, actor.organizationId));
  const before = getRole(roles, id);
  const after = { ...before, ...given };
  requireMayChange(actor, before, after);
  const having = (await standingsOf(deps, reach)).filter(
    ({ active, rows }) => active && rows.some((row) => row.id === id),
  );
  const count = countOnce(deps, actor);
  const names = new Map((await deps.directory.list(actor.organizationId)).map((person) => [person.id, person.name]));
  const changes = having.map((was) => differenceOf(was, standingWith(was, after)));
  const changed = changes.filter(({ grants, fields }) => grants.length + fields.length > 0);
  const people: RolePreviewView['people'] = [];
  for (const { was, is, grants, fields } of changed.slice(0, peopleShownMax)) {
    const rows = async (kind: RecordKindName) =>
      scopeOf(was, `${kind}.read`) === scopeOf(is, `${kind}.read`)
        ? null
        : { before: await count(kind, was), after: await count(kind, is) };
    const [contacts, companies] = [await rows('contact'), await rows('company')];
    people.push({ id: was.personId, name: names.get(was.personId) ?? '', grants, fields, contacts, companies });
  }
  return {
    peopleCount: having.length,
    widerCount: changed.filter(isWider).length,
    narrowerCount: changed.filter(isNarrower).length,
    people: people.sort((a, b) => a.name.localeCompare(b.name, 'uk')),
  };
}

const standingsOf = (deps: ExplainDeps, reach: Reach): Promise<Standing[]> =>
  deps.database.read(reach, (tx) => readStandings(tx, reach.organizationId, deps.clock.now()));

/** Counts once for everybody who sees the same. */
function countOnce(deps: ExplainDeps, actor: Actor): (kind: RecordKindName, standing: Standing) => Promise<Rows> {
  const counted = new Map<string, Promise<Rows>>();
  return async (kind, standing) => {
    const reach = reachOfStanding(standing, `${kind}.read`);
    if (reach === undefined) return nothing;
    const whose =
      reach.scope === 'all'
        ? ''
        : reach.scope === 'own'
          ? reach.personId
          : `${reach.personId}/${reach.departmentIds.join()}`;
    const key = `${kind}/${reach.scope}/${whose}`;
    const counting = counted.get(key) ?? deps.countRecords(kind, reach);
    counted.set(key, counting);
    return toldTo(actor, kind, reach, await counting);
  };
}

/**
 * A number of clients, exact for whoever sees them all. Attack: counting what one may not see, and watching it grow by one: others are
 * told tens.
 */
export function toldTo(actor: Actor, kind: RecordKindName, whose: Reach, rows: Rows): Rows {
  const reading: Permission = `${kind}.read`;
  const scope = scopeOf(actor, reading);
  const within = departmentIdsFor(actor, reading);
  const seesThem =
    scope === 'all' ||
    whose.personId === actor.personId ||
    (scope === 'department' && whose.personId === null && whose.departmentIds.every((id) => within.includes(id)));
  return seesThem ? rows : { ...rows, count: Math.round(rows.count / 10) * 10, about: true };
}

function whyGranted(
  standing: Standing,
  permission: Permission,
  language: 'uk' | 'en',
): PersonAccessView['permissions'] {
  const scope = scopeOf(standing, permission);
  const saying = (level: string) =>
    marksOf(standing.rows, language, (row) => rightsOf(row).grants[permission] === level);
  const stoppedBy = saying('never');
  if (scope === 'none' && stoppedBy.length === 0) return [];
  const lent =
    standing.standIn?.[permission] === undefined ? [] : marksOf(placesOf(standing), language, gives(permission));
  return [{ permission, scope, by: scope === 'none' ? [] : [...saying(scope), ...lent], stoppedBy }];
}

const order = ['owner', 'department', 'below', 'deputy', 'all', 'shared'] as const;
const placesOf = ({ places }: Standing) => places.flatMap(({ rows }) => rows);
const gives = (permission: Permission) => (row: RoleRow) =>
  ['department', 'all'].includes(rightsOf(row).grants[permission] ?? 'none');

/** Every way on which the person comes to this record, the nearest first, each with the roles that open it. */
function reasonsOf(
  standing: Standing,
  permission: Permission,
  holder: Holder,
  language: 'uk' | 'en',
): ViewersView['viewers'][number]['reasons'] {
  const atLeast = (level: 'own' | 'all') =>
    marksOf(standing.rows, language, (row) => {
      const given = rightsOf(row).grants[permission] ?? 'none';
      return given !== 'never' && scopes.indexOf(given) >= scopes.indexOf(level);
    });
  const byDepartment = marksOf(standing.rows, language, (row) => rightsOf(row).grants[permission] === 'department');
  const ways = [
    { why: 'owner' as const, there: holder.ownerId === standing.personId, roles: atLeast('own') },
    { why: 'department' as const, there: holder.departmentId === standing.departmentId, roles: byDepartment },
    {
      why: 'below' as const,
      there: holder.departmentId !== standing.departmentId && standing.departmentIds.includes(holder.departmentId),
      roles: byDepartment,
    },
    {
      why: 'deputy' as const,
      there: standing.standIn?.[permission]?.includes(holder.departmentId) ?? false,
      roles: marksOf(
        standing.places
          .filter(({ departmentIds }) => departmentIds.includes(holder.departmentId))
          .flatMap(({ rows }) => rows),
        language,
        gives(permission),
      ),
    },
    { why: 'all' as const, there: true, roles: atLeast('all') },
  ];
  return ways.filter(({ there, roles }) => there && roles.length > 0).map(({ why, roles }) => ({ why, roles }));
}

/** The share that counts for somebody: with the person, with the person’s department or one above it. */
export function shareFor(
  { personId, departmentPath }: Pick<Standing, 'personId' | 'departmentPath'>,
  shares: readonly ShareRow[],
): ShareMark | undefined {
  return strongest(
    shares.filter(
      (share) =>
        share.person_id === personId || (share.department_id !== null && departmentPath.includes(share.department_id)),
    ),
  );
}

function reasonOfShare(
  standing: Standing,
  permission: Permission,
  shares: readonly ShareRow[],
  language: 'uk' | 'en',
  names: ReadonlyMap<string, string>,
): ViewersView['viewers'][number]['reasons'] {
  const share = shareFor(standing, shares);
  const roles = marksOf(standing.rows, language, (row) =>
    scopes.slice(1).includes((rightsOf(row).grants[permission] ?? 'none') as never),
  );
  if (share === undefined || roles.length === 0) return [];
  const { byId, right, until } = share;
  return [{ why: 'shared', roles, shared: { byName: names.get(byId) ?? '', right, until } }];
}

function marksOf(rows: readonly RoleRow[], language: 'uk' | 'en', wanted: (row: RoleRow) => boolean) {
  return rows.filter(wanted).map((row) => ({ ...markOf(row, language) }));
}

type PersonChange = RolePreviewView['people'][number];
type Difference = Pick<PersonChange, 'grants' | 'fields'> & { was: Standing; is: Standing };

function differenceOf(was: Standing, is: Standing): Difference {
  const grants = permissions
    .map((permission) => ({ permission, before: scopeOf(was, permission), after: scopeOf(is, permission) }))
    .filter(({ before, after }) => before !== after);
  const fields = recordKinds
    // Who does not read such records has no fields of them, neither open nor closed.
    .filter((record) => scopeOf(was, `${record}.read`) !== 'none' && scopeOf(is, `${record}.read`) !== 'none')
    .flatMap((record) =>
      fieldsOf[record].map((field) => {
        return {
          record,
          field,
          before: was.fieldRights[record][field] ?? ('open' as const),
          after: is.fieldRights[record][field] ?? ('open' as const),
        };
      }),
    )
    .filter(({ before, after }) => before !== after);
  return { was, is, grants, fields };
}

const openness = ['hidden', 'masked', 'open'];
const isWider = ({ grants, fields }: Difference) =>
  grants.some(({ before, after }) => scopes.indexOf(after) > scopes.indexOf(before)) ||
  fields.some(({ before, after }) => openness.indexOf(after) > openness.indexOf(before));
const isNarrower = ({ grants, fields }: Difference) =>
  grants.some(({ before, after }) => scopes.indexOf(after) < scopes.indexOf(before)) ||
  fields.some(({ before, after }) => openness.indexOf(after) < openness.indexOf(before));
