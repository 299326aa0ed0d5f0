/**
 * Two walls, one truth: for random departments, people, roles, clients and shares, what the policy says of a record is what
 * row-level security does with it, for every permission on clients; and who is said to see a record is who would get it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Permission, Scope } from '#contract';
import { permissions, scopes } from '#contract';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import type { ReachedRecord } from '#protections/access';
import { reaches, reachOf, sharedWithAsker } from '#protections/access';
import { systemReach } from '#protections/encryption';
import { branchOf, lineOf } from '../server/protections/access/department-tree.ts';
import { shareFor } from '../server/protections/access/explain-access.ts';
import { listSharesOf } from '../server/protections/access/sharing/share-store.ts';
import type { Actor } from '#protections/access';
import type { World } from './cast.ts';
import { openWorld } from './cast.ts';
import { prepared } from './prepared.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

type Drawn = {
  /** The parent of each department, by place; the first hangs below the company. */
  parents: number[];
  /** Departments of people, by place. */
  homes: number[];
  /** Owner and department of each client; a department need not be the owner’s. */
  clients: [owner: number, department: number][];
  shares: {
    client: number;
    person: number | null;
    department: number;
    edit: boolean;
    state: 'open' | 'over' | 'withdrawn';
  }[];
  grants: Scope[][];
};

const clientVerbs = ['read', 'update', 'archive', 'reassign', 'export', 'import', 'bulk', 'share', 'reveal'] as const;
const place = (max: number) => fc.integer({ min: 0, max });
const drawn: fc.Arbitrary<Drawn> = fc.record({
  parents: fc.array(place(9), { minLength: 4, maxLength: 4 }),
  homes: fc.array(place(3), { minLength: 4, maxLength: 4 }),
  clients: fc.array(fc.tuple(place(3), place(3)), { minLength: 6, maxLength: 6 }),
  shares: fc.array(
    fc.record({
      client: place(5),
      person: fc.option(place(3)),
      department: place(3),
      edit: fc.boolean(),
      state: fc.constantFrom('open' as const, 'open' as const, 'over' as const, 'withdrawn' as const),
    }),
    { minLength: 6, maxLength: 16 },
  ),
  grants: fc.array(
    fc.array(fc.constantFrom(...scopes, 'own' as const, 'own' as const), {
      minLength: clientVerbs.length,
      maxLength: clientVerbs.length,
    }),
    {
      minLength: 4,
      maxLength: 4,
    },
  ),
});

type Made = {
  departments: { id: string; parent_id: string | null }[];
  people: Actor[];
  clients: (ReachedRecord & { id: string })[];
};

