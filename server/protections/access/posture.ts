/** What access proves about itself in the running system. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { PostureCheck } from '#protections/posture';
import { systemReach } from '#protections/encryption';
import type { SignInTies } from './change-person.ts';
import { countUnled } from './heads/find-heads.ts';
import { findSleepers, sleepingDaysMin } from './leaving/sleeping.ts';
import { elevationHoursMax } from '#contract';
import { countTemporaryRoles } from './elevation/elevation-store.ts';
import { countLongShares } from './sharing/share-store.ts';

/** A share that was given for longer is a standing right by another name. */
const longShareDaysMin = 90;

export type AccessPostureDeps = {
  database: Database;
  organizations: () => Promise<string[]>;
  clock: Clock;
  ties: Pick<SignInTies, 'openSessionsByPerson'>;
};

export function accessPosture(deps: AccessPostureDeps): PostureCheck[] {
  const { database, organizations } = deps;
  const sleepers = async () => {
    const found = { sleeping: 0, sessions: 0, roles: 0 };
    for (const id of await organizations()) {
      const seen = await database.read(systemReach(id), (tx) => findSleepers(tx, id, deps.ties, deps.clock.now()));
      found.sleeping += seen.sleeping.length;
      found.sessions += seen.leftActive.filter(({ sessions }) => sessions > 0).length;
      found.roles += seen.leftActive.filter(({ roles }) => roles > 0).length;
    }
    return found;
  };
  return [
    {
      id: 'access.nobody_left_active',
      protection: 2,
      promise: 'Who has left has no open session',
      run: async () => {
        const { sessions, roles } = await sleepers();
        return { ok: sessions === 0, evidence: { leaversWithSession: sessions, leaversWithRole: roles } };
      },
    },
    {
      id: 'access.no_sleeping_accounts',
      protection: 2,
      promise: 'Every active account was used within the last month',
      run: async () => {
        const { sleeping } = await sleepers();
        return { ok: sleeping === 0, evidence: { sleeping, days: sleepingDaysMin } };
      },
    },
    {
      id: 'access.shares_are_short',
      protection: 2,
      promise: 'Clients are shared for no longer than a quarter',
      run: async () => {
        const found = { shares: 0, long: 0 };
        for (const id of await organizations()) {
          const seen = await database.read(systemReach(id), (tx) => countLongShares(tx, id, longShareDaysMin));
          found.shares += seen.open;
          found.long += seen.long;
        }
        return { ok: found.long === 0, evidence: { ...found, days: longShareDaysMin } };
      },
    },
    {
      id: 'access.departments_led',
      protection: 2,
      promise: 'Every department in which somebody works has a head, its own or one above it',
      run: async () => {
        const found = { departments: 0, withoutHead: 0 };
        for (const id of await organizations()) {
          const seen = await database.read(systemReach(id), (tx) => countUnled(tx, id, deps.clock.now()));
          found.departments += seen.departments;
          found.withoutHead += seen.withoutHead;
        }
        return { ok: found.withoutHead === 0, evidence: found };
      },
    },
    {
      id: 'access.temporary_roles_end',
      protection: 2,
      promise: 'Roles for a time are given for a week at most and end by themselves',
      run: async () => {
        const found = { active: 0, tooLong: 0 };
        for (const id of await organizations()) {
          const seen = await database.read(systemReach(id), (tx) => countTemporaryRoles(tx, id, deps.clock.now()));
          found.active += seen.active;
          found.tooLong += seen.tooLong;
        }
        return { ok: found.tooLong === 0, evidence: { ...found, days: elevationHoursMax / 24 } };
      },
    },
    {
      id: 'access.app_owns_nothing',
      protection: 2,
      promise: 'The role that serves people owns no table and cannot pass by row-level security',
      run: async () => {
        const [row] = await database.outside(
          (sql) => sql`
          SELECT r.rolname, r.rolsuper OR r.rolbypassrls AS passes, (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
          FROM pg_roles r WHERE r.rolname = current_user`,
        );
        const evidence = {
          role: String(row!['rolname']),
          passesByRules: Boolean(row!['passes']),
          tablesOwned: Number(row!['owned']),
        };
        return {
          ok: evidence.role === 'lubart_app' && !evidence.passesByRules && evidence.tablesOwned === 0,
          evidence,
        };
      },
    },
    {
      id: 'access.rows_secured',
      protection: 2,
      promise: 'Row-level security is on and forced on every table',
      run: async () => {
        const [row] = await database.outside(
          (sql) => sql`
          SELECT count(*)::int AS tables, count(*) FILTER (WHERE NOT (relrowsecurity AND relforcerowsecurity))::int AS open
          FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace`,
        );
        const evidence = { tables: Number(row!['tables']), unsecured: Number(row!['open']) };
        return { ok: evidence.tables > 0 && evidence.unsecured === 0, evidence };
      },
    },
    {
      id: 'access.nothing_without_asker',
      protection: 2,
      promise: 'Who does not say for whom they ask sees nobody',
      run: async () => {
        const [row] = await database.outside((sql) => sql`SELECT count(*)::int AS seen FROM people`);
        return { ok: row!['seen'] === 0, evidence: { peopleSeen: Number(row!['seen']) } };
      },
    },
    {
      id: 'access.owner_exists',
      protection: 2,
      promise: 'Every organization has an active owner',
      run: async () => {
        const ids = await organizations();
        let without = 0;
        for (const id of ids) {
          const rows = await database.read(
            systemReach(id),
            (tx) =>
              tx`SELECT 1 FROM people p JOIN person_roles h ON h.organization_id = p.organization_id AND h.person_id = p.id
                JOIN roles r ON r.organization_id = h.organization_id AND r.id = h.role_id
                WHERE p.organization_id = ${id} AND p.deactivated_at IS NULL AND r.key = 'owner' AND h.until IS NULL LIMIT 1`,
          );
          if (rows.length === 0) without += 1;
        }
        return { ok: without === 0, evidence: { organizations: ids.length, withoutOwner: without } };
      },
    },
  ];
}