/** Puts it into the database, past every door; forced security is lifted for the owner of the tables while it is made. */
async function make(given: Drawn): Promise<Made> {
  const { organizationId: organization } = world;
  const at = new Date(Date.now() - 3_600_000);
  const departments = given.parents
    .map(() => newId())
    .map((id, at, ids) => ({
      id,
      parent_id: at === 0 || given.parents[at]! >= at ? world.departments.root : ids[given.parents[at]!]!,
    }));
  const tree = [...departments, { id: world.departments.root, parent_id: null }];
  const people = given.homes.map((home, index): Actor => {
    const departmentId = departments[home]!.id;
    const grants = Object.fromEntries(
      clientVerbs
        .map((verb, at) => [`contact.${verb}`, given.grants[index]![at]!])
        .filter(([, scope]) => scope !== 'none'),
    );
    return {
      ...world.cast.manager.actor,
      personId: newId(),
      departmentId,
      departmentIds: branchOf(tree, departmentId),
      grants,
    };
  });
  const clients = given.clients.map(([owner, department]) => ({
    id: newId(),
    ownerId: people[owner]!.personId,
    departmentId: departments[department]!.id,
  }));
  const write = async (tx: Transaction) => {
    for (const { id, parent_id } of departments)
      await tx`INSERT INTO departments (organization_id, id, parent_id, name, created_at) VALUES (${organization}, ${id}, ${parent_id}, ${id}, ${at})`;
    for (const { personId, departmentId } of people)
      await tx`INSERT INTO people (organization_id, id, department_id, sign_in_token, sealed, language, created_at)
        VALUES (${organization}, ${personId}, ${departmentId}, ${Buffer.from(personId)}, ${Buffer.from('x')}, 'uk', ${at})`;
    for (const { id, ownerId, departmentId } of clients)
      await tx`INSERT INTO contacts (organization_id, id, owner_id, department_id, stage, legal_basis, name_bucket, created_at, updated_at, record_key, sealed)
        VALUES (${organization}, ${id}, ${ownerId}, ${departmentId}, 'new', 'contract', 0, ${at}, ${at}, ${Buffer.from('x')}, ${Buffer.from('x')})`;
    for (const share of given.shares) {
      const over = share.state === 'over';
      await tx`INSERT INTO shares (organization_id, id, contact_id, person_id, department_id, may_edit, shared_by, created_at, until, ended_at, ended_why)
        VALUES (${organization}, ${newId()}, ${clients[share.client]!.id}, ${share.person === null ? null : people[share.person]!.personId},
          ${share.person === null ? departments[share.department]!.id : null}, ${share.edit}, ${world.cast.owner.personId},
          ${new Date(Date.now() - 2 * 86_400_000)}, ${new Date(Date.now() + (over ? -1_000 : 86_400_000))},
          ${share.state === 'withdrawn' ? at : null}, ${share.state === 'withdrawn' ? 'withdrawn' : null})`;
    }
  };
  await world.database.act(systemReach(organization, 'all'), prepared(write));
  return { departments: tree, people, clients };
}

const seen = { yes: 0, no: 0, byShare: 0 };

test('the policy and row-level security agree on every client, for every permission, with whatever was shared', async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (given) => {
      const { departments, people, clients } = await make(given);
      const ids = clients.map(({ id }) => id);
      const shares = await world.database.read(systemReach(world.organizationId), async (tx) =>
        Promise.all(ids.map(async (id) => [id, await listSharesOf(tx, world.organizationId, 'contact', id)] as const)),
      );
      for (const actor of people) {
        const standing = { personId: actor.personId, departmentPath: lineOf(departments, actor.departmentId) };
        const marks = new Map(shares.map(([id, of]) => [id, shareFor(standing, of)?.right]));
        for (const verb of clientVerbs) {
          const permission: Permission = `contact.${verb}`;
          if (!permissions.includes(permission) || actor.grants[permission] === undefined) continue;
          const reach = reachOf(actor, permission);
          const changing = verb === 'update' || verb === 'archive';
          const ask = async (tx: Transaction) => {
            const asked = await sharedWithAsker(tx, reach, 'contact', ids);
            for (const id of ids)
              assert.equal(asked.get(id)?.right, marks.get(id), 'the asker’s shares by tree and by SQL');
            return changing
              ? tx`UPDATE contacts SET stage = 'new' WHERE organization_id = ${world.organizationId} AND id IN ${tx(ids)} RETURNING id`
              : tx`SELECT id FROM contacts WHERE organization_id = ${world.organizationId} AND id IN ${tx(ids)}`;
          };
          const got = await world.database.act(reach, prepared(ask));
          const rows = new Set(got.map((row) => row['id'] as string));
          for (const client of clients) {
            const record = { ...client, shared: marks.get(client.id) };
            const said = reaches(actor, permission, record);
            if (said)
              assert.ok(rows.has(client.id), `${permission} ${actor.grants[permission]} of ${JSON.stringify(record)}`);
            else
              assert.ok(
                !rows.has(client.id),
                `${permission} ${actor.grants[permission]} gave ${JSON.stringify(record)}`,
              );
            if (said && !reaches(actor, permission, client)) seen.byShare += 1;
            seen[said ? 'yes' : 'no'] += 1;
          }
        }
      }
    }),
    { numRuns: 25, endOnFailure: true },
  );
  assert.ok(seen.yes > 500 && seen.no > 500 && seen.byShare > 20, JSON.stringify(seen));
});
